//! Weighted draws from a fitted transport.

use super::sampler::{sampler, scheme};
use super::transport::{FittedFactor, Transport};
use crate::coordinates::ChangeOfVariables;
use crate::density::DensityError;
use crate::num::{BLOCK, Purpose, Stream, indexed_seed};
use crate::training::Sampler;
use crate::transport::{Tolerance, TransportError, integrate_ensemble, log_density_at};

/// Draws with their exact log weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    /// Positions in the target's own coordinates, n×d.
    pub x: Vec<f64>,
    /// log ρ(x) − log q(x), nats: the mean of their exponentials estimates Z without bias.
    pub log_weights: Vec<f64>,
}

/// Why there are no draws.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The density fails at a draw.
    #[error("{0}")]
    Density(#[from] DensityError),
    /// The flow cannot be integrated.
    #[error("{0}")]
    Transport(#[source] TransportError),
}

impl DrawError {
    /// What happened and where, without what to try.
    pub fn finding(&self) -> String {
        match self {
            DrawError::Density(error) => error.to_string(),
            DrawError::Transport(error) => error.finding(),
        }
    }

    /// What to try; none where the density itself fails.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            DrawError::Density(_) => None,
            DrawError::Transport(error) => error.advice(),
        }
    }
}

/// A density that fails on the way fails as it does at a draw.
impl From<TransportError> for DrawError {
    fn from(error: TransportError) -> DrawError {
        match error {
            TransportError::Density(error) => DrawError::Density(error),
            stuck => DrawError::Transport(stuck),
        }
    }
}

impl<'t> Transport<'t> {
    /// Number of consecutive draws that are statistically dependent: 1, or 64 when resampling is
    /// on.
    pub fn population(&self) -> usize {
        let has_noise =
            |factor: &FittedFactor| sampler(factor.evolution.description(), &self.settings) == Sampler::Noise;
        let resampled = self.settings.resample_below > 0.0 && self.factors.iter().any(has_noise);
        if resampled { BLOCK } else { 1 }
    }

    /// `n` weighted draws of the target.
    ///
    /// # Errors
    /// [`DrawError`]: the density fails, or the learned velocity is too rough to integrate.
    ///
    /// # Cost
    /// About 100 evaluations of the velocity per draw, and one of the density.
    pub fn draw(&self, n: usize, seed: u64) -> Result<Draws, DrawError> {
        self.draw_within(Tolerance::default(), n, seed)
    }

    /// The same draws with the flow integrated to another tolerance; with noise nothing is
    /// integrated, and nothing changes.
    ///
    /// # Errors
    /// As [`Transport::draw`].
    ///
    /// # Cost
    /// As [`Transport::draw`], times (1e-6/tolerance)^(1/5).
    pub fn draw_within(&self, tolerance: Tolerance, n: usize, seed: u64) -> Result<Draws, DrawError> {
        let (d, active) = (self.target.dim(), self.factorisation.active());
        let z = gaussian_coordinates(n, d - active, seed);
        let mut both = vec![0.0; n * d];
        for (p, both) in both.chunks_exact_mut(d).enumerate() {
            both[active..].copy_from_slice(&z[p * (d - active)..(p + 1) * (d - active)]);
        }
        let mut log_q = vec![0.0; n];
        for factor in self.factors() {
            let (field, coordinates) = (factor.field(), &factor.coordinates);
            let seed = indexed_seed(seed, coordinates.index());
            let moved = scheme(field, &self.settings, tolerance)
                .and_then(|scheme| integrate_ensemble(field, n, seed, Purpose::Draws, &scheme))
                .map_err(|error| coordinates.in_user_coordinates(error))?;
            coordinates.write_y(&moved.x, &mut both);
            let rows = moved.x.chunks_exact(coordinates.range().len()).zip(&moved.log_q);
            for ((u, q), log_q) in rows.zip(&mut log_q) {
                *log_q += q - coordinates.log_det(u);
            }
        }
        let x = self.factorisation.forward_all(&both);
        let values = self.factorisation.values_beside_gaussian(self.target, &x, &z)?;
        let log_weights = values.iter().zip(&log_q).map(|(v, q)| v - q).collect();
        Ok(Draws { x, log_weights })
    }

    /// log ρ(x) − log q(x), nats, at given points of the target, n×d, under the distribution of the
    /// probability flow. At exact draws of the target their mean is the EUBO, an upper bound of log
    /// Z in expectation.
    ///
    /// # Errors
    /// As [`Transport::draw`].
    ///
    /// # Cost
    /// As [`Transport::draw`].
    pub fn flow_log_weights_at(&self, x: &[f64]) -> Result<Vec<f64>, DrawError> {
        let (d, active) = (self.target.dim(), self.factorisation.active());
        let both = self.factorisation.inverse_all(x);
        let z: Vec<f64> = both.chunks_exact(d).flat_map(|p| p[active..].to_vec()).collect();
        let mut log_weights = self.factorisation.values_beside_gaussian(self.target, x, &z)?;
        for factor in self.factors() {
            let coordinates = &factor.coordinates;
            let u = coordinates.read_u(&both);
            let log_q = log_density_at(factor.field(), &u, Tolerance::default(), f64::INFINITY)
                .map_err(|error| coordinates.in_user_coordinates(error))?;
            let rows = log_weights.iter_mut().zip(u.chunks_exact(coordinates.range().len())).zip(&log_q);
            rows.for_each(|((w, u), q)| *w += coordinates.log_det(u) - q);
        }
        Ok(log_weights)
    }
}

/// The coordinates of `n` draws that are not moved, `n`×`width`.
pub(super) fn gaussian_coordinates(n: usize, width: usize, seed: u64) -> Vec<f64> {
    let mut z = vec![0.0; n * width];
    if width > 0 {
        z.chunks_mut(BLOCK * width).enumerate().for_each(|(factor, part)| {
            Stream::new(seed, Purpose::GaussianPart, factor as u64).fill_normal(part);
        });
    }
    z
}
