//! Fits a transport: locates the target, trains every factor, and gives what can be drawn from.

use crate::coordinates::{Factorisation, Whitening};
use crate::density::Target;
use crate::evolution::{Description, ErasedEvolution, PreparedEvolution, TargetData, TargetSummary};
use crate::locate::{LocatedBy, LocatedTarget, locate};
use crate::network::Networks;
use crate::num::indexed_seed;
use crate::optim::Outcome;
use crate::particles::PopulationPath;
use crate::training::{
    Checkpoint, CheckpointError, ClosureObserver, Control, FitError, FitSettings, HistoryRow, Observer,
    Probe, Progress, Sampler, Snapshot, StopReason, TrainingState, train, unknowns,
};

/// A fitted transport from the prior to a target: one for each factor of a target that is a
/// product.
pub struct Fit {
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
    /// What was fitted.
    pub evolution: Box<dyn PreparedEvolution>,
    /// Its unknowns.
    pub networks: Networks,
    /// Their parameters.
    pub theta: Vec<f64>,
    /// Every step of its training.
    pub history: Vec<HistoryRow>,
    /// Why its training ended.
    pub stop_reason: StopReason,
    /// CollocationPoints whose influence was clipped in the last set of points.
    pub clipped: usize,
    /// CollocationPoints dropped, over all sets, because the density is zero there.
    pub outside: usize,
}

/// Fits a transport to `target` by `evolution`, one of [`crate::evolution`] or your own; `watch` sees every step and
/// may stop the fit.
///
/// ```
/// use pushforward::density::gauss;
/// use pushforward::evolution::OptimalTransport;
/// use pushforward::sampling::fit;
/// use pushforward::training::{Control, FitSettings};
///
/// let settings = FitSettings { steps: 3, points: 64, width: 4, depth: 1, ..FitSettings::default() };
/// let fitted = fit(&gauss(2), &OptimalTransport, &settings, &mut |progress| {
///     println!("step {}: loss {:.1e}", progress.step, progress.record.loss);
///     Control::Continue
/// });
/// assert_eq!(fitted?.history().len(), 3);
/// # Ok::<(), pushforward::training::FitError>(())
/// ```
///
/// # Errors
/// [`FitError`], with what is wrong and where.
///
/// # Cost
/// Per step with N points, P parameters, n = min(N, P), m = max(N, P): n²m + n³/3 flops; 8·(N·P +
/// 2n²) bytes.
pub fn fit(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Fit, FitError> {
    fit_observed(target, evolution, settings, None, &mut ClosureObserver(watch))
}

/// Fits as [`fit`] does, from the start or on from a checkpoint of a fit of the same target by the same evolution with
/// the same settings; then it ends with the bits of a fit that was never interrupted.
///
/// # Errors
/// As [`fit`]; [`FitError::Checkpoint`] if the checkpoint is of another target or other networks.
///
/// # Cost
/// As [`fit`].
pub fn fit_observed(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<Fit, FitError> {
    check(target, settings)?;
    let is_new = checkpoint.is_none();
    let checkpoint = checkpoint.map_or_else(|| start(target, evolution, settings), Ok)?;
    if !is_new {
        check_checkpoint(&checkpoint, target, evolution, settings)?;
    }
    let Checkpoint { located, probe, mut states } = checkpoint;
    if is_new {
        observer.observe_init(&Snapshot { located: &located, probe: &probe, states: &states, factor: 0 });
    }
    let interruption = train(target, evolution, settings, (&located, &probe), &mut states, observer)?;
    observer.observe_final(&Snapshot {
        located: &located,
        probe: &probe,
        states: &states,
        factor: states.len() - 1,
    });
    let if_not_ended = interruption.unwrap_or(StopReason::Optimiser(Outcome::Interrupted));
    Ok(Fit::of(located, states, (evolution, settings), if_not_ended))
}

/// The state before the first step.
fn start(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Result<Checkpoint, FitError> {
    let description = evolution.description(target.dim());
    check_evolution(&description, target, settings)?;
    let located = locate(target, &settings.locating(description.prior_width))?;
    let mut states = Vec::new();
    for (k, found) in located.factors.iter().enumerate() {
        let (evolution, networks) = unknowns(evolution, found.summary, settings);
        let mut theta = networks.initial_parameters(indexed_seed(settings.seed, k));
        evolution.guess_log_z(&networks, &mut theta, found.population_path.log_z);
        states.push(TrainingState::new(theta, settings.points));
    }
    Ok(Checkpoint { probe: Probe::of(target, &located), located, states })
}

/// Whether the checkpoint is one of this target and of these networks.
fn check_checkpoint(
    checkpoint: &Checkpoint,
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Result<(), FitError> {
    checkpoint.check(target)?;
    for (found, state) in checkpoint.located.factors.iter().zip(&checkpoint.states) {
        let (evolution, networks) = unknowns(evolution, found.summary, settings);
        let description = evolution.description();
        check_evolution(description, target, settings)?;
        state.check(networks.n_params(), description.equations.len()).map_err(CheckpointError::from)?;
        if let Some(set) = &state.set {
            let dim = found.summary.dim;
            set.check(dim, description.reads.count(dim)).map_err(CheckpointError::from)?;
        }
    }
    Ok(())
}

pub(super) fn check(target: &dyn Target, settings: &FitSettings) -> Result<(), FitError> {
    if target.dim() == 0 {
        let requirement = "at least 1".to_string();
        return Err(FitError::BadSetting { name: "the dimension of the target", requirement });
    }
    Ok(settings.check()?)
}

/// What an evolution needs, the target and the settings must have.
pub(super) fn check_evolution(
    evolution: &Description,
    target: &dyn Target,
    settings: &FitSettings,
) -> Result<(), FitError> {
    if evolution.reads == TargetData::Laplacian && !target.has_laplacian() {
        return Err(FitError::NeedsLaplacian { evolution: evolution.name });
    }
    if settings.sampler == Some(Sampler::Noise) && !evolution.noise.is_some() {
        return Err(FitError::BadSetting {
            name: "sampler",
            requirement: "flow for an evolution without noise".to_string(),
        });
    }
    Ok(())
}

impl Fit {
    fn of(
        located: LocatedTarget,
        states: Vec<TrainingState>,
        (evolution, settings): (&dyn ErasedEvolution, &FitSettings),
        if_not_ended: StopReason,
    ) -> Fit {
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
        Fit { factorisation: located.factorisation, factors, settings: settings.clone() }
    }

    /// The transport as a checkpoint has it, to draw from; no step is made. The stop reason of one
    /// that has not come to its end is [`Outcome::Interrupted`].
    ///
    /// # Errors
    /// As [`fit_observed`].
    pub fn from_checkpoint(
        target: &dyn Target,
        evolution: &dyn ErasedEvolution,
        settings: &FitSettings,
        checkpoint: Checkpoint,
    ) -> Result<Fit, FitError> {
        check(target, settings)?;
        check_checkpoint(&checkpoint, target, evolution, settings)?;
        let Checkpoint { located, states, .. } = checkpoint;
        let if_not_ended = StopReason::Optimiser(Outcome::Interrupted);
        Ok(Fit::of(located, states, (evolution, settings), if_not_ended))
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
