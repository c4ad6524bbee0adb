//! Annealed sequential Monte Carlo: a population is moved from a Gaussian to the target.

use super::population::Population;
use super::population_path::PopulationPath;
use super::resampling::{systematic_resample, take_rows};
use crate::density::{self, DensityError, Target};
use crate::evolution::log_prior;
use crate::num::{BLOCK, Purpose, Stream, effective_fraction, log_mean_exp, pairwise_sum};
use rayon::prelude::*;

/// An annealed SMC sampler with Langevin moves: the number of particles, and how they are moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnnealedSmc {
    /// The number of particles, the same at every temperature.
    pub particles: usize,
    /// The number of moves of each particle at every temperature.
    pub moves: usize,
    /// The effective fraction, in (0, 1], that the incremental weights of the next temperature
    /// keep.
    pub effective_fraction: f64,
    /// The standard deviation of the starting Gaussian, which is centred at 0.
    pub start_scale: f64,
}

impl Default for AnnealedSmc {
    /// 1024 particles find 32 separated modes with high probability. An effective fraction of 0.7
    /// and four moves keep populations close to equilibrium (Del Moral, Doucet & Jasra 2006; Jasra
    /// et al. 2011).
    fn default() -> AnnealedSmc {
        AnnealedSmc { particles: 1024, moves: 4, effective_fraction: 0.7, start_scale: 1.0 }
    }
}

/// Particles with the log density and the score at each, for the moves.
#[derive(Clone, Default)]
struct EvaluatedParticles {
    dim: usize,
    x: Vec<f64>,
    log_rho: Vec<f64>,
    score: Vec<f64>,
}

impl AnnealedSmc {
    /// Moves a population to `target`. At each temperature it is reweighted, resampled and moved by
    /// Langevin proposals, scaled by the spread of each coordinate, with a Metropolis test (Roberts
    /// & Tweedie 1996). If the density is zero at every starting particle, the path has `supported
    /// = 0` and only the first population.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails at a particle.
    ///
    /// # Cost
    /// particles·moves values and scores per temperature. The number of temperatures grows like √d.
    pub fn run(&self, target: &dyn Target, seed: u64) -> Result<PopulationPath, DensityError> {
        let dim = target.dim();
        let mut x = vec![0.0; self.particles * dim];
        x.chunks_mut(BLOCK * dim).enumerate().for_each(|(k, part)| {
            Stream::new(seed, Purpose::Particles, k as u64).fill_normal(part);
        });
        x.iter_mut().for_each(|v| *v *= self.start_scale);
        let mut particles = EvaluatedParticles::at(target, x)?;
        let supported = particles.log_rho.iter().filter(|v| **v > f64::NEG_INFINITY).count();
        let mut population_path =
            PopulationPath { populations: vec![particles.population(0.0)], log_z: 0.0, supported };
        let (mut b, mut step) = (0.0, 1.0);
        while supported > 0 && b < 1.0 {
            let ratios = self.log_ratios(&particles);
            let next = next_temperature(b, &ratios, self.effective_fraction);
            let increments: Vec<f64> = ratios.iter().map(|r| (next - b) * r).collect();
            population_path.log_z += log_mean_exp(&increments);
            b = next;
            let stage = population_path.populations.len() as u64;
            particles.resample(&increments, seed, stage);
            for sweep in 0..self.moves as u64 {
                let index = (stage << 40) | (sweep << 32);
                let accepted = self.langevin(target, &mut particles, b, step, seed, index)?;
                // 0.574 is the optimal acceptance in high dimension (Roberts & Rosenthal 1998).
                step = (step * libm::exp(accepted - 0.574)).clamp(1e-6, 4.0);
            }
            population_path.populations.push(particles.population(b));
        }
        Ok(population_path)
    }

    /// log ρ − log p_start at each particle, which is the derivative of the annealed log density in
    /// b.
    fn log_ratios(&self, particles: &EvaluatedParticles) -> Vec<f64> {
        let rows = particles.x.chunks_exact(particles.dim);
        rows.zip(&particles.log_rho).map(|(x, log_rho)| log_rho - self.log_start(x)).collect()
    }

    fn log_start(&self, x: &[f64]) -> f64 {
        let scaled: Vec<f64> = x.iter().map(|v| v / self.start_scale).collect();
        log_prior(&scaled) - x.len() as f64 * libm::log(self.start_scale)
    }

