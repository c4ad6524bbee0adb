//! Why particles did not arrive.

use crate::density::DensityError;
use std::fmt;

/// Particles could not be carried to t = 1.
#[derive(Clone, Debug, PartialEq)]
pub enum TransportError {
    /// The velocity is too rough, or not finite.
    Stuck {
        /// Time reached.
        time: f64,
        /// Where the particle was then, standardised coordinates.
        at: Vec<f64>,
    },
    /// The target fails at a point on the way.
    Density(DensityError),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransportError::Stuck { time, at } => write!(
                f,
                "the flow cannot be integrated past t = {time:.6} near x = {at:?} (standardised): \
                 the learned velocity is too rough there; fit for more steps"
            ),
            TransportError::Density(error) => write!(f, "{error}"),
        }
    }
}
impl std::error::Error for TransportError {}
