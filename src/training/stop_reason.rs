//! Reasons for the end of a fit.

use crate::optim::Outcome;
use std::fmt;

/// Why a fit ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StopReason {
    /// Validation draws reached the requested effective fraction.
    EssReached {
        /// The effective fraction that was reached.
        ess: f64,
    },
    /// The observer stopped the fit because time was up.
    TimeLimit,
    /// The optimiser ended the fit.
    Optimiser(Outcome),
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::EssReached { ess } => write!(f, "validation draws reached ESS {ess:.4}"),
            StopReason::TimeLimit => write!(f, "time limit reached"),
            StopReason::Optimiser(outcome) => write!(f, "{outcome}"),
        }
    }
}
