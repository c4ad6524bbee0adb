//! Rings in the plane: modes that are curves.

use super::facts::{Benchmark, Facts};
use crate::density::log_density::LogDensity;
use crate::num::{Scalar, Stream, log_sum_exp_scalars};

/// The mixture of rings log ρ(x) = log Σ_k exp(−(|x − c_k|² − R_k²)²/(2s_k²)) with s_k = 2R_kσ; σ
/// is about the standard deviation of |x − c_k|.
///
/// u = |x − c_k|² is N(R_k², s_k²) truncated below 0. So with a = R_k²/s_k and the normal density φ
/// and distribution function Φ, ring k has the mass Z_k = π·√(2π)·s_k·Φ(a) and the mean square E u
/// = R_k² + s_k·φ(a)/Φ(a); a coordinate about c_k has the variance ½ E u. log Z = log Σ Z_k. All of
/// it is in closed form, and ρ has no kink at the centre, which a Gaussian in |x − c_k| would have.
///
/// R_k = 1, 3, 5, … as in the rings of Zhang & Chen 2022 (Path integral sampler), where they are
/// concentric; here c_k = k·offset·(1, −½), k from 0, which no rotation maps to itself.
#[derive(Clone, Debug)]
pub struct Rings {
    rings: Vec<Ring>,
}

#[derive(Clone, Copy, Debug)]
struct Ring {
    centre: [f64; 2],
    /// The squared radius R².
    square: f64,
    /// The deviation s of u.
    spread: f64,
}

impl Ring {
    /// The place a = R²/s of the truncation, in deviations.
    fn cut(&self) -> f64 {
        self.square / self.spread
    }

    fn mass(&self) -> f64 {
        let pi = std::f64::consts::PI;
        pi * (2.0 * pi).sqrt() * self.spread * normal_below(self.cut())
    }

    /// The mean square E u.
    fn mean_square(&self) -> f64 {
        let a = self.cut();
        let density = libm::exp(-0.5 * a * a) / (2.0 * std::f64::consts::PI).sqrt();
        self.square + self.spread * density / normal_below(a)
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let along = |i: usize| (x[i].clone() - self.centre[i]).square();
        ((along(0) + along(1) - self.square) / self.spread).square() * -0.5
    }

    /// Writes one draw: u by rejection of negative ones, at most half of all since a > 0, and a
    /// uniform angle.
    fn draw(&self, stream: &mut Stream, x: &mut [f64]) {
        let square = loop {
            let u = self.square + self.spread * stream.normal();
            if u > 0.0 {
                break u;
            }
        };
        let angle = 2.0 * std::f64::consts::PI * stream.uniform();
        x[0] = self.centre[0] + square.sqrt() * libm::cos(angle);
        x[1] = self.centre[1] + square.sqrt() * libm::sin(angle);
    }
}

/// The normal distribution function Φ(a).
fn normal_below(a: f64) -> f64 {
    0.5 * libm::erfc(-a * std::f64::consts::FRAC_1_SQRT_2)
}

impl Rings {
    /// Makes `count` rings of thickness σ = `thickness`, whose centres are c_k = k·`offset`·(1,
    /// −½).
    ///
    /// # Panics
    /// If `count == 0`, `thickness` is not positive and finite, or `offset` is not finite.
    pub fn new(count: usize, thickness: f64, offset: f64) -> Rings {
        assert!(count > 0, "rings: at least one is needed");
        assert!(
            thickness.is_finite() && thickness > 0.0 && offset.is_finite(),
            "rings need a positive thickness and a finite offset, not {thickness} and {offset}"
        );
        let ring = |k: usize| {
            let (k, radius) = (k as f64, (2 * k + 1) as f64);
            let centre = [k * offset, -0.5 * k * offset];
            Ring { centre, square: radius * radius, spread: 2.0 * radius * thickness }
        };
        Rings { rings: (0..count).map(ring).collect() }
    }

    fn total(&self) -> f64 {
        self.rings.iter().map(Ring::mass).sum()
    }

    /// The mean of `f` over the rings, weighted by their masses.
    fn average(&self, f: impl Fn(&Ring) -> f64) -> f64 {
        self.rings.iter().map(|ring| ring.mass() * f(ring)).sum::<f64>() / self.total()
    }
}

impl LogDensity for Rings {
    fn dim(&self) -> usize {
        2
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        log_sum_exp_scalars(&self.rings.iter().map(|ring| ring.log_density(x)).collect::<Vec<S>>())
    }
}

impl Benchmark for Rings {
    fn facts(&self) -> Facts {
        let mean: Vec<f64> = (0..2).map(|i| self.average(|ring| ring.centre[i])).collect();
        let variance = |i: usize| {
            let off = |ring: &Ring| ring.centre[i] - mean[i];
            self.average(|ring| 0.5 * ring.mean_square() + off(ring) * off(ring))
        };
        let std = (0..2).map(|i| variance(i).sqrt()).collect();
        Facts { log_z: Some(libm::log(self.total())), std: Some(std), mean: Some(mean), modes: None }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        let mut left = stream.uniform() * self.total();
        let mut chosen = self.rings.len() - 1;
        for (k, ring) in self.rings.iter().enumerate() {
            if left < ring.mass() {
                chosen = k;
                break;
            }
            left -= ring.mass();
        }
        self.rings[chosen].draw(stream, x);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shares of the rings among draws: masses grow like the radius, 1 : 3 : 5 for thin rings.
    #[test]
    fn thin_rings_weigh_as_their_length() {
        let rings = Rings::new(3, 0.05, 0.0);
        let shares: Vec<f64> = rings.rings.iter().map(|ring| ring.mass() / rings.total()).collect();
        assert!(shares.iter().zip([1.0, 3.0, 5.0]).all(|(s, k)| (s - k / 9.0).abs() < 1e-14), "{shares:?}");
        // Annulus of circumference 2πR and the area under a normal of deviation σ, to order σ².
        assert!(
            (rings.rings[1].mass() / (6.0 * std::f64::consts::PI * 0.05 * 2.506_628_274_631) - 1.0).abs()
                < 1e-12
        );
    }

    #[test]
    fn a_ring_is_highest_on_its_circle() {
        let rings = Rings::new(2, 0.1, 0.4);
        assert!(rings.log_density(&[0.6, 0.8]).abs() < 1e-14);
        assert!(rings.log_density(&[3.4, -0.2]).abs() < 1e-14);
        assert!(rings.log_density(&[3.3, -0.2]) < -0.4);
    }
}
