//! What is recorded of a step of training, and what an observer sees of it.

use crate::optim::StepRecord;
use std::time::Duration;

/// One step of the history: no timings, so that it is the same on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// From 1.
    pub step: usize,
    /// CollocationPoints it was made on.
    pub n_points: usize,
    /// What the optimiser did.
    pub record: StepRecord,
    /// ESS of validation draws, if there were some.
    pub validation_ess: Option<f64>,
    /// What each equation of a system of several has of the loss after the step; they add up to
    /// it. Empty if there is one equation.
    pub equation_losses: Vec<f64>,
}

/// A step of a fit as an observer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps done in this factor, from 1.
    pub step: usize,
    /// Steps at most.
    pub steps: usize,
    /// The factor of the target that is being fitted, from 1.
    pub factor: usize,
    /// How many there are.
    pub factors: usize,
    /// ½ mean R² before and after the step, on its own points.
    pub record: StepRecord,
    /// ESS of validation draws, at the steps that have some.
    pub validation_ess: Option<f64>,
    /// Since the first factor was begun, or since the fit went on from a checkpoint.
    pub elapsed: Duration,
}
