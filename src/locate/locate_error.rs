//! Why a target could not be located.

use crate::density::{DensityError, PointError};
use std::fmt;

/// Why a target could not be located.
#[derive(Clone, Debug, PartialEq)]
pub enum LocateError {
    /// The density fails at a point.
    Density(DensityError),
    /// The density is zero wherever it was looked at.
    NoSupport {
        /// The search used points of N(0, scale²) in every coordinate.
        scale: f64,
    },
}

impl fmt::Display for LocateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LocateError::Density(error) => write!(f, "{error}"),
            LocateError::NoSupport { scale } => write!(
                f,
                "the density is zero (log density −inf) at every point looked at, up to {scale} around the origin: \
                 shift or scale the coordinates so that the target lies there"
            ),
        }
    }
}
impl std::error::Error for LocateError {}

impl From<DensityError> for LocateError {
    fn from(error: DensityError) -> LocateError {
        LocateError::Density(error)
    }
}

impl PointError for LocateError {
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> LocateError {
        match self {
            LocateError::Density(error) => LocateError::Density(error.map_point(map)),
            other => other,
        }
    }
}
