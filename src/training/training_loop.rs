//! The training of one factor: batches of points, steps of the optimiser, validation, and a reason
//! to stop.

use super::assemble::Assembler;
use super::checkpoint::{Probe, Snapshot};
use super::collocation::{Batch, Collocation};
use super::collocation_points::CollocationPoints;
use super::coverage::{backward_log_weights, effective_fraction_from_both, forward_log_weights};
use super::fit_error::FitError;
use super::observer::{Control, Observer};
use super::phase::Phase;
use super::record::{HistoryRow, Progress};
use super::settings::FitSettings;
use super::state::TrainingState;
use super::stop_reason::StopReason;
use crate::density::Target;
use crate::evolution::PreparedEvolution;
use crate::locate::LocatedTarget;
use crate::network::Networks;
use crate::num::{Purpose, effective_fraction, pairwise_sum};
use crate::optim::{GaussNewtonWorkspace, LeastSquares, Outcome};
use crate::transport::VelocityField;
use std::time::Instant;

/// Number of steps between validations, and numbers of validation draws. A validation costs less
/// than a step. 1024 draws tell an effective fraction of 0.99 from 0.95. They follow the flow even
/// if the draws of the fit will have noise: they judge the same fields, and further training cannot
/// reduce what a chain loses by its finite steps.
pub(super) const STEPS_PER_VALIDATION: usize = 5;
const VALIDATION_DRAWS: usize = 1024;
const CONFIRMING_DRAWS: usize = 8192;
/// A residual larger than this multiple of the root mean square has only the influence of one of
/// that size.
const CAP: f64 = 10.0;
/// Residuals below this value are never clipped, nats per unit of time. Log weights are their
/// integrals, so those of far draws have errors of this size, and a converged bulk would put the
/// cap anywhere below.
const LEAST_CAP: f64 = 1.0;

/// The fit is solved if the loss is below this value in half of so many steps: residuals of 1e-4
/// nats per unit of time at points that were selected by their residuals. If draws still miss the
/// goal, the equations are not the cause (for example, a support that ends within the prior).
const SOLVED: f64 = 1e-8;
const STEPS_SOLVED: usize = 20;
/// Size of the batches of the polishing steps, in units of the largest batch before.
const POLISHING_SET: usize = 4;
/// Number of polishing steps on one batch. By then the residual elsewhere is far larger (a
/// thousandfold in ½R² beside a ridge of V), and the new batch takes its points there. Some twenty
/// steps recover the loss.
const STEPS_POLISHING: usize = 100;

/// The data that stay fixed while a factor is trained.
pub(super) struct FactorTraining<'a> {
    pub located: &'a LocatedTarget,
    pub probe: &'a Probe,
    /// Index of the factor, from 0.
    pub factor: usize,
    pub target: &'a dyn Target,
    pub evolution: &'a dyn PreparedEvolution,
    pub networks: &'a Networks,
    pub collocation: Collocation<'a>,
    pub settings: &'a FitSettings,
    /// Time at which the training of the first factor began.
    pub start: Instant,
}

