//! Why a fit came to its end.

use crate::optim::Outcome;
use std::fmt;

/// Why a fit ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StopReason {
    /// Validation draws reached the effective fraction asked for.
    EssReached {
        /// The effective fraction that they reached.
        ess: f64,
    },
    /// The observer ended the fit for want of time.
    TimeLimit,
    /// The optimiser ended it.
    Optimiser(Outcome),
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::EssReached { ess } => write!(f, "pilot draws reached ESS {ess:.4}"),
            StopReason::TimeLimit => write!(f, "time limit reached"),
            StopReason::Optimiser(outcome) => write!(f, "{outcome}"),
        }
    }
}
