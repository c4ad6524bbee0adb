//! What happened in a step.

use super::Outcome;

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRecord {
    /// The direction used: what an automatic choice picked.
    pub direction: &'static str,
    /// ½|r|² before.
    pub loss_before: f64,
    /// ½|r|² after, on the same residuals.
    pub loss: f64,
    /// Fraction of the direction taken; 0 if none reduced the loss.
    pub scale: f64,
    /// λ of the direction taken; 0 where there is none.
    pub damping: f64,
    /// True over predicted reduction for the step taken.
    pub ratio: f64,
    /// Backward error of the linear solve.
    pub solve_residual: f64,
    /// Set if the iteration should end.
    pub outcome: Option<Outcome>,
}

impl StepRecord {
    /// No step taken.
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
