//! Many wells: a product of double wells and standard normal distributions, with 2^wells modes.

use super::double_well::{DoubleWell, WellFacts};
use super::facts::{Benchmark, Facts, Modes};
use crate::density::log_density::LogDensity;
use crate::num::{Scalar, Stream};

/// Modes are not listed if there are more than this.
const MOST_MODES: usize = 4096;

/// The many-well log ρ(x) = −Σ_{i ≤ m} ((x_i² − δ)² − τ·x_i) − ½ Σ_{i > m} x_i²; τ = 0 unless
/// [`ManyWell::tilted`].
///
/// log Z = m·log ∫e^(τx − (x² − δ)²) dx + ½ (d − m) log 2π.
#[derive(Clone, Copy, Debug)]
pub struct ManyWell {
    dim: usize,
    wells: usize,
    well: DoubleWell,
}

impl ManyWell {
    /// The many-well with d = `dim`, m = `wells`, δ = `delta`.
    ///
    /// # Panics
    /// If `dim == 0`, `wells > dim`, or `delta` is negative or not finite.
    pub fn new(dim: usize, wells: usize, delta: f64) -> ManyWell {
        assert!(dim > 0 && wells <= dim, "many-well needs 0 ≤ wells ≤ dim and dim ≥ 1, not {wells} of {dim}");
        assert!(
            delta.is_finite() && delta >= 0.0,
            "many-well needs a finite delta of at least 0, not {delta}"
        );
        ManyWell { dim, wells, well: DoubleWell { delta, tilt: 0.0 } }
    }

    /// The same wells with τ = `tilt`, which moves mass to the right if positive.
    ///
    /// # Panics
    /// If `tilt` is not finite.
    pub fn tilted(mut self, tilt: f64) -> ManyWell {
        assert!(tilt.is_finite(), "many-well needs a finite tilt, not {tilt}");
        self.well.tilt = tilt;
        self
    }
}

impl LogDensity for ManyWell {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let (wells, rest) = x.split_at(self.wells);
        let terms: Vec<S> = wells
            .iter()
            .map(|x| self.well.log_density(x))
            .chain(rest.iter().map(minus_half_square))
            .collect();
        S::weighted_sum(&vec![1.0; terms.len()], &terms)
    }
}

impl Benchmark for ManyWell {
    fn facts(&self) -> Facts {
        let well = self.well.facts();
        let per_coordinate: Vec<Option<WellFacts>> =
            (0..self.dim).map(|i| (i < self.wells).then_some(well)).collect();
        let separated = self.wells > 0 && self.well.has_two_modes();
        Facts {
            modes: if separated { modes(&per_coordinate) } else { None },
            ..product_facts(&per_coordinate, 0.0)
        }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        let (wells, rest) = x.split_at_mut(self.wells);
        wells.iter_mut().for_each(|x| *x = self.well.draw(stream));
        stream.fill_normal(rest);
        true
    }
}

/// The tilted pairs log ρ(x) = Σ over pairs (a, b) = (x₁, x₂), (x₃, x₄), … of ½a + 6a² − a⁴ − ½b².
///
/// This is the other many-well of the literature, which has `dim` = 32. With ½a + 6a² − a⁴ = 9 −
/// (a² − 3)² + ½a each pair is a tilted [double well](ManyWell) and a normal coordinate: log Z =
/// 164.6956753131819 for 32.
#[derive(Clone, Copy, Debug)]
pub struct TiltedPairs {
    dim: usize,
}

/// The height of ½a + 6a² − a⁴ above −(a² − 3)² + ½a, nats.
const PAIR_HEIGHT: f64 = 9.0;

impl TiltedPairs {
    const WELL: DoubleWell = DoubleWell { delta: 3.0, tilt: 0.5 };

    /// The target with `dim`/2 pairs.
    ///
    /// # Panics
    /// If `dim` is 0 or odd.
    pub fn new(dim: usize) -> TiltedPairs {
        assert!(dim > 0 && dim.is_multiple_of(2), "pairs need an even dimension of at least 2, not {dim}");
        TiltedPairs { dim }
    }
}

impl LogDensity for TiltedPairs {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let pair = |p: &[S]| {
            let square = p[0].square();
            p[0].clone() * 0.5 + square.clone() * 6.0 - square.square() + minus_half_square(&p[1])
        };
        let terms: Vec<S> = x.chunks_exact(2).map(pair).collect();
        S::weighted_sum(&vec![1.0; terms.len()], &terms)
    }
}

