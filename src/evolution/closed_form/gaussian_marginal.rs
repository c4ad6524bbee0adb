//! A Gaussian marginal of an evolution at one time, with the flow that moves it.

use super::gaussian_case::GaussianCase;
use crate::evolution::annealing_path::AnnealingPath;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// N(m_t, C_t) at one time with its rates of change, and its affine velocity m′ + G(x − m), where
/// GC + CGᵀ = C′.
#[derive(Clone, Debug)]
pub struct GaussianMarginal {
    /// Mean m_t of the marginal.
    pub mean: DVector<f64>,
    /// Rate of change m′ of the mean.
    pub mean_rate: DVector<f64>,
    /// Precision matrix C⁻¹ of the marginal.
    pub precision: DMatrix<f64>,
    /// Rate of change C′ of the covariance.
    pub covariance_rate: DMatrix<f64>,
    /// Gradient G of the affine velocity.
    pub gradient: DMatrix<f64>,
}

impl GaussianMarginal {
    /// The marginal with this mean and covariance and their rates; G = ½C′C⁻¹.
    ///
    /// # Panics
    /// If the covariance is not positive definite.
    pub fn new(
        mean: DVector<f64>,
        mean_rate: DVector<f64>,
        covariance: DMatrix<f64>,
        covariance_rate: DMatrix<f64>,
    ) -> GaussianMarginal {
        let precision = covariance.cholesky().expect("a covariance is positive definite").inverse();
        let gradient = &covariance_rate * &precision * 0.5;
        GaussianMarginal { mean, mean_rate, precision, covariance_rate, gradient }
    }

    /// The marginal N(t²m, MMᵀ) with M = (1 − t)I + tL; its velocity has G = M′M⁻¹.
    pub(in crate::evolution) fn of_root(case: &GaussianCase, t: f64) -> GaussianMarginal {
        let identity = DMatrix::identity(case.dim(), case.dim());
        let m = &identity * (1.0 - t) + case.root() * t;
        let m_rate = case.root() - &identity;
        let inverse = m.clone().try_inverse().expect("M is lower triangular with positive diagonal");
        GaussianMarginal {
            mean: case.mean() * (t * t),
            mean_rate: case.mean() * (2.0 * t),
            precision: inverse.transpose() * &inverse,
            covariance_rate: &m_rate * m.transpose() + &m * m_rate.transpose(),
            gradient: &m_rate * &inverse,
        }
    }

    /// The annealed marginal, of precision Λ = (1 − b)I + bΣ⁻¹ and mean Λ⁻¹bΣ⁻¹m.
    pub(in crate::evolution) fn annealed(
        case: &GaussianCase,
        path: &dyn AnnealingPath,
        t: f64,
    ) -> GaussianMarginal {
        let identity = DMatrix::identity(case.dim(), case.dim());
        let (b, db_dt) = path.share(t);
        let lambda = &identity * (1.0 - b) + case.precision() * b;
        let covariance = lambda.cholesky().expect("a sum of positive definite matrices").inverse();
        let pull = case.precision() * case.mean();
        // This is the derivative by b until it is multiplied by b′.
        let covariance_rate = -(&covariance * (case.precision() - &identity) * &covariance);
        let mean_rate = (&covariance * &pull + &covariance_rate * &pull * b) * db_dt;
        GaussianMarginal::new(&covariance * &pull * b, mean_rate, covariance, covariance_rate * db_dt)
    }

    /// Returns (V, ∂V/∂t, ∇V, ΔV) of the normalised log density.
    pub fn log_density(&self, x: &[f64]) -> (f64, f64, DVector<f64>, f64) {
        let y = DVector::from_column_slice(x) - &self.mean;
        let pulled = &self.precision * &y;
        let log_det = libm::log(self.precision.determinant());
        let value = -0.5 * y.dot(&pulled) + 0.5 * log_det - 0.5 * x.len() as f64 * libm::log(2.0 * PI);
        let rate = self.mean_rate.dot(&pulled) + 0.5 * pulled.dot(&(&self.covariance_rate * &pulled))
            - 0.5 * (&self.precision * &self.covariance_rate).trace();
        (value, rate, -pulled, -self.precision.trace())
    }

    /// Returns [φ, ∂t φ, ∇φ], and Δφ if asked for, of φ = (V − A)/c with c of
    /// [`AnnealingPath::freedom`]. t is inside (0, 1).
    pub(in crate::evolution) fn correction(
        &self,
        case: &GaussianCase,
        path: &dyn AnnealingPath,
        t: f64,
        x: &[f64],
        with_laplacian: bool,
    ) -> Vec<f64> {
        let (v, dv_dt, grad_v, laplacian_v) = self.log_density(x);
        let (a, da_dt, grad_a, laplacian_a) = case.annealed(path, t, x);
        let (freedom, slope) = path.freedom(t);
        let phi = (v - a) / freedom;
        let mut numbers = vec![phi, (dv_dt - da_dt - phi * slope) / freedom];
        numbers.extend(((grad_v - grad_a) / freedom).iter());
        numbers.extend(with_laplacian.then_some((laplacian_v - laplacian_a) / freedom));
        numbers
    }

    /// Returns [v, div v] of the flow.
    pub(in crate::evolution) fn flow(&self, x: &[f64]) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        affine(&self.mean_rate, &self.gradient, &y)
    }

    /// Returns [μ, div μ] of the drift v + ½σ²∇V.
    pub(in crate::evolution) fn drift(&self, x: &[f64], variance_rate: f64) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        affine(&self.mean_rate, &(&self.gradient - &self.precision * (0.5 * variance_rate)), &y)
    }

    /// Returns [Φ, ∂t Φ, ∇Φ, ΔΦ] of Φ = m′·y + ½yᵀFy + k with y = x − tm′. F is symmetric with F′ =
    /// −F²; k and k′ are given.
    pub(in crate::evolution) fn potential(
        &self,
        x: &[f64],
        f: &DMatrix<f64>,
        constant: f64,
        constant_rate: f64,
    ) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        let (m, fy) = (&self.mean_rate, f * &y);
        let value = m.dot(&y) + 0.5 * y.dot(&fy) + constant;
        // Here y′ = −m and F′ = −F².
        let rate = -m.norm_squared() - m.dot(&fy) - 0.5 * fy.norm_squared() + constant_rate;
        let mut numbers = vec![value, rate];
        numbers.extend((m + fy).iter());
        numbers.push(f.trace());
        numbers
    }
}

/// Returns [rate + G y, tr G].
fn affine(rate: &DVector<f64>, gradient: &DMatrix<f64>, y: &DVector<f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = (rate + gradient * y).iter().copied().collect();
    numbers.push(gradient.trace());
    numbers
}
