//! Seeded random streams, split by (seed, purpose, index) so that neither threads nor order matter.

use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The use of a stream. Two purposes never share random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// The initial weights of a network.
    Weights = 1,
    /// Collocation points of the training.
    Points = 2,
    /// The starting points of the draws that the user asks for.
    Draws = 3,
    /// The starting points of validation draws during a fit.
    Validation = 4,
    /// Exact draws of a benchmark, for reference.
    Exact = 5,
    /// Resampling of weighted draws.
    Resample = 6,
    /// Anything a test or an audit needs.
    Audit = 7,
    /// The particles of annealed SMC, which find location and scale.
    Particles = 8,
    /// Trajectories on which collocation points lie.
    Paths = 9,
    /// Random matrices of sketches.
    Sketch = 10,
    /// The chains that place the grid of times of a noisy scheme.
    TimeGrid = 11,
    /// Directions onto which sets of points are projected.
    Directions = 12,
    /// The Gaussian part of draws, which no transport moves.
    GaussianPart = 13,
    /// The starting points of the draws that confirm a validation.
    Confirm = 14,
    /// Points and rays of the pre-flight check of a density.
    Preflight = 15,
    /// The selection of collocation points from candidates.
    Selection = 16,
    /// Draws of the prior that estimate the mass of a learned density.
    LearnedMass = 17,
    /// The selection of equally weighted draws from weighted ones.
    EqualWeights = 20,
}

/// xoshiro256++ with uniform and normal variates whose bits are the same on every platform.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Xoshiro256PlusPlus,
    spare: Option<f64>,
}

impl Stream {
    /// The stream of `(seed, purpose, index)`; `index` is a block, a network, a particle.
    pub fn new(seed: u64, purpose: Purpose, index: u64) -> Stream {
        let key = mix(mix(mix(seed) ^ purpose as u64) ^ index);
        Stream { generator: Xoshiro256PlusPlus::seed_from_u64(key), spare: None }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A uniform number on (0, 1): one of the midpoints of 2⁵³ equal cells, never 0 and never 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A uniform number from 0, 1, …, n − 1 (multiply-shift; bias below n/2⁶⁴).
    ///
    /// # Panics
    /// If `n == 0`.
    pub fn index(&mut self, n: usize) -> usize {
        assert!(n > 0, "no index below 0");
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A standard normal number (Box & Muller 1958, both variates used).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        let angle = 2.0 * std::f64::consts::PI * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    /// Fills `out` with standard normal numbers.
    pub fn fill_normal(&mut self, out: &mut [f64]) {
        out.iter_mut().for_each(|x| *x = self.normal());
    }
}

/// The seed of item number `k` of a list. Each item has another one; the first has `seed` itself.
pub fn indexed_seed(seed: u64, k: usize) -> u64 {
    // Weyl's sequence with the golden ratio: no two of the first 2^63 coincide.
    seed.wrapping_add((k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_each_key() {
        let first = |s, p, i| Stream::new(s, p, i).bits();
        let base = first(1, Purpose::Draws, 0);
        assert_eq!(base, first(1, Purpose::Draws, 0));
        assert_ne!(base, first(2, Purpose::Draws, 0));
        assert_ne!(base, first(1, Purpose::Validation, 0));
        assert_ne!(base, first(1, Purpose::Draws, 1));
    }

    #[test]
    fn normals_have_the_right_moments() {
        let n = 200_000;
        let mut stream = Stream::new(5, Purpose::Audit, 0);
        let mut sums = [0.0; 4];
        for _ in 0..n {
            let x = stream.normal();
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += x.powi(k as i32 + 1) / n as f64;
            }
        }
        // Five standard errors of each moment: variances 1, 2, 15, 96 over n.
        let bound = |variance: f64| 5.0 * (variance / n as f64).sqrt();
        assert!(sums[0].abs() < bound(1.0));
        assert!((sums[1] - 1.0).abs() < bound(2.0));
        assert!(sums[2].abs() < bound(15.0));
        assert!((sums[3] - 3.0).abs() < bound(96.0));
    }

    #[test]
    fn indices_cover_their_range() {
        let mut stream = Stream::new(5, Purpose::Audit, 1);
        let mut seen = [0; 7];
        (0..7000).for_each(|_| seen[stream.index(7)] += 1);
        assert!(seen.iter().all(|&count| (800..1200).contains(&count)), "{seen:?}");
    }
}
