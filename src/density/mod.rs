//! Unnormalised log densities: log ρ, its score and Laplacian, and what is known of them exactly.

pub mod evaluate;
mod facts;
mod log_density;
mod standardise;

pub use evaluate::DensityError;
pub use facts::{Benchmark, Facts, Modes};
pub use log_density::{LogDensity, Target};
pub use standardise::Standardised;
