//! Why particles did not arrive.

use crate::density::{DensityError, PointError};

/// Particles could not be carried to t = 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The velocity is too rough, or not finite.
    #[error(
        "the flow cannot be integrated past t = {time:.6} near x = {at:?} (standardised): the \
         learned velocity is too rough there; fit for more steps"
    )]
    Stuck {
        /// Time reached.
        time: f64,
        /// Where the particle was then, standardised coordinates.
        at: Vec<f64>,
    },
    /// The target fails at a point on the way.
    #[error("{0}")]
    Density(#[source] DensityError),
}

/// A particle that is stuck is named in the coordinates in which it moves: it is the velocity that
/// is too rough there, and not the target that fails.
impl PointError for TransportError {
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> TransportError {
        match self {
            TransportError::Density(error) => TransportError::Density(error.map_point(map)),
            stuck => stuck,
        }
    }
}
