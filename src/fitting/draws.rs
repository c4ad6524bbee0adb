//! Weighted draws from a fitted transport.

use super::sampler::mover;
use super::{Fit, Framed};
use crate::density::{DensityError, Target};
use crate::num::{BLOCK, Purpose, Stream};
use crate::transport::{Tolerance, TransportError, VelocityField, log_density_at, move_ensemble};
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
        let field = self.field(&standardised);
        let moved = mover(field, &self.settings, Tolerance::default())
            .and_then(|mover| move_ensemble(field, n, seed, Purpose::Draws, &mover))
            .map_err(|error| told(error, &standardised))?;
        let (d, k) = (standardised.full_dim(), standardised.dim());
        let mut points = vec![0.0; n * d];
        points.chunks_mut(BLOCK * d).enumerate().for_each(|(block, part)| {
            Stream::new(seed, Purpose::GaussianPart, block as u64).fill_normal(part);
        });
        points.chunks_exact_mut(d).zip(moved.x.chunks_exact(k)).for_each(|(p, y)| p[..k].copy_from_slice(y));
        let values = standardised.values_beside_gaussian(&points).map_err(DrawError::Density)?;
        let log_weights = values.iter().zip(&moved.log_q).map(|(v, q)| v - q).collect();
        let mut x = vec![0.0; n * d];
        for (p, x) in points.chunks_exact(d).zip(x.chunks_exact_mut(d)) {
            standardised.to_target(&p[..k], &p[k..], x);
        }
        Ok(Draws { x, log_weights })
    }

    /// log ρ(x) − log q(x), nats, at given points of the target, n×d, under the law of the probability flow. At exact
    /// draws of the target their mean is the EUBO, an upper bound of log Z in expectation.
    ///
    /// # Errors
    /// As [`Fit::draw`].
    ///
    /// # Cost
    /// As [`Fit::draw`].
    pub fn flow_log_weights_at(&self, target: &dyn Target, x: &[f64]) -> Result<Vec<f64>, DrawError> {
        let standardised = self.frame.standardise(target);
        let (d, k) = (standardised.full_dim(), standardised.dim());
        let points: Vec<f64> = x.chunks_exact(d).flat_map(|x| standardised.from_target(x)).collect();
        let y: Vec<f64> = points.chunks_exact(d).flat_map(|p| p[..k].to_vec()).collect();
        let values = standardised.values_beside_gaussian(&points).map_err(DrawError::Density)?;
        let log_q = log_density_at(self.field(&standardised), &y, Tolerance::default())
            .map_err(|error| told(error, &standardised))?;
        Ok(values.iter().zip(&log_q).map(|(v, q)| v - q).collect())
    }

    fn field<'a>(&'a self, standardised: &'a Framed<'_>) -> VelocityField<'a> {
        VelocityField {
            evolution: &*self.evolution,
            networks: &self.networks,
            theta: &self.theta,
            target: standardised,
        }
    }
}

/// The same error in the target's coordinates where that can be said.
fn told(error: TransportError, standardised: &Framed<'_>) -> DrawError {
    match error {
        TransportError::Density(error) => DrawError::Density(standardised.in_target_coordinates(error)),
        stuck => DrawError::Transport(stuck),
    }
}
