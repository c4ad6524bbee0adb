//! The state that passes from one step of a fit to the next.

use super::batch_size::BatchSize;
use super::collocation_points::CollocationPoints;
use super::phase::Phase;
use super::record::HistoryRow;
use super::stop_reason::StopReason;
use crate::num::ArraysError;
use crate::optim::{Damping, OptimiserState};

/// The complete state that passes from one step of a fit to the next. Two fits in the same state,
/// with the same target and settings, continue with the same bits: random numbers come from streams
/// of (seed, purpose, step).
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState {
    /// Parameters of all unknowns, and the state of the optimiser.
    pub(super) optimiser: OptimiserState,
    /// Number of points of the next fresh batch.
    pub(super) batch_size: BatchSize,
    /// Whether the next step searches or polishes.
    pub(super) phase: Phase,
    /// The batch of the next step; `None` if that step takes a fresh one.
    pub(crate) set: Option<CollocationPoints>,
    /// Records of all steps so far.
    pub history: Vec<HistoryRow>,
    /// Number of points of the last batch whose influence was clipped.
    pub(crate) clipped: usize,
    /// Number of points that were dropped so far because the density is zero there.
    pub(crate) outside: usize,
    /// Why the training ended; `None` while steps are left, also after an interruption.
    pub ended: Option<StopReason>,
}

/// First damping. Rows of J in standardised coordinates are of order one, and each step may change
/// λ by a factor of 2 to 3.
pub(crate) const FIRST_DAMPING: f64 = 1.0;

impl TrainingState {
    /// The state before the first step, from parameters `theta` and with `points` in the first
    /// batch.
    pub(crate) fn new(theta: Vec<f64>, points: usize) -> TrainingState {
        TrainingState {
            optimiser: OptimiserState::new(theta, Damping::new(FIRST_DAMPING)),
            batch_size: BatchSize::new(points),
            phase: Phase::Search,
            set: None,
            history: Vec::new(),
            clipped: 0,
            outside: 0,
            ended: None,
        }
    }

    /// # Errors
    /// If the state has another number of parameters or of equations.
    pub(crate) fn check(&self, n_params: usize, n_equations: usize) -> Result<(), ArraysError> {
        let found = self.theta().len();
        if found != n_params {
            let (name, expected) = ("optimiser.theta".to_string(), format!("[{n_params}]"));
            return Err(ArraysError::Shape { name, expected, found: vec![found] });
        }
        let (rows, width) = (self.history.len(), if n_equations == 1 { 0 } else { n_equations });
        match self.history.iter().map(|row| row.equation_losses.len()).find(|found| *found != width) {
            None => Ok(()),
            Some(found) => {
                let (name, expected) = ("equation_losses".to_string(), format!("[{rows}, {width}]"));
                Err(ArraysError::Shape { name, expected, found: vec![rows, found] })
            }
        }
    }

    /// The parameters θ of all unknowns.
    pub fn theta(&self) -> &[f64] {
        self.optimiser.theta()
    }
}
