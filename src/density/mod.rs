//! Unnormalised log densities: log ρ, its score and Laplacian, and what is known of them exactly.

mod facts;
mod log_density;

pub use facts::{Benchmark, Facts, Modes};
pub use log_density::{LogDensity, Target};
