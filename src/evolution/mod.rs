//! Evolutions: each selects one pair of log density V and velocity μ among the many that move the
//! prior to the target.
//!
//! An evolution is a value that `sampling::fit` takes, built in or defined by the user. In reading
//! order: `definition.rs` (the trait to implement), `description.rs` (what an evolution declares),
//! `ansatz.rs` (V with its boundary values built in), then the evolutions, and `closed_form` for
//! their exact case.

mod annealed_ode;
mod annealed_sde;
mod annealing_path;
mod ansatz;
mod bridge;
mod closed_form;
mod cover_distribution;
mod definition;
mod description;
mod diffusion;
mod erased;
mod general_ode;
mod general_sde;
mod learned_path;
mod list;
mod log_density;
mod log_z;
mod noise;
mod noising;
mod optimal_transport;
mod prepared;
mod prior;
mod quadratic;
mod target_data;
mod target_summary;

pub use annealed_ode::AnnealedOde;
pub use annealed_sde::AnnealedSde;
pub use annealing_path::AnnealingPath;
pub use ansatz::Ansatz;
pub use bridge::Bridge;
pub use closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
pub use cover_distribution::CoverDistribution;
pub use definition::Evolution;
pub use description::Description;
pub use diffusion::Diffusion;
pub use erased::ErasedEvolution;
pub use general_ode::GeneralOde;
pub use general_sde::GeneralSde;
pub use learned_path::LearnedPath;
pub use list::{built_in_evolutions, evolution_names, named_evolution};
pub use log_density::LogDensityAt;
pub use log_z::LogZ;
pub use noise::Noise;
pub use noising::Noising;
pub use optimal_transport::OptimalTransport;
pub use prepared::PreparedEvolution;
pub use prior::log_prior;
pub use quadratic::Quadratic;
pub use target_data::TargetData;
pub use target_summary::TargetSummary;
