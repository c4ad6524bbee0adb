//! Tempered particles: a population carried from a Gaussian to the target along the annealing path.

use crate::density::{self, DensityError, Target};
use crate::num::{
    BLOCK, Purpose, Stream, effective_fraction, log_mean_exp, pairwise_sum, systematic_resample,
};
use rayon::prelude::*;

/// How a population is annealed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempering {
    /// Particles.
    pub particles: usize,
    /// Moves of each particle at every temperature.
    pub moves: usize,
    /// The next temperature leaves the incremental weights this effective fraction.
    pub effective_fraction: f64,
    /// Standard deviation of the Gaussian it starts from, centred at 0.
    pub start_scale: f64,
}

impl Default for Tempering {
    /// 1024 particles find 32 separated modes with high probability; an effective fraction of 0.7 and four
    /// moves keep populations close to equilibrium (Del Moral, Doucet & Jasra 2006; Jasra et al. 2011).
    fn default() -> Tempering {
        Tempering { particles: 1024, moves: 4, effective_fraction: 0.7, start_scale: 1.0 }
    }
}

/// A population in equilibrium at one inverse temperature.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Population {
    /// b: the law is ∝ p_start^(1−b) ρ^b.
    pub b: f64,
    /// Positions, particle after particle.
    pub x: Vec<f64>,
}

/// The populations from b = 0 to b = 1, and log Z by the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ladder {
    /// In order of b.
    pub populations: Vec<Population>,
    /// Estimate of log Z (Σ of the logarithms of mean incremental weights), nats.
    pub log_z: f64,
    /// Starting particles at which the density is not zero.
    pub supported: usize,
}

impl Ladder {
    /// The population at the largest b.
    ///
    /// # Panics
    /// If there is none, which no run leaves.
    pub fn last(&self) -> &Population {
        self.populations.last().expect("a ladder has its first population")
    }

    /// Puts other particles of the same law, as many, in the place of those at the largest b.
    ///
    /// # Panics
    /// If they are not as many.
    pub(super) fn set_last(&mut self, x: Vec<f64>) {
        let last = self.populations.last_mut().expect("a ladder has its first population");
        assert_eq!(last.x.len(), x.len(), "a population of another size");
        last.x = x;
    }
}

/// Particles with what the moves need to know of them.
#[derive(Clone, Default)]
struct Swarm {
    dim: usize,
    x: Vec<f64>,
    log_rho: Vec<f64>,
    score: Vec<f64>,
}

impl Tempering {
    /// Anneals: reweight, resample systematically, move by preconditioned Langevin proposals with a
    /// Metropolis test (Roberts & Tweedie 1996). If the density is zero at every starting particle the ladder
    /// has `supported = 0` and no further populations.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails somewhere.
    ///
    /// # Cost
    /// particles·moves values and scores per temperature; the number of temperatures grows like √d.
    pub fn run(&self, target: &dyn Target, seed: u64) -> Result<Ladder, DensityError> {
        let dim = target.dim();
        let mut x = vec![0.0; self.particles * dim];
        x.chunks_mut(BLOCK * dim).enumerate().for_each(|(k, part)| {
            Stream::new(seed, Purpose::Particles, k as u64).fill_normal(part);
        });
        x.iter_mut().for_each(|v| *v *= self.start_scale);
        let mut swarm = Swarm::at(target, x)?;
        let supported = swarm.log_rho.iter().filter(|v| **v > f64::NEG_INFINITY).count();
        let mut ladder = Ladder { populations: vec![swarm.population(0.0)], log_z: 0.0, supported };
        let (mut b, mut step) = (0.0, 1.0);
        while supported > 0 && b < 1.0 {
            let ratios = self.log_ratios(&swarm);
            let next = next_temperature(b, &ratios, self.effective_fraction);
            let increments: Vec<f64> = ratios.iter().map(|r| (next - b) * r).collect();
            ladder.log_z += log_mean_exp(&increments);
            b = next;
            let stage = ladder.populations.len() as u64;
            swarm.resample(&increments, seed, stage);
            for sweep in 0..self.moves as u64 {
                let index = (stage << 40) | (sweep << 32);
                let accepted = self.langevin(target, &mut swarm, b, step, seed, index)?;
                // 0.574 is the optimal acceptance in high dimension (Roberts & Rosenthal 1998).
                step = (step * libm::exp(accepted - 0.574)).clamp(1e-6, 4.0);
            }
            ladder.populations.push(swarm.population(b));
        }
        Ok(ladder)
    }