impl FactorTraining<'_> {
    /// Makes steps up to the next validation or the end of the factor; `observer` sees every step.
    /// Returns the reason if the observer stops the fit.
    pub fn until_validation(
        &self,
        states: &mut [TrainingState],
        memory: &mut GaussNewtonWorkspace,
        observer: &mut dyn Observer,
    ) -> Result<Option<StopReason>, FitError> {
        let (k, steps) = (self.factor, self.settings.steps);
        while states[k].ended.is_none() {
            let state = &mut states[k];
            let step = state.history.len() + 1;
            if step > steps && state.phase == Phase::Search {
                state.ended = Some(StopReason::Optimiser(Outcome::StepLimit));
                break;
            }
            let row = self.step(step, state, memory)?;
            let (record, validation_ess) = (row.record, row.validation_ess);
            if state.phase == Phase::Search
                && validation_ess.is_some_and(|ess| ess >= self.settings.target_ess)
            {
                state.phase = Phase::Polish { since: step };
            }
            state.history.push(row);
            state.ended = self.reason_to_end(state);
            let (factor, factors, elapsed) = (k + 1, states.len(), self.start.elapsed());
            let progress = Progress { step, steps, factor, factors, record, validation_ess, elapsed };
            let now = Snapshot { located: self.located, probe: self.probe, states, factor: k };
            match observer.step(&progress, &now) {
                _ if now.has_ended() => {}
                Control::Continue => {}
                Control::Stop => return Ok(Some(StopReason::Optimiser(Outcome::Interrupted))),
                Control::OutOfTime => return Ok(Some(StopReason::TimeLimit)),
            }
            if step.is_multiple_of(STEPS_PER_VALIDATION) {
                break;
            }
        }
        Ok(None)
    }

    /// Makes step number `step`, on the stored batch or on a fresh one.
    fn step(
        &self,
        step: usize,
        state: &mut TrainingState,
        memory: &mut GaussNewtonWorkspace,
    ) -> Result<HistoryRow, FitError> {
        let phase = state.phase;
        let is_kept = match phase {
            Phase::Search => true,
            Phase::Polish { since } => !(step - since - 1).is_multiple_of(STEPS_POLISHING),
        };
        let kept = state.set.take().filter(|_| is_kept);
        let is_fresh = kept.is_none();
        let points = match kept {
            Some(points) => points,
            None => {
                let (theta, round) = (state.theta(), step as u64);
                let (set, clipped) = match phase {
                    Phase::Polish { .. } => {
                        let broad = self.collocation.broadened();
                        self.fresh_points(&broad, theta, POLISHING_SET * state.batch_size.most, round)?
                    }
                    Phase::Search => {
                        self.fresh_points(&self.collocation, theta, state.batch_size.points(), round)?
                    }
                };
                state.outside += set.outside;
                state.clipped = clipped;
                set.points
            }
        };
        let problem = Assembler::new(self.evolution, self.networks, &points);
        let optimiser = self.settings.optimiser;
        // On a batch that is used again, momentum has nothing to add.
        let polishes = phase != Phase::Search;
        let optimiser = if polishes { optimiser.without_momentum() } else { optimiser };
        let record = optimiser.step(&problem, &mut state.optimiser, memory);
        let equation_losses = self.equation_losses(&problem, state.theta());
        if is_fresh && !polishes {
            state.batch_size.observe(record.loss_before);
        }
        let has_validation = step.is_multiple_of(STEPS_PER_VALIDATION) || step == self.settings.steps;
        let validation_ess = if has_validation { self.validation_ess(state.theta())? } else { None };
        let n_points = points.len();
        if polishes || !step.is_multiple_of(self.settings.steps_per_batch) {
            state.set = Some(points);
        }
        Ok(HistoryRow { step, n_points, record, validation_ess, equation_losses })
    }

    /// The loss ½|r|² of each equation. It costs a forward pass; a system of one equation skips it.
    fn equation_losses(&self, problem: &Assembler<'_>, theta: &[f64]) -> Vec<f64> {
        let n = self.evolution.n_equations();
        if n == 1 {
            return Vec::new();
        }
        let residuals = problem.residuals(theta);
        let of_equation =
            |k: usize| -> Vec<f64> { residuals.iter().skip(k).step_by(n).map(|r| 0.5 * r * r).collect() };
        (0..n).map(|k| pairwise_sum(&of_equation(k))).collect()
    }

    fn reason_to_end(&self, state: &TrainingState) -> Option<StopReason> {
        let last = state.history.last()?;
        let Phase::Polish { since } = state.phase else {
            return last.record.outcome.or_else(|| solved(&state.history)).map(StopReason::Optimiser);
        };
        let is_polished = last.step - since >= self.settings.polish || last.record.outcome.is_some();
        let ess = state.history.iter().rev().find_map(|row| row.validation_ess)?;
        is_polished.then_some(StopReason::EssReached { ess })
    }

    /// A fresh batch for the current flow with the influence of far points clipped, and the number
    /// of points that were clipped.
    fn fresh_points(
        &self,
        collocation: &Collocation<'_>,
        theta: &[f64],
        n_points: usize,
        round: u64,
    ) -> Result<(Batch, usize), FitError> {
        let (mut set, residuals) = collocation.chosen(self.field(theta), n_points, round)?;
        if set.points.is_empty() {
            return Err(FitError::NoSupport { scale: 1.0 });
        }
        let clipped = cap_influence(&mut set.points, &residuals);
        Ok((set, clipped))
    }

    fn field<'a>(&'a self, theta: &'a [f64]) -> VelocityField<'a> {
        VelocityField { evolution: self.evolution, networks: self.networks, theta, target: self.target }
    }

    /// Effective fraction of validation draws; `None` if they cannot be moved yet. If they reach
    /// the goal, more draws and particles moved backward must confirm it: a thousand draws do not
    /// see the heavy weights that one in a thousand has, and no draw sees what the flow never
    /// reaches.
    fn validation_ess(&self, theta: &[f64]) -> Result<Option<f64>, FitError> {
        let (field, seed) = (self.field(theta), self.settings.seed);
        let few = forward_log_weights(field, VALIDATION_DRAWS, seed, Purpose::Validation)?;
        let ess = few.map(|log_weights| effective_fraction(&log_weights));
        if ess.is_none_or(|ess| ess < self.settings.target_ess) {
            return Ok(ess);
        }
        let many = forward_log_weights(field, CONFIRMING_DRAWS, seed, Purpose::Confirm)?;
        let at_particles = backward_log_weights(field, &self.located.factors[self.factor].population_path)?;
        let both = many.zip(at_particles);
        Ok(both.map(|(forward, backward)| effective_fraction_from_both(&forward, &backward)))
    }
}

