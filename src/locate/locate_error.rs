//! Why a target could not be located.

use crate::density::{DensityError, PointError};

/// Why a target could not be located.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LocateError {
    /// The density fails at a point.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// The density is zero at every point of the search.
    #[error(
        "the density is zero (log density −inf) at every point looked at, up to {scale} around \
         the origin: shift or scale the coordinates so that the target lies there"
    )]
    NoSupport {
        /// The last points of the search were draws of N(0, scale²) in every coordinate.
        scale: f64,
    },
}

impl PointError for LocateError {
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> LocateError {
        match self {
            LocateError::Density(error) => LocateError::Density(error.map_point(map)),
            other => other,
        }
    }
}
