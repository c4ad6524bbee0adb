//! The record of a step of an optimiser.

use super::Outcome;

/// The record of a step of an optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRecord {
    /// Name of the direction used, as an automatic choice picked it.
    pub direction: &'static str,
    /// The loss ½|r|² before the step.
    pub loss_before: f64,
    /// The loss ½|r|² after the step, on the same residuals.
    pub loss: f64,
    /// Fraction of the direction that was taken; 0 if none reduced the loss.
    pub scale: f64,
    /// The λ of the direction that was taken; 0 for methods without damping.
    pub damping: f64,
    /// Ratio of true to predicted reduction of the step.
    pub ratio: f64,
    /// Backward error of the linear solve.
    pub solve_residual: f64,
    /// Why the iteration should end; `None` if it should not.
    pub outcome: Option<Outcome>,
}

impl StepRecord {
    /// The record of a step that was not taken.
    pub(super) fn none(direction: &'static str, loss: f64, damping: f64) -> StepRecord {
        StepRecord {
            direction,
            loss_before: loss,
            loss,
            scale: 0.0,
            damping,
            ratio: 0.0,
            solve_residual: 0.0,
            outcome: None,
        }
    }
}
