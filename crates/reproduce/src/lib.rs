//! Tables of measured figures beside published ones, which anyone can make again, and the distances
//! in them.
//!
//! A table is a [`Comparison`]: the program prints it and writes it as Markdown and CSV. Each
//! function here measures one table; `filter` selects the rows whose names contain it, and `limit`
//! bounds the seconds of each fit.

mod calibration;
mod comparison;
pub mod distance;
mod exactness;
mod optimisers;
mod pde;
mod posteriors;
mod samplers;
mod session;
mod timed;

pub use calibration::calibration;
pub use comparison::Comparison;
pub use exactness::exactness;
pub use optimisers::optimisers;
pub use pde::pde;
pub use posteriors::{Opener, POSTERIOR_FILES, posteriors, reference_parameters};
pub use samplers::samplers;
pub use session::Session;
