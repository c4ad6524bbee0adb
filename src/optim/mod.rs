//! Nonlinear least squares: Gauss-Newton as a direction paired with a step rule, and other
//! minimisers.

mod adam;
mod broyden;
mod conjugate_gradients;
mod damped_solver;
mod damping;
mod direction;
mod gauss_newton;
mod geodesic;
mod gram_matrix;
mod jacobian;
mod least_squares;
mod nystrom;
mod optimiser;
mod orthogonal;
mod record;
#[cfg(test)]
mod rosenbrock;
mod saved;
mod step_rule;
mod trust_radius;

pub use adam::{Adam, Moments};
pub use broyden::InverseHessian;
pub use damped_solver::{DampedSolver, Solve};
pub use damping::Damping;
pub use direction::{Direction, DirectionError};
pub use gauss_newton::{GaussNewton, GaussNewtonState, GaussNewtonWorkspace};
pub use gram_matrix::DirectionWorkspace;
pub use jacobian::Jacobian;
pub use least_squares::{LeastSquares, Linearisation, Outcome};
pub use optimiser::{Method, Optimiser, OptimiserState};
pub use record::StepRecord;
pub use step_rule::StepRule;
