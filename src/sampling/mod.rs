//! Sampling: the fitted transport, and what is drawn and read from it.

mod draws;
mod fit;
mod inspect;
mod plan;
mod sampler;

pub use draws::{DrawError, Draws};
pub(crate) use fit::unknowns;
pub use fit::{BlockFit, Fit, fit, fit_watched};
pub use inspect::{Journeys, ResidualsAt};
pub use plan::{Plan, plan};
