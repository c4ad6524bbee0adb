//! Why there is no fit.

use super::CheckpointError;
use super::settings::OutOfRange;
use crate::density::DensityError;
use crate::evolution::EVOLUTIONS;
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
    /// No evolution has this name.
    UnknownEvolution {
        /// As given.
        name: String,
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
            FitError::UnknownEvolution { name } => {
                let known: Vec<&str> = EVOLUTIONS.iter().map(|entry| entry.name).collect();
                write!(f, "no evolution is called {name:?}; there are {}", known.join(", "))
            }
            FitError::NeedsLaplacian { evolution } => write!(
                f,
                "the equation of {evolution} reads the Laplacian of the log density, which this density does not \
                 have: take general-ode, annealed-ode, annealed-sde or optimal-transport, or have it from differences \
                 of the score (laplacian = \"differences\" in a density file)"
            ),
            FitError::BadSetting { name, requirement } => write!(f, "{name} must be {requirement}"),
            FitError::Checkpoint(error) => write!(f, "{error}"),
        }
    }
}
impl std::error::Error for FitError {}

impl From<DensityError> for FitError {
    fn from(error: DensityError) -> FitError {
        FitError::Density(error)
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

impl FitError {
    /// The same error with its point in the target's own coordinates.
    pub(super) fn told(self, in_target_coordinates: impl Fn(DensityError) -> DensityError) -> FitError {
        match self {
            FitError::Density(error) => FitError::Density(in_target_coordinates(error)),
            other => other,
        }
    }
}
