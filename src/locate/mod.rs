//! Locating the target: where it is, how wide, and the coordinates in which it is simple.

mod gaussian_directions;
mod hessian;
mod independence;
mod laplace;
mod saved;
mod scale_dependence;
mod search;

pub(crate) use independence::IndependentFactors;
pub use laplace::LocatedBy;
pub(crate) use saved::{read_located, write_located};
pub(crate) use search::indexed_seed;
pub use search::{LocatedFactor, LocatedTarget};
