//! A fitted transport: what draws are made with, and what the fit has learned.

use crate::coordinates::{Factorisation, Whitening};
use crate::density::Target;
use crate::evolution::{ErasedEvolution, PreparedEvolution, TargetSummary};
use crate::locate::{LocatedBy, LocatedTarget};
use crate::network::Networks;
use crate::particles::PopulationPath;
use crate::training::{FitSettings, HistoryRow, StopReason, TrainingState, unknowns};

/// A fitted transport from the prior to a target: one for each factor of a target that is a
/// product.
///
/// ```
/// use pushforward::prelude::*;
///
/// let target = pushforward::density::gauss(2);
/// let transport = Fit::new(&target).width(8).depth(1).run()?;
/// let sample = transport.sample(1000, Seed(1))?;
/// assert!(sample.estimates().ess > 0.9);
/// assert_eq!(sample.points().len(), 1000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Transport<'t> {
    /// The target that was fitted.
    pub target: &'t dyn Target,
    /// Coordinates in which the target is a product.
    pub factorisation: Factorisation,
    /// The transports of its factors.
    pub factors: Vec<FittedFactor>,
    /// The settings of the fit.
    pub settings: FitSettings,
}

/// A fitted transport to one factor.
pub struct FittedFactor {
    /// The whitened coordinates in which it works.
    pub whitening: Whitening,
    /// What brought the particles to the target.
    pub located_by: LocatedBy,
    /// Those particles, among which collocation points lie.
    pub population_path: PopulationPath,
    /// Dimension and feature width of the whitened factor.
    pub summary: TargetSummary,
    /// The evolution that was fitted, for this factor.
    pub evolution: Box<dyn PreparedEvolution>,
    /// The networks that stand for its unknowns.
    pub networks: Networks,
    /// The parameters of the networks and the free scalars, in their order.
    pub theta: Vec<f64>,
    /// Every step of its training.
    pub history: Vec<HistoryRow>,
    /// Why its training ended.
    pub stop_reason: StopReason,
    /// Points whose influence was clipped in the last set of points.
    pub clipped: usize,
    /// Points dropped, over all sets, because the density is zero there.
    pub outside: usize,
}

impl<'t> Transport<'t> {
    pub(super) fn of(
        target: &'t dyn Target,
        located: LocatedTarget,
        states: Vec<TrainingState>,
        (evolution, settings): (&dyn ErasedEvolution, &FitSettings),
        if_not_ended: StopReason,
    ) -> Transport<'t> {
        let mut factors = Vec::new();
        for (found, state) in located.factors.into_iter().zip(states) {
            let (evolution, networks) = unknowns(evolution, found.summary, settings);
            factors.push(FittedFactor {
                whitening: found.whitening,
                located_by: found.located_by,
                population_path: found.population_path,
                summary: found.summary,
                evolution,
                networks,
                theta: state.theta().to_vec(),
                history: state.history,
                stop_reason: state.ended.unwrap_or(if_not_ended),
                clipped: state.clipped,
                outside: state.outside,
            });
        }
        Transport { target, factorisation: located.factorisation, factors, settings: settings.clone() }
    }

    /// log Z as the fitted equations themselves have it: another estimate than the one from
    /// weights.
    pub fn learned_log_z(&self) -> f64 {
        self.factors.iter().map(|b| b.evolution.learned_log_z(&b.networks, &b.theta)).sum()
    }

    /// Parameters of all factors.
    pub fn n_params(&self) -> usize {
        self.factors.iter().map(|factor| factor.theta.len()).sum()
    }

    /// The steps of all factors, one factor after another, numbered through.
    pub fn history(&self) -> Vec<HistoryRow> {
        let rows = self.factors.iter().flat_map(|factor| &factor.history);
        rows.enumerate().map(|(k, row)| HistoryRow { step: k + 1, ..row.clone() }).collect()
    }

    /// Why the fit ended: the reason of the first factor that fell short of the goal; if none did,
    /// what their validations reached together.
    pub fn stop_reason(&self) -> StopReason {
        let mut together = 1.0;
        for factor in &self.factors {
            match factor.stop_reason {
                StopReason::EssReached { ess } => together *= ess,
                other => return other,
            }
        }
        StopReason::EssReached { ess: together }
    }
}