    /// log ρ − log p_start, the derivative of the annealed log density in b.
    fn log_ratios(&self, swarm: &Swarm) -> Vec<f64> {
        let rows = swarm.x.chunks_exact(swarm.dim);
        rows.zip(&swarm.log_rho).map(|(x, log_rho)| log_rho - self.log_start(x)).collect()
    }

    fn log_start(&self, x: &[f64]) -> f64 {
        let scaled: Vec<f64> = x.iter().map(|v| v / self.start_scale).collect();
        crate::evolution::log_prior(&scaled) - x.len() as f64 * libm::log(self.start_scale)
    }

    /// One Metropolis-adjusted Langevin move of every particle; the fraction accepted.
    fn langevin(
        &self,
        target: &dyn Target,
        swarm: &mut Swarm,
        b: f64,
        step: f64,
        seed: u64,
        index: u64,
    ) -> Result<f64, DensityError> {
        let (d, scale) = (swarm.dim, swarm.scales());
        let n = swarm.log_rho.len();
        let drift = |s: &Swarm, p: usize, i: usize| {
            let tempered = b * s.score[p * d + i] - (1.0 - b) * s.x[p * d + i] / self.start_scale.powi(2);
            s.x[p * d + i] + 0.5 * (step * scale[i]).powi(2) * tempered
        };
        let mut proposal = vec![0.0; n * d];
        proposal.par_chunks_mut(BLOCK * d).enumerate().for_each(|(k, part)| {
            let mut stream = Stream::new(seed, Purpose::Particles, index | (1 << 31) | k as u64);
            for (j, v) in part.iter_mut().enumerate() {
                let (p, i) = (k * BLOCK + j / d, j % d);
                *v = drift(swarm, p, i) + step * scale[i] * stream.normal();
            }
        });
        let proposal = Swarm::at(target, proposal)?;
        let log_density =
            |s: &Swarm, p: usize| b * s.log_rho[p] + (1.0 - b) * self.log_start(&s.x[p * d..(p + 1) * d]);
        let log_kernel = |from: &Swarm, to: &Swarm, p: usize| -> f64 {
            let z = (0..d).map(|i| (to.x[p * d + i] - drift(from, p, i)) / (step * scale[i]));
            -0.5 * z.map(|z| z * z).sum::<f64>()
        };
        let mut accepted = 0;
        let mut uniforms = Stream::new(seed, Purpose::Particles, index | (1 << 30));
        for p in 0..n {
            let gain = log_density(&proposal, p) - log_density(swarm, p) + log_kernel(&proposal, swarm, p)
                - log_kernel(swarm, &proposal, p);
            // A gain that is NaN (−inf against −inf) is a rejection.
            if libm::log(uniforms.uniform()) < gain {
                swarm.copy_particle(p, &proposal, p);
                accepted += 1;
            }
        }
        Ok(accepted as f64 / n as f64)
    }
}

impl Swarm {
    fn at(target: &dyn Target, x: Vec<f64>) -> Result<Swarm, DensityError> {
        let (log_rho, score) = density::values_and_scores(target, &x)?;
        Ok(Swarm { dim: target.dim(), x, log_rho, score })
    }

    fn population(&self, b: f64) -> Population {
        Population { b, x: self.x.clone() }
    }

    fn copy_particle(&mut self, to: usize, source: &Swarm, from: usize) {
        let d = self.dim;
        self.log_rho[to] = source.log_rho[from];
        self.x[to * d..(to + 1) * d].copy_from_slice(&source.x[from * d..(from + 1) * d]);
        self.score[to * d..(to + 1) * d].copy_from_slice(&source.score[from * d..(from + 1) * d]);
    }

    /// Standard deviation of each coordinate over the particles, at least 1e-8.
    fn scales(&self) -> Vec<f64> {
        let n = self.log_rho.len() as f64;
        let moment = |i: usize, shift: f64, power: i32| {
            let terms: Vec<f64> =
                self.x.iter().skip(i).step_by(self.dim).map(|v| (v - shift).powi(power)).collect();
            pairwise_sum(&terms) / n
        };
        (0..self.dim).map(|i| moment(i, moment(i, 0.0, 1), 2).sqrt().max(1e-8)).collect()
    }

