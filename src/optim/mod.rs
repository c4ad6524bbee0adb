//! Nonlinear least squares: a direction, a rule for the step, a rule for the damping; and Adam.

mod adam;
mod damping;
mod direction;
mod gauss_newton;
mod least_squares;
mod step_rule;

pub use adam::{Adam, AdamState};
pub use damping::Damping;
pub use direction::{Direction, DirectionError, DirectionMemory, Linearised, Solve};
pub use gauss_newton::{GaussNewton, GaussNewtonMemory, GaussNewtonState, StepRecord};
pub use least_squares::{LeastSquares, Linearisation, Outcome};
pub use step_rule::{StepRule, TriedStep};
