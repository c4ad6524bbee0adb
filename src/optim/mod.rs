//! Nonlinear least squares: a direction paired with a rule for the step, and what else minimises.

mod adam;
mod broyden;
mod conjugate_gradients;
mod damping;
mod direction;
mod gauss_newton;
mod geodesic;
mod jacobian;
mod least_squares;
mod linearised;
mod nystrom;
mod optimiser;
mod orthogonal;
mod record;
#[cfg(test)]
mod rosenbrock;
mod saved;
mod squared;
mod step_rule;
mod trust_radius;

pub use adam::{Adam, Moments};
pub use broyden::InverseHessian;
pub use damping::Damping;
pub use direction::{Direction, DirectionError};
pub use gauss_newton::{GaussNewton, GaussNewtonMemory, GaussNewtonState};
pub use jacobian::Jacobian;
pub use least_squares::{LeastSquares, Linearisation, Outcome};
pub use linearised::{Linearised, Solve};
pub use optimiser::{Method, Optimiser, OptimiserState};
pub use record::StepRecord;
pub use squared::DirectionMemory;
pub use step_rule::StepRule;