    /// Makes one Metropolis-adjusted Langevin move of every particle and returns the fraction that
    /// is accepted.
    fn langevin(
        &self,
        target: &dyn Target,
        particles: &mut EvaluatedParticles,
        b: f64,
        step: f64,
        seed: u64,
        index: u64,
    ) -> Result<f64, DensityError> {
        let (d, scale) = (particles.dim, particles.scales());
        let n = particles.log_rho.len();
        let drift = |s: &EvaluatedParticles, p: usize, i: usize| {
            let tempered = b * s.score[p * d + i] - (1.0 - b) * s.x[p * d + i] / self.start_scale.powi(2);
            s.x[p * d + i] + 0.5 * (step * scale[i]).powi(2) * tempered
        };
        let mut proposal = vec![0.0; n * d];
        proposal.par_chunks_mut(BLOCK * d).enumerate().for_each(|(k, part)| {
            let mut stream = Stream::new(seed, Purpose::Particles, index | (1 << 31) | k as u64);
            for (j, v) in part.iter_mut().enumerate() {
                let (p, i) = (k * BLOCK + j / d, j % d);
                *v = drift(particles, p, i) + step * scale[i] * stream.normal();
            }
        });
        let proposal = EvaluatedParticles::at(target, proposal)?;
        let log_density = |s: &EvaluatedParticles, p: usize| {
            b * s.log_rho[p] + (1.0 - b) * self.log_start(&s.x[p * d..(p + 1) * d])
        };
        let log_kernel = |from: &EvaluatedParticles, to: &EvaluatedParticles, p: usize| -> f64 {
            let z = (0..d).map(|i| (to.x[p * d + i] - drift(from, p, i)) / (step * scale[i]));
            -0.5 * z.map(|z| z * z).sum::<f64>()
        };
        let mut accepted = 0;
        let mut uniforms = Stream::new(seed, Purpose::Particles, index | (1 << 30));
        for p in 0..n {
            let gain = log_density(&proposal, p) - log_density(particles, p)
                + log_kernel(&proposal, particles, p)
                - log_kernel(particles, &proposal, p);
            // A gain that is NaN (−inf against −inf) is a rejection.
            if libm::log(uniforms.uniform()) < gain {
                particles.take_particle(p, &proposal);
                accepted += 1;
            }
        }
        Ok(accepted as f64 / n as f64)
    }
}

impl EvaluatedParticles {
    fn at(target: &dyn Target, x: Vec<f64>) -> Result<EvaluatedParticles, DensityError> {
        let (log_rho, score) = density::values_and_scores(target, &x)?;
        Ok(EvaluatedParticles { dim: target.dim(), x, log_rho, score })
    }

    fn population(&self, b: f64) -> Population {
        Population { b, x: self.x.clone() }
    }

    /// Replaces particle `p` by particle `p` of `source`.
    fn take_particle(&mut self, p: usize, source: &EvaluatedParticles) {
        let place = p * self.dim..(p + 1) * self.dim;
        self.log_rho[p] = source.log_rho[p];
        self.x[place.clone()].copy_from_slice(&source.x[place.clone()]);
        self.score[place.clone()].copy_from_slice(&source.score[place]);
    }

    /// The standard deviation of each coordinate over the particles, at least 1e-8.
    fn scales(&self) -> Vec<f64> {
        let n = self.log_rho.len() as f64;
        let moment = |i: usize, shift: f64, power: i32| {
            let terms: Vec<f64> =
                self.x.iter().skip(i).step_by(self.dim).map(|v| (v - shift).powi(power)).collect();
            pairwise_sum(&terms) / n
        };
        (0..self.dim).map(|i| moment(i, moment(i, 0.0, 1), 2).sqrt().max(1e-8)).collect()
    }

    /// Replaces the particles by equally weighted ones, resampled by these weights.
    fn resample(&mut self, log_weights: &[f64], seed: u64, stage: u64) {
        let offset = Stream::new(seed, Purpose::Resample, stage).uniform();
        let indices = systematic_resample(log_weights, log_weights.len(), offset);
        take_rows(&mut self.x, &indices, self.dim);
        take_rows(&mut self.log_rho, &indices, 1);
        take_rows(&mut self.score, &indices, self.dim);
    }
}

