//! Weighted draws with what they say: estimates of log Z, moments and a verdict.

use super::draws::{DrawError, Draws};
use super::transport::Transport;
use crate::diagnostics::{Bounds, Estimate, Estimates, Evidence, Moments, Verdict, judge, weighted_moments};
use crate::num::{Points, Seed};

/// Weighted draws of a target, and what the fit knows beside their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    draws: Draws,
    dim: usize,
    population: usize,
    learned_log_z: f64,
    uncovered: f64,
}

impl<'t> Transport<'t> {
    /// `n` weighted draws of the target, with the evidence for a verdict on them.
    ///
    /// # Errors
    /// [`DrawError`]: the density fails, or the learned velocity is too rough to integrate.
    ///
    /// # Cost
    /// As [`Transport::draw`] for n + 2048 draws.
    pub fn sample(&self, n: usize, Seed(seed): Seed) -> Result<Sample, DrawError> {
        Ok(Sample {
            draws: self.draw(n, seed)?,
            dim: self.target.dim(),
            population: self.population(),
            learned_log_z: self.learned_log_z(),
            uncovered: self.uncovered_mass()?,
        })
    }
}

impl Sample {
    /// The draws, n×d, in the coordinates of the target. They are weighted.
    pub fn points(&self) -> Points<'_> {
        Points::new(&self.draws.x, self.dim)
    }

    /// log ρ(x) − log q(x) of each draw, nats: the mean of their exponentials estimates Z without
    /// bias.
    pub fn log_weights(&self) -> &[f64] {
        &self.draws.log_weights
    }

    /// The estimate of log Z with its standard error, nats.
    pub fn log_z(&self) -> Estimate {
        let Estimates { log_z, log_z_se, .. } = self.estimates();
        Estimate { value: log_z, standard_error: log_z_se }
    }

    /// Everything that the log weights say: log Z, effective sample size, bounds and tail.
    ///
    /// # Cost
    /// A sort of n numbers.
    pub fn estimates(&self) -> Estimates {
        Estimates::of_populations(self.draws.log_weights.chunks(self.population))
    }

    /// Means and standard deviations of the coordinates under the weights.
    pub fn moments(&self) -> Moments {
        weighted_moments(self.points(), &self.draws.log_weights)
    }

    /// Whether to rely on the sample, and if not, why and what to try.
    pub fn verdict(&self) -> Verdict {
        let evidence = Evidence {
            log_z_learned: Some(self.learned_log_z),
            uncovered: Some(self.uncovered),
            ..Evidence::default()
        };
        judge(&self.estimates(), &evidence, &Bounds::default())
    }
}
