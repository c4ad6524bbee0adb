//! The one-dimensional double well that the many-well targets are made of.

use crate::num::{Scalar, Stream, pairwise_sum};

/// The density log ρ(x) = −(x² − δ)² + τ·x, δ ≥ 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct DoubleWell {
    pub delta: f64,
    /// The tilt τ, which moves mass to the right if positive.
    pub tilt: f64,
}

/// The integrals and modes of a double well.
#[derive(Clone, Copy, Debug)]
pub(super) struct WellFacts {
    /// The log normalising constant log ∫ ρ, nats.
    pub log_z: f64,
    pub mean: f64,
    pub std: f64,
    /// The local maxima, left and right, if [`DoubleWell::has_two_modes`].
    pub modes: [f64; 2],
    /// The probability that the right maximum is the nearer one.
    pub right: f64,
}

impl DoubleWell {
    pub fn log_density<S: Scalar>(&self, x: &S) -> S {
        let well = -(x.square() - self.delta).square();
        if self.tilt == 0.0 { well } else { well + x.clone() * self.tilt }
    }

    /// Whether −4x(x² − δ) + τ has three zeros: |τ| < 8·(δ/3)^(3/2), the slope's height at its
    /// extrema x = ±√(δ/3).
    pub fn has_two_modes(&self) -> bool {
        let third = self.delta / 3.0;
        self.tilt * self.tilt < 64.0 * third * third * third
    }

    /// Computes the facts by the trapezoidal rule, which converges exponentially for an entire
    /// function with these tails.
    ///
    /// The step is a tenth of the width of a well, which is 1/√(8δ), or 1 if that is smaller; the
    /// error is then far below rounding. Beyond |x| = √(δ + 30 + |τ|) the density is below e^−745
    /// of its peak.
    pub fn facts(&self) -> WellFacts {
        let reach = (self.delta + 30.0 + self.tilt.abs()).sqrt();
        let step = 0.1 * (1.0 / (8.0 * self.delta).sqrt()).min(1.0);
        let n = (reach / step).ceil();
        let nodes: Vec<f64> = (0..=2 * n as usize).map(|k| (k as f64 - n) * step).collect();
        let peak = nodes.iter().map(|x| self.log_density(x)).fold(f64::NEG_INFINITY, f64::max);
        let integral = |f: &dyn Fn(f64) -> f64| {
            let terms: Vec<f64> =
                nodes.iter().map(|x| f(*x) * libm::exp(self.log_density(x) - peak)).collect();
            step * pairwise_sum(&terms)
        };
        let mass = integral(&|_| 1.0);
        let mean = integral(&|x| x) / mass;
        let variance = integral(&|x| (x - mean) * (x - mean)) / mass;
        let modes = [self.mode(-1.0), self.mode(1.0)];
        let right = self.mass_above(0.5 * (modes[0] + modes[1]), peak) / mass;
        WellFacts { log_z: libm::log(mass) + peak, mean, std: variance.sqrt(), modes, right }
    }

    /// ∫ from `cut` of ρ·e^−peak by Simpson's rule with 20 000 intervals; error O(step⁴).
    pub fn mass_above(&self, cut: f64, peak: f64) -> f64 {
        const HALVES: usize = 10_000;
        let reach = (self.delta + 30.0 + self.tilt.abs()).sqrt();
        let step = (reach - cut) / (2 * HALVES) as f64;
        let term = |k: usize| {
            let weight = if k == 0 || k == 2 * HALVES { 1.0 } else { 2.0 + 2.0 * (k % 2) as f64 };
            weight * libm::exp(self.log_density(&(cut + k as f64 * step)) - peak)
        };
        step / 3.0 * pairwise_sum(&(0..=2 * HALVES).map(term).collect::<Vec<f64>>())
    }

    /// The maximum on the side of `sign`, by Newton steps from ±√δ.
    fn mode(&self, sign: f64) -> f64 {
        let mut x = sign * self.delta.sqrt();
        for _ in 0..50 {
            let slope = -4.0 * x * (x * x - self.delta) + self.tilt;
            if slope == 0.0 {
                break;
            }
            x -= slope / (4.0 * self.delta - 12.0 * x * x);
        }
        x
    }