    /// Systematic resampling (Kitagawa 1996): one uniform, equally spaced pointers.
    fn resample(&mut self, log_weights: &[f64], seed: u64, stage: u64) {
        let n = log_weights.len();
        let source = self.clone();
        let offset = Stream::new(seed, Purpose::Resample, stage).uniform();
        for (p, k) in systematic_resample(log_weights, n, offset).into_iter().enumerate() {
            self.copy_particle(p, &source, k);
        }
    }
}

/// The largest b up to 1 at which incremental weights keep the effective fraction, by bisection.
fn next_temperature(b: f64, ratios: &[f64], fraction: f64) -> f64 {
    let effective =
        |next: f64| effective_fraction(&ratios.iter().map(|r| (next - b) * r).collect::<Vec<f64>>());
    // Particles at zero density have lost their weight already: they do not count against the next step.
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
    // A step of less than 1e-9 would take forever; the effective fraction then tells the truth about the target.
    low.max(b + 1e-9).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{gauss, named_target};
    use crate::evolution::log_prior;

    #[test]
    fn log_z_and_moments_of_a_gaussian() {
        let target = gauss(3);
        let exact = crate::density::Benchmark::facts(&target);
        let tempering = Tempering { start_scale: 5.0, ..Tempering::default() };
        let ladder = tempering.run(&target, 1).unwrap();
        // Each of some ten stages adds a relative variance (1/0.7 − 1)/1024: a standard error of 0.07.
        assert!((ladder.log_z - exact.log_z.unwrap()).abs() < 0.35, "{}", ladder.log_z);
        let last = ladder.populations.last().unwrap();
        assert_eq!((ladder.populations[0].b, last.b), (0.0, 1.0));
        assert!(ladder.populations.windows(2).all(|pair| pair[0].b < pair[1].b));
        for (i, (mean, std)) in exact.mean.unwrap().iter().zip(exact.std.unwrap()).enumerate() {
            let n = tempering.particles as f64;
            let ours = last.x.iter().skip(i).step_by(3).sum::<f64>() / n;
            // Particles share ancestors: a hundred independent ones are the least to be had.
            assert!((ours - mean).abs() < 5.0 * std / 10.0, "{ours} {mean}");
        }
    }

    #[test]
    fn all_nine_modes_are_found() {
        let target = named_target("gmm9", &Default::default()).unwrap();
        let tempering = Tempering { start_scale: 10.0, ..Tempering::default() };
        let ladder = tempering.run(&*target, 2).unwrap();
        let mut counts = [0; 9];
        for x in ladder.populations.last().unwrap().x.chunks_exact(2) {
            let column = |v: f64| ((v / 5.0).round() + 1.0).clamp(0.0, 2.0) as usize;
            counts[3 * column(x[0]) + column(x[1])] += 1;
        }
        assert!(counts.iter().all(|&n| n > 50), "{counts:?}");
    }

    #[test]
    fn no_support_is_told_not_looped_over() {
        struct Nowhere;
        impl Target for Nowhere {
            fn dim(&self) -> usize {
                2
            }
            fn values(&self, _: &[f64], values: &mut [f64]) {
                values.fill(f64::NEG_INFINITY);
            }
            fn values_and_scores(&self, points: &[f64], values: &mut [f64], _: &mut [f64]) {
                self.values(points, values);
            }
        }
        let ladder = Tempering::default().run(&Nowhere, 0).unwrap();
        assert_eq!((ladder.supported, ladder.populations.len()), (0, 1));
    }

    #[test]
    fn temperatures_keep_the_effective_fraction() {
        // Ratios 0 and r in equal parts: effective fraction ½(1 + w)²/(1 + w²) at w = e^{(next − b) r}.
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
        let mut swarm = Swarm { dim: 1, log_rho: x.iter().map(|v| log_prior(&[*v])).collect(), x, score };
        let mut weights = vec![f64::NEG_INFINITY; 10];
        (weights[2], weights[7]) = (libm::log(0.3), libm::log(0.7));
        swarm.resample(&weights, 4, 0);
        let count = |v: f64| swarm.x.iter().filter(|x| **x == v).count();
        assert!((2..=4).contains(&count(2.0)));
        assert!(count(2.0) + count(7.0) == 10);
        assert!(swarm.x.iter().zip(&swarm.log_rho).all(|(x, l)| *l == log_prior(&[*x])));
    }
}