/// The largest b up to 1 at which the incremental weights keep the effective fraction, by
/// bisection.
fn next_temperature(b: f64, ratios: &[f64], fraction: f64) -> f64 {
    let effective =
        |next: f64| effective_fraction(&ratios.iter().map(|r| (next - b) * r).collect::<Vec<f64>>());
    // Particles at zero density have no weight already, so they do not count for the next step.
    let supported = ratios.iter().filter(|r| **r > f64::NEG_INFINITY).count() as f64 / ratios.len() as f64;
    let enough = fraction * supported;
    if effective(1.0) >= enough {
        return 1.0;
    }
    let (mut low, mut high) = (b, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if effective(middle) >= enough { low = middle } else { high = middle }
    }
    // A step of less than 1e-9 would take forever. With this step the effective fraction is smaller
    // than asked for, and shows how hard the target is.
    low.max(b + 1e-9).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{Refusal, gauss, named_target};
    use crate::evolution::log_prior;

    #[test]
    fn log_z_and_moments_of_a_gaussian() {
        let target = gauss(3);
        let exact = crate::density::Benchmark::facts(&target);
        let smc = AnnealedSmc { start_scale: 5.0, ..AnnealedSmc::default() };
        let population_path = smc.run(&target, 1).unwrap();
        // Each of some ten stages adds a relative variance (1/0.7 − 1)/1024: a standard error of
        // 0.07.
        assert!((population_path.log_z - exact.log_z.unwrap()).abs() < 0.35, "{}", population_path.log_z);
        let last = population_path.populations.last().unwrap();
        assert_eq!((population_path.populations[0].b, last.b), (0.0, 1.0));
        assert!(population_path.populations.windows(2).all(|pair| pair[0].b < pair[1].b));
        for (i, (mean, std)) in exact.mean.unwrap().iter().zip(exact.std.unwrap()).enumerate() {
            let n = smc.particles as f64;
            let ours = last.x.iter().skip(i).step_by(3).sum::<f64>() / n;
            // Particles share ancestors: a hundred independent ones are the least to be had.
            assert!((ours - mean).abs() < 5.0 * std / 10.0, "{ours} {mean}");
        }
    }

    #[test]
    fn all_nine_modes_are_found() {
        let target = named_target("gmm9", &Default::default()).unwrap();
        let smc = AnnealedSmc { start_scale: 10.0, ..AnnealedSmc::default() };
        let population_path = smc.run(&*target, 2).unwrap();
        let mut counts = [0; 9];
        for x in population_path.populations.last().unwrap().x.chunks_exact(2) {
            let column = |v: f64| ((v / 5.0).round() + 1.0).clamp(0.0, 2.0) as usize;
            counts[3 * column(x[0]) + column(x[1])] += 1;
        }
        assert!(counts.iter().all(|&n| n > 50), "{counts:?}");
    }

    #[test]
    fn no_support_is_reported_and_ends_the_loop() {
        struct Nowhere;
        impl Target for Nowhere {
            fn dim(&self) -> usize {
                2
            }
            fn values(&self, _: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
                values.fill(f64::NEG_INFINITY);
                Ok(())
            }
            fn values_and_scores(
                &self,
                points: &[f64],
                values: &mut [f64],
                _: &mut [f64],
            ) -> Result<(), Refusal> {
                self.values(points, values)
            }
        }
        let population_path = AnnealedSmc::default().run(&Nowhere, 0).unwrap();
        assert_eq!((population_path.supported, population_path.populations.len()), (0, 1));
    }

    #[test]
    fn temperatures_keep_the_effective_fraction() {
        // For ratios 0 and r in equal parts the effective fraction is ½(1 + w)²/(1 + w²) at w =
        // e^{(next − b) r}.
        let ratios: Vec<f64> = (0..100).map(|k| if k % 2 == 0 { 0.0 } else { 8.0 }).collect();
        let next = next_temperature(0.25, &ratios, 0.7);
        let w = (8.0 * (next - 0.25)).exp();
        assert!((0.5 * (1.0 + w).powi(2) / (1.0 + w * w) - 0.7).abs() < 1e-9);
        assert_eq!(next_temperature(0.25, &[0.0; 10], 0.7), 1.0);
    }

    #[test]
    fn resampling_keeps_shares_to_within_one() {
        let x: Vec<f64> = (0..10).map(f64::from).collect();
        let score = vec![0.0; 10];
        let mut particles =
            EvaluatedParticles { dim: 1, log_rho: x.iter().map(|v| log_prior(&[*v])).collect(), x, score };
        let mut weights = vec![f64::NEG_INFINITY; 10];
        (weights[2], weights[7]) = (libm::log(0.3), libm::log(0.7));
        particles.resample(&weights, 4, 0);
        let count = |v: f64| particles.x.iter().filter(|x| **x == v).count();
        assert!((2..=4).contains(&count(2.0)) && count(2.0) + count(7.0) == 10);
        assert!(particles.x.iter().zip(&particles.log_rho).all(|(x, l)| *l == log_prior(&[*x])));
    }
}
