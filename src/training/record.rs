//! The record of a step of training, and what an observer sees of it.

use crate::optim::StepRecord;
use std::time::Duration;

/// One step of the history. It has no timings, so that it is the same on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Number of the step, from 1.
    pub step: usize,
    /// Number of points on which the step was made.
    pub n_points: usize,
    /// The record of the optimiser.
    pub record: StepRecord,
    /// Effective fraction of validation draws; `None` at steps without a validation.
    pub validation_ess: Option<f64>,
    /// Share of each equation in the loss after the step; the shares sum to the loss. Empty if
    /// there is one equation.
    pub equation_losses: Vec<f64>,
}

/// A step of a fit as an observer sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Number of the step in this factor, from 1.
    pub step: usize,
    /// Largest number of steps of a factor.
    pub steps: usize,
    /// Number of the factor that is being trained, from 1.
    pub factor: usize,
    /// Number of factors of the target.
    pub factors: usize,
    /// Record of the step, with ½ mean R² before and after it on its own points.
    pub record: StepRecord,
    /// Effective fraction of validation draws; `None` at steps without a validation.
    pub validation_ess: Option<f64>,
    /// Time since the training of the first factor began, or since the fit continued from a
    /// checkpoint.
    pub elapsed: Duration,
}
