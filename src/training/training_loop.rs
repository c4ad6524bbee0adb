//! The training of one factor: points, steps of the optimiser, validation draws, and a reason to
//! stop.

use super::assemble::Assembler;
use super::checkpoint::{Probe, Snapshot};
use super::collocation::{Batch, Collocation};
use super::collocation_points::CollocationPoints;
use super::coverage::{backward_log_weights, effective_fraction_from_both, forward_log_weights};
use super::fit_error::FitError;
use super::observer::{Control, Observer};
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

/// Steps from one validation to the next, which costs less than a step, and its draws: 1024 tell an
/// effective fraction of 0.99 from 0.95. They follow the flow even where draws will have noise:
/// that judges the same fields, and what a chain loses to its finite steps no further training
/// gives back.
pub(super) const STEPS_PER_VALIDATION: usize = 5;
const VALIDATION_DRAWS: usize = 1024;
const CONFIRMING_DRAWS: usize = 8192;
/// A residual this many times the root mean square keeps the influence of one that large, not its
/// own.
const CAP: f64 = 10.0;
/// Residuals below this are never clipped, nats per unit of time: log weights are their integrals,
/// so that those of far draws are wrong by as much, while a bulk that has converged would put the
/// cap anywhere below.
const LEAST_CAP: f64 = 1.0;

/// A loss below this in half of so many steps: residuals of 1e-4 nats per unit of time at points
/// that were chosen by their residuals. What draws still fall short of the goal is not the
/// equations' doing (a support that ends within the prior).
const SOLVED: f64 = 1e-8;
const STEPS_SOLVED: usize = 20;
/// CollocationPoints of the set on which a fit is polished, in units of the largest one before.
const POLISHING_SET: usize = 4;
/// Steps on it until the next one: by then the residual elsewhere is far larger (a thousandfold in
/// ½R² beside a ridge of V), and the new set takes its points there; some twenty steps win back the
/// loss.
const STEPS_POLISHING: usize = 100;

/// What stays fixed while a factor is trained.
pub(super) struct FactorTraining<'a> {
    pub located: &'a LocatedTarget,
    pub probe: &'a Probe,
    /// Number of the factor, from 0.
    pub factor: usize,
    pub target: &'a dyn Target,
    pub evolution: &'a dyn PreparedEvolution,
    pub networks: &'a Networks,
    pub collocation: Collocation<'a>,
    pub settings: &'a FitSettings,
    /// When the first factor was begun.
    pub start: Instant,
}

