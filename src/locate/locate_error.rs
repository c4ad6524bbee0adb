//! Why a target could not be located.

use crate::density::DensityError;
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

impl LocateError {
    /// The same error with its point in the coordinates of the user.
    pub(super) fn in_user_coordinates(
        self,
        in_target_coordinates: impl Fn(DensityError) -> DensityError,
    ) -> LocateError {
        match self {
            LocateError::Density(error) => LocateError::Density(in_target_coordinates(error)),
            other => other,
        }
    }
}
