//! Particles: populations that are moved to a target without a learned transport.
//!
//! An annealed sampler moves a population along p_b ∝ p_start^(1−b) ρ^b from b = 0, where p_start =
//! N(0, s²I), to b = 1. A step of b changes the weights by (ρ/p_start)^Δb; the mean of these
//! weights is the ratio of the two normalising constants, so that the logarithms of the means add
//! up to an estimate of log Z.
//!
//! In reading order: [`Population`]; [`PopulationPath`], the result of a sampler;
//! [`systematic_resample`], which this sampler, noisy chains and equally weighted draws use;
//! [`AnnealedSmc`].

mod annealed_smc;
mod population;
mod population_path;
mod resampling;

pub use annealed_smc::AnnealedSmc;
pub use population::Population;
pub use population_path::PopulationPath;
pub use resampling::{systematic_resample, take_rows};
