//! Weighted draws from a fitted transport.

use super::pilot::block_seed;
use super::sampler::{mover, sampler};
use super::{BlockFit, Fit, Framed, Sampler};
use crate::density::{DensityError, Target};
use crate::num::{BLOCK, Purpose, Stream};
use crate::transport::{Tolerance, TransportError, VelocityField, log_density_at, move_ensemble};

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
    Density(#[source] DensityError),
    /// The flow cannot be integrated.
    #[error("{0}")]
    Transport(#[source] TransportError),
}

impl Fit {
    /// So many draws in a row depend on one another: 1, or a block of them if they are resampled on the way.
    pub fn population(&self) -> usize {
        let has_noise = |block: &BlockFit| sampler(&*block.evolution, &self.settings) == Sampler::Noise;
        let resampled = self.settings.resample_below > 0.0 && self.blocks.iter().any(has_noise);
        if resampled { BLOCK } else { 1 }
    }

    /// `n` weighted draws of `target`, which must be the one fitted.
    ///
    /// # Errors
    /// [`DrawError`]: the density fails, or the learned velocity is too rough to integrate.
    ///
    /// # Cost
    /// About 100 evaluations of the velocity per draw, and one of the density.
    pub fn draw(&self, target: &dyn Target, n: usize, seed: u64) -> Result<Draws, DrawError> {
        self.draw_within(Tolerance::default(), target, n, seed)
    }

    /// The same draws with the flow integrated to another tolerance; with noise nothing is integrated, and nothing changes.
    ///
    /// # Errors
    /// As [`Fit::draw`].
    ///
    /// # Cost
    /// As [`Fit::draw`], times (1e-6/tolerance)^(1/5).
    pub fn draw_within(
        &self,
        tolerance: Tolerance,
        target: &dyn Target,
        n: usize,
        seed: u64,
    ) -> Result<Draws, DrawError> {
        let (d, active) = (target.dim(), self.split.active());
        let z = gaussian_part(n, d - active, seed);
        let mut both = vec![0.0; n * d];
        for (p, both) in both.chunks_exact_mut(d).enumerate() {
            both[active..].copy_from_slice(&z[p * (d - active)..(p + 1) * (d - active)]);
        }
        let mut log_q = vec![0.0; n];
        for (k, (fit, range)) in self.blocks.iter().zip(&self.split.blocks).enumerate() {
            let block = self.split.block(target, k);
            let standardised = fit.frame.standardise(&block);
            let field = fit.field(&standardised);
            let moved = mover(field, &self.settings, tolerance)
                .and_then(|mover| move_ensemble(field, n, block_seed(seed, k), Purpose::Draws, &mover))
                .map_err(|error| told(error, &standardised))?;
            let rows = both.chunks_exact_mut(d).zip(moved.x.chunks_exact(range.len()));
            for (((both, u), q), log_q) in rows.zip(&moved.log_q).zip(&mut log_q) {
                standardised.to_block(u, &mut both[range.clone()]);
                *log_q += q - standardised.log_det(u);
            }
        }
        let x = self.split.join_all(&both);
        let values = self.split.values_beside_gaussian(target, &x, &z).map_err(DrawError::Density)?;
        let log_weights = values.iter().zip(&log_q).map(|(v, q)| v - q).collect();
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
        let (d, active) = (target.dim(), self.split.active());
        let both: Vec<Vec<f64>> = x.chunks_exact(d).map(|x| self.split.part(x)).collect();
        let z: Vec<f64> = both.iter().flat_map(|p| p[active..].to_vec()).collect();
        let mut log_weights = self.split.values_beside_gaussian(target, x, &z).map_err(DrawError::Density)?;
        for (k, (fit, range)) in self.blocks.iter().zip(&self.split.blocks).enumerate() {
            let block = self.split.block(target, k);
            let standardised = fit.frame.standardise(&block);
            let u: Vec<f64> = both.iter().flat_map(|p| standardised.from_block(&p[range.clone()])).collect();
            let log_q = log_density_at(fit.field(&standardised), &u, Tolerance::default(), f64::INFINITY)
                .map_err(|error| told(error, &standardised))?;
            let rows = log_weights.iter_mut().zip(u.chunks_exact(range.len())).zip(&log_q);
            rows.for_each(|((w, u), q)| *w += standardised.log_det(u) - q);
        }
        Ok(log_weights)
    }
}

impl BlockFit {
    pub(super) fn field<'a>(&'a self, standardised: &'a Framed<'_>) -> VelocityField<'a> {
        VelocityField {
            evolution: &*self.evolution,
            networks: &self.networks,
            theta: &self.theta,
            target: standardised,
        }
    }
}

/// The coordinates of `n` draws that are not moved, `n`×`width`.
pub(super) fn gaussian_part(n: usize, width: usize, seed: u64) -> Vec<f64> {
    let mut z = vec![0.0; n * width];
    if width > 0 {
        z.chunks_mut(BLOCK * width).enumerate().for_each(|(block, part)| {
            Stream::new(seed, Purpose::GaussianPart, block as u64).fill_normal(part);
        });
    }
    z
}

/// The same error in the target's coordinates where that can be said.
pub(super) fn told(error: TransportError, standardised: &Framed<'_>) -> DrawError {
    match error {
        TransportError::Density(error) => DrawError::Density(standardised.in_target_coordinates(error)),
        stuck => DrawError::Transport(stuck),
    }
}