/// The outcome that nothing is left to fit, if the losses show it.
fn solved(history: &[HistoryRow]) -> Option<Outcome> {
    let loss = history.last()?.record.loss_before;
    let late = history.iter().rev().take(STEPS_SOLVED);
    let low = late.filter(|row| row.record.loss_before < SOLVED).count();
    (2 * low >= STEPS_SOLVED).then_some(Outcome::Converged { loss })
}

/// Sets the weights min(1, (cap/|R|))² with cap = CAP times the root mean square of the smaller 90
/// %, or LEAST_CAP: Huber's influence function as weights. Returns the number of weights below 1.
fn cap_influence(points: &mut CollocationPoints, residuals: &[f64]) -> usize {
    let per_point = residuals.len() / points.len();
    let size = |k: usize| {
        let of_point = &residuals[k * per_point..(k + 1) * per_point];
        of_point.iter().map(|r| r * r).sum::<f64>().sqrt()
    };
    let sizes: Vec<f64> = (0..points.len()).map(size).collect();
    let mut sorted = sizes.clone();
    sorted.sort_by(f64::total_cmp);
    let bulk = &sorted[..sorted.len() * 9 / 10 + 1];
    let cap = (CAP * (bulk.iter().map(|r| r * r).sum::<f64>() / bulk.len() as f64).sqrt()).max(LEAST_CAP);
    let mut clipped = 0;
    for (k, size) in sizes.iter().enumerate() {
        if *size > cap {
            points.set_weight(k, (cap / size) * (cap / size));
            clipped += 1;
        }
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_residuals_keep_the_influence_of_the_cap() {
        let mut points = CollocationPoints::new(1, 0);
        (0..100).for_each(|k| points.push(0.5, &[f64::from(k)], &[], 1.0));
        let mut residuals = vec![1.0; 100];
        residuals[40] = -9.0;
        residuals[41] = 1e6;
        assert_eq!(cap_influence(&mut points, &residuals), 1);
        assert_eq!(points.weight(40), 1.0);
        // √w·|R| is the cap: ten times the root mean square of the bulk.
        assert!((points.weight(41).sqrt() * 1e6 - 10.0).abs() < 1e-9);
        // If the bulk has converged, the other points keep their influence.
        residuals.iter_mut().for_each(|r| *r *= 1e-3);
        let mut points = CollocationPoints::new(1, 0);
        (0..100).for_each(|k| points.push(0.5, &[f64::from(k)], &[], 1.0));
        residuals[42] = 0.9;
        assert_eq!(cap_influence(&mut points, &residuals), 1);
        assert_eq!(points.weight(42), 1.0);
        assert!((points.weight(41).sqrt() * 1e3 - 1.0).abs() < 1e-12);
    }
}
