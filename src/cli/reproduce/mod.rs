//! Tables of measured figures beside published ones, which anyone can make again.

mod calibration;
mod comparison;
mod exactness;
mod optimisers;
mod pde;
mod posteriors;
mod samplers;
mod timed;

pub(super) use calibration::calibration;
pub use comparison::Comparison;
pub(super) use exactness::exactness;
pub(super) use optimisers::optimisers;
pub(super) use pde::pde;
pub(super) use posteriors::posteriors;
pub(super) use samplers::samplers;