impl FactorTraining<'_> {
    /// Makes steps up to the next validation or the factor's end; `observer` sees every one.
    /// Returns the reason if it asks for no more.
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
            if step > steps && self.goal(state).is_none() {
                state.ended = Some(StopReason::Optimiser(Outcome::StepLimit));
                break;
            }
            let row = self.step(step, state, memory)?;
            let (record, validation_ess) = (row.record, row.validation_ess);
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

    /// The first step whose validation reached the goal; those after it polish.
    fn goal(&self, state: &TrainingState) -> Option<usize> {
        let reached =
            |row: &&HistoryRow| row.validation_ess.is_some_and(|ess| ess >= self.settings.target_ess);
        state.history.iter().find(reached).map(|row| row.step)
    }

    /// Step number `step`, on the set that is kept or on a fresh one.
    fn step(
        &self,
        step: usize,
        state: &mut TrainingState,
        memory: &mut GaussNewtonWorkspace,
    ) -> Result<HistoryRow, FitError> {
        let goal = self.goal(state);
        let is_kept = |goal: usize| !(step - goal - 1).is_multiple_of(STEPS_POLISHING);
        let kept = state.set.take().filter(|_| goal.is_none_or(is_kept));
        let is_fresh = kept.is_none();
        let points = match kept {
            Some(points) => points,
            None => {
                let (theta, round) = (state.theta(), step as u64);
                let (set, clipped) = match goal {
                    Some(_) => {
                        let broad = self.collocation.broadened();
                        self.fresh_points(&broad, theta, POLISHING_SET * state.batch_size.most, round)?
                    }
                    None => self.fresh_points(&self.collocation, theta, state.batch_size.points(), round)?,
                };
                state.outside += set.outside;
                state.clipped = clipped;
                set.points
            }
        };
        let problem = Assembler::new(self.evolution, self.networks, &points);
        let optimiser = self.settings.optimiser;
        // On a set that is kept there is nothing to remember.
        let optimiser = if goal.is_some() { optimiser.without_momentum() } else { optimiser };
        let record = optimiser.step(&problem, &mut state.optimiser, memory);
        let equation_losses = self.equation_losses(&problem, state.theta());
        if is_fresh && goal.is_none() {
            state.batch_size.observe(record.loss_before);
        }
        let has_validation = step.is_multiple_of(STEPS_PER_VALIDATION) || step == self.settings.steps;
        let validation_ess = if has_validation { self.validation_ess(state.theta())? } else { None };
        let n_points = points.len();
        if goal.is_some() || !step.is_multiple_of(self.settings.steps_per_batch) {
            state.set = Some(points);
        }
        Ok(HistoryRow { step, n_points, record, validation_ess, equation_losses })
    }

    /// ½|r|² by equation; costs a forward pass, which a system of one equation is spared.
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
        let Some(goal) = self.goal(state) else {
            return last.record.outcome.or_else(|| solved(&state.history)).map(StopReason::Optimiser);
        };
        let is_polished = last.step - goal >= self.settings.polish || last.record.outcome.is_some();
        let ess = state.history.iter().rev().find_map(|row| row.validation_ess)?;
        is_polished.then_some(StopReason::EssReached { ess })
    }

    /// New points for the current flow, with the influence of far ones clipped; and how many were.
    fn fresh_points(
        &self,
        law: &Collocation<'_>,
        theta: &[f64],
        n_points: usize,
        round: u64,
    ) -> Result<(Batch, usize), FitError> {
        let (mut set, residuals) = law.chosen(self.field(theta), n_points, round)?;
        if set.points.is_empty() {
            return Err(FitError::NoSupport { scale: 1.0 });
        }
        let clipped = cap_influence(&mut set.points, &residuals);
        Ok((set, clipped))
    }

    fn field<'a>(&'a self, theta: &'a [f64]) -> VelocityField<'a> {
        VelocityField { evolution: self.evolution, networks: self.networks, theta, target: self.target }
    }

    /// ESS of a few draws; none if they cannot be moved yet. If they reach the goal, more of them
    /// have to confirm it, and particles followed back: a thousand draws do not see the heavy
    /// weights that one in a thousand has, and none sees what the flow never comes to.
    fn validation_ess(&self, theta: &[f64]) -> Result<Option<f64>, FitError> {
        let (field, seed) = (self.field(theta), self.settings.seed);
        let few = forward_log_weights(field, VALIDATION_DRAWS, seed, Purpose::Pilot)?;
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

/// That nothing is left to fit, if the losses say so.
fn solved(history: &[HistoryRow]) -> Option<Outcome> {
    let loss = history.last()?.record.loss_before;
    let late = history.iter().rev().take(STEPS_SOLVED);
    let low = late.filter(|row| row.record.loss_before < SOLVED).count();
    (2 * low >= STEPS_SOLVED).then_some(Outcome::Converged { loss })
}

/// Weights min(1, (cap/|R|))² with cap = CAP times the root mean square of the smaller 90 %, or
/// LEAST_CAP: Huber's influence function as weights. Returns how many are below 1.
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
        // A bulk that has converged leaves the others theirs.
        residuals.iter_mut().for_each(|r| *r *= 1e-3);
        let mut points = CollocationPoints::new(1, 0);
        (0..100).for_each(|k| points.push(0.5, &[f64::from(k)], &[], 1.0));
        residuals[42] = 0.9;
        assert_eq!(cap_influence(&mut points, &residuals), 1);
        assert_eq!(points.weight(42), 1.0);
        assert!((points.weight(41).sqrt() * 1e3 - 1.0).abs() < 1e-12);
    }
}
