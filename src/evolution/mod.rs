//! Evolutions: each fixes one (V, μ) among the many that carry the prior to the target.

mod annealed_ode;
mod ansatz;
mod gaussian_case;
mod general_ode;
mod learned_velocity;
mod list;
mod path;
mod traits;

pub use annealed_ode::AnnealedOde;
pub use ansatz::{AnnealedPoint, log_prior};
pub use gaussian_case::GaussianCase;
pub use general_ode::GeneralOde;
pub use list::{EVOLUTIONS, EvolutionEntry, evolution_named};
pub use path::Path;
pub use traits::Evolution;
