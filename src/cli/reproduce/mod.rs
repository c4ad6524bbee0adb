//! Tables of measured figures beside published ones, which anyone can make again.

mod comparison;
mod optimisers;
mod pde;
mod posteriors;
mod samplers;

pub use comparison::Comparison;
pub(super) use optimisers::optimisers;
pub(super) use pde::pde;
pub(super) use posteriors::posteriors;
pub(super) use samplers::samplers;
