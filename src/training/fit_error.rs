//! Errors of a fit.

use super::checkpoint::CheckpointError;
use super::settings::OutOfRange;
use crate::density::{DensityError, PointError};
use crate::evolution::{TargetData, TargetSummary, built_in_evolutions};
use crate::locate::LocateError;

/// Why a fit failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The density failed at a point.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// The density is zero wherever it was evaluated.
    #[error(
        "the density is zero (log density −inf) at every point looked at, up to {scale} around \
         the origin: shift or scale the coordinates so that the target lies there"
    )]
    NoSupport {
        /// Scale of the search, which used points of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// The equations of the evolution read Δlog ρ, and the density has none.
    #[error(
        "the equation of {evolution} reads the Laplacian of the log density, which this density \
         does not have: take {}, or have it from differences of the score (laplacian = \
         \"differences\" in a density file)",
        without_laplacian().join(", ")
    )]
    NeedsLaplacian {
        /// Name of the evolution that reads it.
        evolution: &'static str,
    },
    /// A setting is out of range.
    #[error("{name} must be {requirement}")]
    BadSetting {
        /// Name of the setting that is out of range.
        name: &'static str,
        /// The range, such as "at least 16".
        requirement: String,
    },
    /// The checkpoint belongs to another fit.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
}

/// Names of the built-in evolutions whose equations do not read Δlog ρ.
fn without_laplacian() -> Vec<&'static str> {
    let descriptions = built_in_evolutions(TargetSummary::smooth(1)).into_iter().map(|e| e.description(1));
    descriptions.filter(|d| d.reads < TargetData::Laplacian).map(|d| d.name).collect()
}

impl From<LocateError> for FitError {
    fn from(error: LocateError) -> FitError {
        match error {
            LocateError::Density(error) => FitError::Density(error),
            LocateError::NoSupport { scale } => FitError::NoSupport { scale },
        }
    }
}

impl From<OutOfRange> for FitError {
    fn from(OutOfRange { range, .. }: OutOfRange) -> FitError {
        FitError::BadSetting { name: range.name, requirement: range.to_string() }
    }
}

impl PointError for FitError {
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> FitError {
        match self {
            FitError::Density(error) => FitError::Density(error.map_point(map)),
            other => other,
        }
    }
}
