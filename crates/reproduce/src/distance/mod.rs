//! Distances between two sets of points: Wasserstein by assignment, Sinkhorn and slices, and MMD.

mod assignment;
mod distances;
mod mmd;
mod pairs;
mod sinkhorn;
mod sliced;
mod wasserstein;

pub use distances::{Distances, distances_to_exact, floors};
pub use mmd::mmd;
pub use sinkhorn::sinkhorn_w1;
pub use sliced::{DIRECTIONS, sliced_w2};
pub use wasserstein::w2;