impl Benchmark for TiltedPairs {
    fn facts(&self) -> Facts {
        let well = Self::WELL.facts();
        let per_coordinate: Vec<Option<WellFacts>> =
            (0..self.dim).map(|i| i.is_multiple_of(2).then_some(well)).collect();
        let height = PAIR_HEIGHT * (self.dim / 2) as f64;
        Facts { modes: modes(&per_coordinate), ..product_facts(&per_coordinate, height) }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        for pair in x.chunks_exact_mut(2) {
            pair[0] = Self::WELL.draw(stream);
            pair[1] = stream.normal();
        }
        true
    }
}

fn minus_half_square<S: Scalar>(x: &S) -> S {
    x.square() * -0.5
}

/// The facts of a product of wells and, where there is `None`, standard normal coordinates, with ρ
/// multiplied by e^height.
fn product_facts(per_coordinate: &[Option<WellFacts>], height: f64) -> Facts {
    let half_log_two_pi = 0.5 * libm::log(2.0 * std::f64::consts::PI);
    let log_z: f64 = per_coordinate.iter().map(|w| w.map_or(half_log_two_pi, |w| w.log_z)).sum();
    Facts {
        log_z: Some(log_z + height),
        mean: Some(per_coordinate.iter().map(|w| w.map_or(0.0, |w| w.mean)).collect()),
        std: Some(per_coordinate.iter().map(|w| w.map_or(1.0, |w| w.std)).collect()),
        modes: None,
    }
}

/// The modes: every choice of left and right; `None` if there are more than 4096.
///
/// The centres form a grid. Nearest in space is nearest in each coordinate, so masses multiply.
fn modes(per_coordinate: &[Option<WellFacts>]) -> Option<Modes> {
    let wells = per_coordinate.iter().flatten().count();
    let count = 1usize.checked_shl(wells as u32).filter(|count| *count <= MOST_MODES)?;
    let mut modes = Modes { centres: Vec::new(), weights: Vec::new() };
    for choice in 0..count {
        let (mut bits, mut weight) = (choice, 1.0);
        for well in per_coordinate {
            let Some(well) = well else {
                modes.centres.push(0.0);
                continue;
            };
            modes.centres.push(well.modes[bits & 1]);
            weight *= if bits & 1 == 1 { well.right } else { 1.0 - well.right };
            bits >>= 1;
        }
        modes.weights.push(weight);
    }
    Some(modes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Target;

    #[test]
    fn published_figures() {
        let log_z = |target: &dyn Benchmark| target.facts().log_z.unwrap();
        // The tolerance is 4e-14 of the largest term: rounding of about fifty additions.
        assert!((log_z(&ManyWell::new(5, 5, 4.0)) + 0.5410555128794539).abs() < 4e-14);
        assert!((log_z(&ManyWell::new(50, 5, 2.0)) - 42.81724267753066).abs() < 4e-13);
        assert!((log_z(&TiltedPairs::new(32)) - 164.6956753131819).abs() < 4e-13);
        let right = TiltedPairs::WELL.facts();
        // The published probability is that of x₁ > 0. Here the cut is between the modes, where ρ
        // is e^−9 of its peak.
        let above_zero = TiltedPairs::WELL.mass_above(0.0, 0.0) * (-right.log_z).exp();
        assert!((above_zero - 0.8443070962111392).abs() < 1e-12, "{above_zero}");
        assert!((right.right - above_zero).abs() < 1e-4);
    }

    #[test]
    fn modes_are_the_maxima() {
        let pairs = TiltedPairs::new(4);
        let modes = pairs.facts().modes.unwrap();
        assert_eq!(modes.weights.len(), 4);
        assert!((modes.weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        let (mut values, mut scores) = ([0.0; 4], [0.0; 16]);
        pairs.values_and_scores(&modes.centres, &mut values, &mut scores).unwrap();
        assert!(scores.iter().all(|s| s.abs() < 1e-13), "{scores:?}");
        assert!(ManyWell::new(12, 12, 4.0).facts().modes.is_some());
        assert!(ManyWell::new(13, 13, 4.0).facts().modes.is_none());
        assert!(ManyWell::new(70, 70, 4.0).facts().modes.is_none());
    }
}
