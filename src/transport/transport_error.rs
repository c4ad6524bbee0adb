//! Errors of transport: why particles did not reach t = 1.

use crate::density::{DensityError, PointError};

/// Advice to the user where the velocity is too rough.
const ADVICE: &str = "fit for more steps";

/// Particles could not be moved to t = 1.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The learned velocity is too rough or not finite.
    #[error("{}; {ADVICE}", stuck(*time, at))]
    Stuck {
        /// Time up to which the integration succeeded.
        time: f64,
        /// Position of the particle at that time, standardised coordinates.
        at: Vec<f64>,
    },
    /// The density of the target failed at a point of a trajectory.
    #[error("{0}")]
    Density(#[source] DensityError),
}

impl TransportError {
    /// What happened and where, without advice.
    pub fn finding(&self) -> String {
        match self {
            TransportError::Stuck { time, at } => stuck(*time, at),
            TransportError::Density(error) => error.to_string(),
        }
    }

    /// Advice to the user, or `None` where the density itself fails.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            TransportError::Stuck { .. } => Some(ADVICE),
            TransportError::Density(_) => None,
        }
    }
}

/// The position of a stuck particle is reported in the standardised coordinates in which it moves:
/// the velocity is too rough there, and the target does not fail.
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
