//! Why there is no fit.

use super::checkpoint::CheckpointError;
use crate::density::{DensityError, PointError};
use crate::evolution::EVOLUTIONS;
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
        requirement: &'static str,
    },
    /// The checkpoint is not one of this fit.
    Checkpoint(CheckpointError),
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FitError::Density(error) => write!(f, "{error}"),
            FitError::NoSupport { scale } => write!(f, "{}", LocateError::NoSupport { scale: *scale }),
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

impl From<LocateError> for FitError {
    fn from(error: LocateError) -> FitError {
        match error {
            LocateError::Density(error) => FitError::Density(error),
            LocateError::NoSupport { scale } => FitError::NoSupport { scale },
        }
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
