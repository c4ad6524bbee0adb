//! Evolutions: each fixes one (V, μ) among the many that carry the prior to the target.

mod annealed_ode;
mod annealed_sde;
mod ansatz;
mod bridge;
mod diffusion;
mod gaussian_case;
mod gaussian_law;
mod general_ode;
mod general_sde;
mod learned_path;
mod list;
mod nearby;
mod noising;
mod optimal_transport;
mod path;
mod setting;
mod target_data;
mod traits;
mod unknowns;

pub use annealed_ode::AnnealedOde;
pub use annealed_sde::AnnealedSde;
pub use ansatz::{AnnealedPoint, log_prior};
pub use bridge::Bridge;
pub use diffusion::Diffusion;
pub use gaussian_case::GaussianCase;
pub use gaussian_law::GaussianLaw;
pub use general_ode::GeneralOde;
pub use general_sde::GeneralSde;
pub use list::{EVOLUTIONS, EvolutionEntry, evolution_entry};
pub use nearby::Nearby;
pub use noising::Noising;
pub use optimal_transport::OptimalTransport;
pub use path::Path;
pub use setting::Setting;
pub use target_data::TargetData;
pub use traits::Evolution;