    /// Returns one exact draw, by rejection.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        if self.delta < 0.5 { self.draw_shallow(stream) } else { self.draw_deep(stream) }
    }

    /// Draws by rejection from N(±m, 1/(2c)), m = √δ. With y the distance along the sign s = ±1
    /// drawn evenly, (y² − δ)² = (y − m)²(y + m)², and s·τ·y ≤ |τ|·m + |τ|·|y − m| ≤ |τ|m + k(y −
    /// m)² + τ²/(4k); so for y > 0 the density is at most e^(|τ|m + τ²/(4k) − (m² − k)(y − m)²).
    /// Here k = δ/4, or 0 without tilt, and c = δ − k.
    fn draw_deep(&self, stream: &mut Stream) -> f64 {
        let m = self.delta.sqrt();
        let (k, slack) = if self.tilt == 0.0 {
            (0.0, 0.0)
        } else {
            (0.25 * self.delta, self.tilt.abs() * m + self.tilt * self.tilt / self.delta)
        };
        let c = self.delta - k;
        loop {
            let y = m + stream.normal() / (2.0 * c).sqrt();
            let x = if stream.uniform() < 0.5 { -y } else { y };
            let excess = self.log_density(&x) + c * (y - m) * (y - m) - slack;
            if libm::log(stream.uniform()) < excess && y > 0.0 {
                return x;
            }
        }
    }

    /// Draws by rejection from N(0, ½): x⁴ ≥ 2cx² − c² with c = δ + 1 and τx ≤ x² + τ²/4 bound log
    /// ρ by 2δ + 1 + τ²/4 − x².
    fn draw_shallow(&self, stream: &mut Stream) -> f64 {
        let bound = 2.0 * self.delta + 1.0 + 0.25 * self.tilt * self.tilt;
        loop {
            let x = stream.normal() * std::f64::consts::FRAC_1_SQRT_2;
            if libm::log(stream.uniform()) < self.log_density(&x) + x * x - bound {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Purpose;

    #[test]
    fn integrals_have_the_published_digits() {
        for (delta, mass, std) in
            [(2.0, 1.340445118332545, 1.354747844246471), (4.0, 0.897438124932302, 1.983457749067128)]
        {
            let facts = DoubleWell { delta, tilt: 0.0 }.facts();
            assert!((facts.log_z.exp() / mass - 1.0).abs() < 4e-15, "{}", facts.log_z.exp());
            assert!((facts.std / std - 1.0).abs() < 4e-15, "{}", facts.std);
            assert!(facts.mean.abs() < 1e-15);
            assert!((facts.right - 0.5).abs() < 1e-13);
        }
    }

    /// At δ = 3 the second mode goes at τ = 8: there the slope has a double zero at −1.
    #[test]
    fn a_steep_tilt_leaves_one_mode() {
        let slope = |well: DoubleWell, x: f64| -4.0 * x * (x * x - well.delta) + well.tilt;
        let bowed = |tilt| DoubleWell { delta: 3.0, tilt };
        assert_eq!(slope(bowed(8.0), -1.0), 0.0);
        assert!(bowed(-7.99).has_two_modes());
        assert!(!bowed(8.01).has_two_modes());
        assert!(!DoubleWell { delta: 0.0, tilt: 0.0 }.has_two_modes());
        let modes = bowed(7.9).facts().modes;
        assert!(modes[0] < -1.0);
        assert!(modes[1] > 1.0);
        assert!(modes.iter().all(|x| slope(bowed(7.9), *x).abs() < 1e-10));
    }

    /// Draws against integrals for every branch; the twin with another tilt must not fit.
    #[test]
    fn draws_follow_the_density() {
        let n = 40_000;
        for (delta, tilt) in [(0.0, 0.7), (0.3, 0.0), (0.6, -0.4), (3.0, 0.5), (4.0, 0.0)] {
            let well = DoubleWell { delta, tilt };
            let mut stream = Stream::new(11, Purpose::Audit, (delta * 10.0) as u64);
            let draws: Vec<f64> = (0..n).map(|_| well.draw(&mut stream)).collect();
            let misfit = |facts: WellFacts| {
                let mean = draws.iter().sum::<f64>() / n as f64;
                (mean - facts.mean).abs() / (facts.std / (n as f64).sqrt())
            };
            let square = draws.iter().map(|x| x * x).sum::<f64>() / n as f64;
            let facts = well.facts();
            let exact = facts.std * facts.std + facts.mean * facts.mean;
            // x² deviates by at most about 1 in all of these.
            assert!((square - exact).abs() < 5.0 / (n as f64).sqrt(), "{square} {exact}");
            assert!(misfit(facts) < 5.0);
            assert!(misfit(DoubleWell { delta, tilt: tilt + 0.1 }.facts()) > 5.0);
        }
    }
}
