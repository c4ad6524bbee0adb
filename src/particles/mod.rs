//! Particles: populations carried from a Gaussian to the target.

mod annealed_smc;

pub use annealed_smc::{Ladder, Population, Tempering};
