//! Unnormalised log densities: how they are written, evaluated and checked, and a zoo of known
//! ones.
//!
//! A density is a formula ([`LogDensity`]) or a black box ([`Target`]), which may fail with a
//! [`Refusal`]. [`values`], [`values_and_scores`] and [`laplacians`] evaluate it in parallel and
//! name the point at which it fails. [`preflight`] checks it before a fit. [`zoo`] has the
//! benchmarks, which are re-exported here.

mod check;
mod density_error;
mod differenced;
mod evaluate;
mod gaussian;
mod log_density;
mod mixture;
mod nearest;
mod point_error;
mod refusal;
mod target;
pub mod zoo;

pub use check::{Preflight, PreflightError, Warning, preflight};
pub use density_error::{DensityError, DensityFailure};
pub use differenced::Differenced;
pub use evaluate::{laplacians, values, values_and_scores};
pub use gaussian::{Gaussian, GaussianError};
pub use log_density::LogDensity;
pub use mixture::{GaussianMixture, MixtureError};
pub use nearest::nearest;
pub use point_error::PointError;
pub use refusal::Refusal;
pub use target::Target;
pub use zoo::{
    Banana, Benchmark, CatalogueError, Facts, Funnel, ManyWell, Modes, Parameter, Range, Rings, RotatedWells,
    StudentMixture, TargetEntry, TiltedPairs, find, gauss, gmm_rotated, gmm_unequal, gmm9, gmm40,
    named_target, targets,
};
