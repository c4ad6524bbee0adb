//! Particles: populations carried from a Gaussian to the target.

mod annealed_smc;

pub use annealed_smc::{AnnealedSmc, Population, PopulationPath};
