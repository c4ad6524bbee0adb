//! Why particles did not arrive.

use crate::density::{DensityError, PointError};

/// What to try where the velocity is too rough.
const ADVICE: &str = "fit for more steps";

/// Particles could not be carried to t = 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The velocity is too rough, or not finite.
    #[error("{}; {ADVICE}", stuck(*time, at))]
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

impl TransportError {
    /// What happened and where, without what to try.
    pub fn finding(&self) -> String {
        match self {
            TransportError::Stuck { time, at } => stuck(*time, at),
            TransportError::Density(error) => error.to_string(),
        }
    }

    /// What to try; none where the density itself fails.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            TransportError::Stuck { .. } => Some(ADVICE),
            TransportError::Density(_) => None,
        }
    }
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

fn stuck(time: f64, at: &[f64]) -> String {
    format!(
        "the flow cannot be integrated past t = {time:.6} near x = {at:?} (standardised): \
         the learned velocity is too rough there"
    )
}
