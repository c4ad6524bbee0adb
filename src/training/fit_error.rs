//! Why there is no fit.

use super::checkpoint::CheckpointError;
use super::settings::OutOfRange;
use crate::density::{DensityError, PointError};
use crate::evolution::{TargetData, TargetSummary, built_in_evolutions};
use crate::locate::LocateError;
use std::fmt;

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq)]
pub enum FitError {
    /// The density fails at a point.
    Density(DensityError),
    /// The density is zero wherever it was looked at.
    NoSupport {
        /// The search used points of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// The equations of the evolution read Δlog ρ.
    NeedsLaplacian {
        /// Its name.
        evolution: &'static str,
    },
    /// A setting is out of range.
    BadSetting {
        /// Which one.
        name: &'static str,
        /// What it must be.
        requirement: String,
    },
    /// The checkpoint is not one of this fit.
    Checkpoint(CheckpointError),
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FitError::Density(error) => write!(f, "{error}"),
            FitError::NoSupport { scale } => write!(
                f,
                "the density is zero (log density −inf) at every point looked at, up to {scale} around the origin: \
                 shift or scale the coordinates so that the target lies there"
            ),
            FitError::NeedsLaplacian { evolution } => write!(
                f,
                "the equation of {evolution} reads the Laplacian of the log density, which this density does not \
                 have: take {}, or have it from differences \
                 of the score (laplacian = \"differences\" in a density file)",
                without_laplacian().join(", ")
            ),
            FitError::BadSetting { name, requirement } => write!(f, "{name} must be {requirement}"),
            FitError::Checkpoint(error) => write!(f, "{error}"),
        }
    }
}
impl std::error::Error for FitError {}

/// Names of the built-in evolutions whose equations do not read Δlog ρ.
fn without_laplacian() -> Vec<&'static str> {
    let descriptions = built_in_evolutions(TargetSummary::smooth(1)).into_iter().map(|e| e.description(1));
    descriptions.filter(|d| d.reads < TargetData::Laplacian).map(|d| d.name).collect()
}

impl From<DensityError> for FitError {
    fn from(error: DensityError) -> FitError {
        FitError::Density(error)
    }
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

impl From<CheckpointError> for FitError {
    fn from(error: CheckpointError) -> FitError {
        FitError::Checkpoint(error)
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
