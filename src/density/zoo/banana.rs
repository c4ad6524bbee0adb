//! The banana: a Gaussian bent by a map that keeps volumes.

use super::facts::{Benchmark, Facts};
use crate::density::log_density::LogDensity;
use crate::num::{Scalar, Stream};

/// The banana log ρ(x) = −x₁²/(2s²) − ½(x₂ + b·(x₁² − s²))² − ½ Σ_{i>2} x_i²; the peak of ρ is 1.
///
/// x₁ = s·z₁, x₂ = z₂ − b·(x₁² − s²), x_i = z_i of standard normal z: the twist has determinant 1,
/// so that log Z = ½ d log 2π + log s. The mean is 0, the deviations are s, √(1 + 2b²s⁴), 1, …; x₁
/// and x₂ are uncorrelated and yet x₁ rules x₂, which leans to one side (its third cumulant is
/// −8b³s⁶). Exact case: b = 0 is a Gaussian.
///
/// Source: Haario, Saksman & Tamminen 1999, who have s = 10 and b = 0.03 or 0.1.
#[derive(Clone, Copy, Debug)]
pub struct Banana {
    dim: usize,
    scale: f64,
    twist: f64,
}

impl Banana {
    /// The banana with d = `dim`, s = `scale`, b = `twist`.
    ///
    /// # Panics
    /// If `dim < 2`, `scale` is not positive and finite, or `twist` is not finite.
    pub fn new(dim: usize, scale: f64, twist: f64) -> Banana {
        assert!(dim >= 2, "a banana needs a dimension of at least 2, not {dim}");
        assert!(
            scale.is_finite() && scale > 0.0 && twist.is_finite(),
            "a banana needs a positive scale and a finite twist, not {scale} and {twist}"
        );
        Banana { dim, scale, twist }
    }

    fn variance(&self) -> f64 {
        self.scale * self.scale
    }
}

impl LogDensity for Banana {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let along = x[0].square();
        let across = (x[1].clone() + (along.clone() - self.variance()) * self.twist).square();
        let rest = x[2..].iter().map(S::square);
        let squares: Vec<S> = [along, across].into_iter().chain(rest).collect();
        let mut weights = vec![-0.5; squares.len()];
        weights[0] /= self.variance();
        S::weighted_sum(&weights, &squares)
    }
}

impl Benchmark for Banana {
    fn facts(&self) -> Facts {
        let log_z = 0.5 * self.dim as f64 * libm::log(2.0 * std::f64::consts::PI) + libm::log(self.scale);
        let bend = self.twist * self.variance();
        let mut std = vec![1.0; self.dim];
        (std[0], std[1]) = (self.scale, (1.0 + 2.0 * bend * bend).sqrt());
        Facts { log_z: Some(log_z), mean: Some(vec![0.0; self.dim]), std: Some(std), modes: None }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        stream.fill_normal(x);
        x[0] *= self.scale;
        x[1] -= self.twist * (x[0] * x[0] - self.variance());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Purpose;

    #[test]
    fn without_a_twist_it_is_a_gaussian() {
        let x = [1.5, -0.4, 0.3f64];
        let exact = -0.5 * (0.25 * 2.25 + 0.16 + 0.09);
        assert!((Banana::new(3, 2.0, 0.0).log_density(&x) - exact).abs() < 1e-15);
    }

    /// E x₂³ = −b³ E(x₁² − s²)³ = −8b³s⁶: moments of order two would not see the sign of the twist.
    #[test]
    fn it_leans_to_the_side_stated() {
        let (n, scale, twist) = (40_000, 1.3f64, 0.4f64);
        let target = Banana::new(2, scale, twist);
        let mut stream = Stream::new(17, Purpose::Audit, 0);
        let cube = |stream: &mut Stream| {
            let mut x = [0.0; 2];
            target.draw(stream, &mut x);
            x[1] * x[1] * x[1]
        };
        let cubes: Vec<f64> = (0..n).map(|_| cube(&mut stream)).collect();
        let mean = cubes.iter().sum::<f64>() / f64::from(n);
        let deviation = (cubes.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / f64::from(n)).sqrt();
        let exact = -8.0 * twist.powi(3) * scale.powi(6);
        let error = (mean - exact) * f64::from(n).sqrt() / deviation;
        assert!(error.abs() < 5.0, "{error}");
        assert!((mean + exact) * f64::from(n).sqrt() / deviation < -20.0, "the other sign would pass");
    }
}
