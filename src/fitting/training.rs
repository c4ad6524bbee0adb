//! The loop of a fit: points, Gauss-Newton steps, pilot draws, and a stated reason to stop.

use super::sampler::{mover, sampler};
use super::set_size::SetSize;
use super::{Assembler, Collocation, FitError, FitSettings, PointSet, Points, Sampler};
use crate::density::{self, Target};
use crate::evolution::Evolution;
use crate::network::Networks;
use crate::num::{Purpose, effective_fraction};
use crate::optim::{Damping, GaussNewtonMemory, LeastSquares, OptimiserState, Outcome, StepRecord};
use crate::transport::{Mover, Tolerance, VelocityField, move_ensemble};
use std::fmt;
use std::time::{Duration, Instant};

/// A step of a fit, for those who watch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done, from 1.
    pub step: usize,
    /// Steps at most.
    pub steps: usize,
    /// ½ mean R² before and after the step, on its own points.
    pub record: StepRecord,
    /// ESS of pilot draws, at the steps that have some.
    pub pilot_ess: Option<f64>,
    /// Since the fit began.
    pub elapsed: Duration,
}

/// What the watcher wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End after this step, keeping what was reached.
    Stop,
}

/// Why a fit ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StopReason {
    /// Pilot draws reached the effective fraction asked for.
    EssReached {
        /// What they reached.
        ess: f64,
    },
    /// As the optimiser says.
    Optimiser(Outcome),
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::EssReached { ess } => write!(f, "pilot draws reached ESS {ess:.4}"),
            StopReason::Optimiser(outcome) => write!(f, "{outcome}"),
        }
    }
}

/// What a training run leaves.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Parameters of all unknowns.
    pub theta: Vec<f64>,
    /// Every step.
    pub history: Vec<HistoryRow>,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Points whose influence was capped in the last set.
    pub capped: usize,
    /// Points dropped over all sets because the density is zero there.
    pub outside: usize,
}

/// One step of the history: no timings, so that it is the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryRow {
    /// From 1.
    pub step: usize,
    /// Points it was made on.
    pub n_points: usize,
    /// What the optimiser did.
    pub record: StepRecord,
    /// ESS of pilot draws, if there were some.
    pub pilot_ess: Option<f64>,
}

/// Steps between pilots along a flow, which cost less than a step, and with noise, which cost as much as twenty; and
/// their draws: 1024 tell 0.99 from 0.95.
const STEPS_PER_FLOW_PILOT: usize = 5;
const STEPS_PER_NOISY_PILOT: usize = 25;
const PILOT_DRAWS: usize = 1024;
const CONFIRMING_DRAWS: usize = 8192;
/// First damping: rows of J in standardised coordinates are of order one, and each step may change λ by 2 to 3.
const FIRST_DAMPING: f64 = 1.0;
/// A residual this many times the root mean square keeps the influence of one that large, not its own.
const CAP: f64 = 10.0;

/// The fixed parts of a training run.
pub(super) struct Training<'a> {
    pub target: &'a dyn Target,
    pub evolution: &'a dyn Evolution,
    pub networks: &'a Networks,
    pub collocation: Collocation<'a>,
    pub settings: &'a FitSettings,
}

