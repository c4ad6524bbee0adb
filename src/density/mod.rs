//! Unnormalised log densities: log ρ, its score and Laplacian, and what is known of them exactly.

mod catalogue;
mod catalogue_error;
mod density_error;
mod double_well;
mod evaluate;
mod facts;
mod funnel;
mod funnelled;
mod gaussian;
mod log_density;
mod many_well;
mod mixture;
mod named_mixtures;
mod nearest;
mod quiet_panic;
mod standardise;
mod voronoi;

pub use catalogue::{Parameter, Range, TargetEntry, find, named_target, targets};
pub use catalogue_error::CatalogueError;
pub use density_error::{DensityError, DensityFailure};
pub use evaluate::{laplacians, values, values_and_scores};
pub use facts::{Benchmark, Facts, Modes};
pub use funnel::Funnel;
pub use funnelled::{Funnelled, LogScale, LogScales};
pub use gaussian::{Gaussian, GaussianError, gauss};
pub use log_density::{LogDensity, Target};
pub use many_well::{ManyWell, TiltedPairs};
pub use mixture::{GaussianMixture, MixtureError};
pub use named_mixtures::{gmm_unequal, gmm9, gmm40};
pub use nearest::nearest;
pub use standardise::{StandardiseError, Standardised};
