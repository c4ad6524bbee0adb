//! Sampling: the fitted transport, and what is drawn and read from it.

mod draws;
mod fit;
mod inspect;
mod plan;
mod sampler;

pub use draws::{DrawError, Draws};
pub(crate) use fit::unknowns;
pub use fit::{Fit, FittedFactor, fit, fit_observed};
pub use inspect::{ResidualsAt, Trajectories};
pub use plan::{Plan, plan};
