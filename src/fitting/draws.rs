//! Weighted draws from a fitted transport.

use super::Fit;
use super::sampler::mover;
use crate::density::{self, DensityError, Target};
use crate::num::Purpose;
use crate::transport::{Tolerance, TransportError, VelocityField, move_ensemble};
use std::fmt;

/// Draws with their exact log weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    /// Positions in the target's own coordinates, n×d.
    pub x: Vec<f64>,
    /// log ρ(x) − log q(x), nats: the mean of their exponentials estimates Z without bias.
    pub log_weights: Vec<f64>,
}

/// Why there are no draws.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawError {
    /// The density fails at a draw.
    Density(DensityError),
    /// The flow cannot be integrated.
    Transport(TransportError),
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrawError::Density(error) => write!(f, "{error}"),
            DrawError::Transport(error) => write!(f, "{error}"),
        }
    }
}
impl std::error::Error for DrawError {}

impl Fit {
    /// `n` weighted draws of `target`, which must be the one fitted.
    ///
    /// # Errors
    /// [`DrawError`]: the density fails, or the learned velocity is too rough to integrate.
    ///
    /// # Cost
    /// About 100 evaluations of the velocity per draw, and one of the density.
    pub fn draw(&self, target: &dyn Target, n: usize, seed: u64) -> Result<Draws, DrawError> {
        let standardised = self.frame.standardise(target);
        let field = VelocityField {
            evolution: &*self.evolution,
            networks: &self.networks,
            theta: &self.theta,
            target: &standardised,
        };
        let moved = mover(field, &self.settings, Tolerance::default())
            .and_then(|mover| move_ensemble(field, n, seed, Purpose::Draws, &mover))
            .map_err(|error| match error {
                TransportError::Density(error) => {
                    DrawError::Density(standardised.in_target_coordinates(error))
                }
                stuck => DrawError::Transport(stuck),
            })?;
        let values = density::values(&standardised, &moved.x)
            .map_err(|error| DrawError::Density(standardised.in_target_coordinates(error)))?;
        let log_weights = values.iter().zip(&moved.log_q).map(|(v, q)| v - q).collect();
        let dim = target.dim();
        let mut x = vec![0.0; moved.x.len()];
        for (u, x) in moved.x.chunks_exact(dim).zip(x.chunks_exact_mut(dim)) {
            standardised.to_target(u, x);
        }
        Ok(Draws { x, log_weights })
    }
}
