//! Closed forms between Gaussians: the exact case of the built-in evolutions.

mod gaussian_case;
mod gaussian_marginal;
mod solution;

pub use gaussian_case::GaussianCase;
pub use gaussian_marginal::GaussianMarginal;
pub use solution::{ClosedForm, GaussianSolution};
