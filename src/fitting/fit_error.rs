//! Why there is no fit.

use super::CheckpointError;
use crate::density::DensityError;
use crate::evolution::EVOLUTIONS;

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The density fails at a point.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// The density is zero wherever it was looked at.
    #[error(
        "the density is zero (log density −inf) at every point looked at, up to {scale} around \
         the origin: shift or scale the coordinates so that the target lies there"
    )]
    NoSupport {
        /// The search used points of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// No evolution has this name.
    #[error("no evolution is called {name:?}; there are {}", known_evolutions())]
    UnknownEvolution {
        /// As given.
        name: String,
    },
    /// The equations of the evolution read Δlog ρ.
    #[error(
        "the equation of {evolution} reads the Laplacian of the log density, which this density \
         does not have: take general-ode, annealed-ode, annealed-sde or optimal-transport, or \
         have it from differences of the score (laplacian = \"differences\" in a density file)"
    )]
    NeedsLaplacian {
        /// Its name.
        evolution: &'static str,
    },
    /// A setting is out of range.
    #[error("{name} must be {requirement}")]
    BadSetting {
        /// Which one.
        name: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// The checkpoint is not one of this fit.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
}

fn known_evolutions() -> String {
    let known: Vec<&str> = EVOLUTIONS.iter().map(|entry| entry.name).collect();
    known.join(", ")
}

impl FitError {
    /// The same error with its point in the target's own coordinates.
    pub(super) fn told(self, in_target_coordinates: impl Fn(DensityError) -> DensityError) -> FitError {
        match self {
            FitError::Density(error) => FitError::Density(in_target_coordinates(error)),
            other => other,
        }
    }
}
