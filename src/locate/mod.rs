//! Locating the target: where it is, how wide, and the coordinates in which it is simple.

mod gaussian_directions;
mod hessian;
mod independence;
mod laplace;
mod saved;
mod scale_dependence;
mod search;

pub(crate) use independence::Blocks;
pub use laplace::Located;
pub(crate) use saved::{read_pilot, write_pilot};
pub(crate) use search::block_seed;
pub use search::{BlockPilot, Pilot};