impl Training<'_> {
    /// Runs from `theta` until a reason to stop; `watch` sees every step.
    pub fn run(
        &self,
        theta: Vec<f64>,
        watch: &mut dyn FnMut(&Progress) -> Control,
    ) -> Result<Trained, FitError> {
        let start = Instant::now();
        let optimiser = &self.settings.optimiser;
        let mut memory = GaussNewtonMemory::default();
        let mut state = OptimiserState::new(theta, Damping::new(FIRST_DAMPING));
        let mut trained = Trained {
            theta: Vec::new(),
            history: Vec::new(),
            stop_reason: StopReason::Optimiser(Outcome::StepLimit),
            capped: 0,
            outside: 0,
        };
        let per_pilot = match sampler(self.evolution, self.settings) {
            Sampler::Flow => STEPS_PER_FLOW_PILOT,
            Sampler::Noise => STEPS_PER_NOISY_PILOT,
        };
        let mut set = None;
        let mut size = SetSize::new(self.settings.points);
        for step in 1..=self.settings.steps {
            let is_fresh = (step - 1).is_multiple_of(self.settings.steps_per_set);
            if is_fresh {
                let fresh = self.fresh_points(state.theta(), size.points(), step as u64)?;
                trained.outside += fresh.0.outside;
                trained.capped = fresh.1;
                set = Some(fresh.0);
            }
            let points = &set.as_ref().expect("the first step makes one").points;
            let problem = Assembler::new(self.evolution.as_system(), self.networks, points);
            let record = optimiser.step(&problem, &mut state, &mut memory);
            if is_fresh {
                size.observe(record.loss_before);
            }
            let pilot_ess = if step.is_multiple_of(per_pilot) || step == self.settings.steps {
                self.pilot_ess(state.theta())?
            } else {
                None
            };
            trained.history.push(HistoryRow { step, n_points: points.len(), record, pilot_ess });
            let progress =
                Progress { step, steps: self.settings.steps, record, pilot_ess, elapsed: start.elapsed() };
            let control = watch(&progress);
            if let Some(reason) = self.reason_to_stop(&record, pilot_ess, control) {
                trained.stop_reason = reason;
                break;
            }
        }
        trained.theta = state.theta().to_vec();
        Ok(trained)
    }

    fn reason_to_stop(
        &self,
        record: &StepRecord,
        pilot: Option<f64>,
        control: Control,
    ) -> Option<StopReason> {
        if let Some(outcome) = record.outcome {
            return Some(StopReason::Optimiser(outcome));
        }
        if control == Control::Stop {
            return Some(StopReason::Optimiser(Outcome::Interrupted));
        }
        pilot.filter(|ess| *ess >= self.settings.target_ess).map(|ess| StopReason::EssReached { ess })
    }

    /// New points for the current flow, with the influence of far ones capped; and how many were.
    fn fresh_points(
        &self,
        theta: &[f64],
        n_points: usize,
        round: u64,
    ) -> Result<(PointSet, usize), FitError> {
        let mut set = self.collocation.points(self.field(theta), n_points, round)?;
        if set.points.is_empty() {
            return Err(FitError::NoSupport { scale: 1.0 });
        }
        let residuals =
            Assembler::new(self.evolution.as_system(), self.networks, &set.points).residuals(theta);
        let capped = cap_influence(&mut set.points, &residuals);
        Ok((set, capped))
    }

    fn field<'a>(&'a self, theta: &'a [f64]) -> VelocityField<'a> {
        VelocityField { evolution: self.evolution, networks: self.networks, theta, target: self.target }
    }

    /// ESS of a few draws; none if they cannot be moved yet. If they reach the goal, more of them have to confirm it:
    /// a thousand draws do not see the heavy weights that one in a thousand has.
    fn pilot_ess(&self, theta: &[f64]) -> Result<Option<f64>, FitError> {
        let tolerance = Tolerance { absolute: 1e-4, relative: 1e-4 };
        let Ok(mover) = mover(self.field(theta), self.settings, tolerance) else { return Ok(None) };
        let few = self.ess_of_draws(theta, &mover, PILOT_DRAWS, Purpose::Pilot)?;
        if few.is_some_and(|ess| ess >= self.settings.target_ess) {
            return self.ess_of_draws(theta, &mover, CONFIRMING_DRAWS, Purpose::Confirm);
        }
        Ok(few)
    }

    fn ess_of_draws(
        &self,
        theta: &[f64],
        mover: &Mover,
        n: usize,
        purpose: Purpose,
    ) -> Result<Option<f64>, FitError> {
        let moved = move_ensemble(self.field(theta), n, self.settings.seed, purpose, mover);
        let Ok(ensemble) = moved else { return Ok(None) };
        let values = density::values(self.target, &ensemble.x)?;
        let log_weights: Vec<f64> = values.iter().zip(&ensemble.log_q).map(|(v, q)| v - q).collect();
        Ok(Some(effective_fraction(&log_weights)))
    }
}

/// Weights min(1, (cap/|R|))² with cap = CAP times the root mean square of the smaller 90 %: Huber's influence
/// function as weights. Returns how many are below 1.
fn cap_influence(points: &mut Points, residuals: &[f64]) -> usize {
    let per_point = residuals.len() / points.len();
    let size = |k: usize| {
        let of_point = &residuals[k * per_point..(k + 1) * per_point];
        of_point.iter().map(|r| r * r).sum::<f64>().sqrt()
    };
    let sizes: Vec<f64> = (0..points.len()).map(size).collect();
    let mut sorted = sizes.clone();
    sorted.sort_by(f64::total_cmp);
    let bulk = &sorted[..sorted.len() * 9 / 10 + 1];
    let cap = CAP * (bulk.iter().map(|r| r * r).sum::<f64>() / bulk.len() as f64).sqrt();
    let mut capped = 0;
    for (k, size) in sizes.iter().enumerate() {
        if *size > cap {
            points.set_weight(k, (cap / size) * (cap / size));
            capped += 1;
        }
    }
    capped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_residuals_keep_the_influence_of_the_cap() {
        let mut points = Points::new(1, 0);
        (0..100).for_each(|k| points.push(0.5, &[f64::from(k)], &[], 1.0));
        let mut residuals = vec![1.0; 100];
        residuals[40] = -9.0;
        residuals[41] = 1e6;
        assert_eq!(cap_influence(&mut points, &residuals), 1);
        assert_eq!(points.weight(40), 1.0);
        // √w·|R| is the cap: ten times the root mean square of the bulk.
        assert!((points.weight(41).sqrt() * 1e6 - 10.0).abs() < 1e-9);
    }
}
