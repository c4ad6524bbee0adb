//! What passes from one step of a fit to the next, and nothing else.

use super::batch_size::BatchSize;
use super::collocation_points::CollocationPoints;
use super::record::HistoryRow;
use super::stop_reason::StopReason;
use crate::num::ArraysError;
use crate::optim::{Damping, OptimiserState};

/// Everything that passes from one step of a fit to the next. Two fits in the same state, of the
/// same target and with the same settings, go on with the same bits: random numbers come from
/// streams of (seed, purpose, step).
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState {
    /// Parameters of all unknowns, and what the methods remember.
    pub(super) optimiser: OptimiserState,
    /// How many points the next fresh set has.
    pub(super) batch_size: BatchSize,
    /// The set on which the next step is made; none if that step takes a fresh one.
    pub(crate) set: Option<CollocationPoints>,
    /// Every step.
    pub history: Vec<HistoryRow>,
    /// CollocationPoints whose influence was clipped in the last set.
    pub(crate) clipped: usize,
    /// CollocationPoints dropped over all sets because the density is zero there.
    pub(crate) outside: usize,
    /// Why the fit came to its end; none while steps are left, after an interruption too.
    pub ended: Option<StopReason>,
}

/// First damping: rows of J in standardised coordinates are of order one, and each step may change
/// λ by 2 to 3.
pub(crate) const FIRST_DAMPING: f64 = 1.0;

impl TrainingState {
    /// Before the first step, from parameters `theta` and with `points` in the first set.
    pub(crate) fn new(theta: Vec<f64>, points: usize) -> TrainingState {
        TrainingState {
            optimiser: OptimiserState::new(theta, Damping::new(FIRST_DAMPING)),
            batch_size: BatchSize::new(points),
            set: None,
            history: Vec::new(),
            clipped: 0,
            outside: 0,
            ended: None,
        }
    }

    /// # Errors
    /// If the state is one of another number of parameters or of equations.
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

    /// Parameters of all unknowns.
    pub fn theta(&self) -> &[f64] {
        self.optimiser.theta()
    }
}
