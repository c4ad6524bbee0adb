//! The catalogue's Gaussian, and what is known exactly of every Gaussian.

use super::facts::{Benchmark, Facts};
use crate::density::gaussian::Gaussian;
use crate::num::Stream;
use nalgebra::{DMatrix, DVector};

impl Benchmark for Gaussian {
    fn facts(&self) -> Facts {
        Facts {
            log_z: Some(self.log_z()),
            mean: Some(self.mean().iter().copied().collect()),
            std: Some(self.factor().row_iter().map(|row| row.norm()).collect()),
            modes: None,
        }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        self.draw_into(stream, x);
        true
    }
}

/// The catalogue's `gauss`: ρ = exp(−½ (x − m)ᵀ C⁻¹ (x − m)), so that log Z is not 0.
///
/// Counting from i = 0: m_i = 1 − 1.5·(i mod 3), C_ij = s_i s_j 0.6^|i−j| with s_i = 0.75 + 0.5·(i
/// mod 4). log Z = ½ d log 2π + Σ log s_i + ½ (d − 1) log(1 − 0.6²).
///
/// # Panics
/// If `dim == 0`.
pub fn gauss(dim: usize) -> Gaussian {
    let mean = DVector::from_fn(dim, |i, _| 1.0 - 1.5 * (i % 3) as f64);
    let scale = |i: usize| 0.75 + 0.5 * (i % 4) as f64;
    let covariance =
        DMatrix::from_fn(dim, dim, |i, j| scale(i) * scale(j) * libm::pow(0.6, i.abs_diff(j) as f64));
    let normalised = Gaussian::new(mean, &covariance).expect("gauss needs a dimension of at least 1");
    let log_z = normalised.log_integral();
    normalised.with_log_z(log_z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::log_density::LogDensity;

    #[test]
    fn gauss_has_its_stated_log_z() {
        for d in [1, 2, 7] {
            let scales: f64 = (0..d).map(|i| (0.75 + 0.5 * (i % 4) as f64).ln()).sum();
            let exact = 0.5 * d as f64 * (2.0 * std::f64::consts::PI).ln()
                + scales
                + 0.5 * (d - 1) as f64 * 0.64f64.ln();
            let target = gauss(d);
            assert!((target.facts().log_z.unwrap() - exact).abs() < 1e-13);
            assert_eq!(target.log_density(target.mean().as_slice()), 0.0);
        }
    }
}
