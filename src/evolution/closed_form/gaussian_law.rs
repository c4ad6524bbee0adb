//! A Gaussian law on its way, with the flow that carries it.

use super::gaussian_case::GaussianCase;
use crate::evolution::annealing_path::AnnealingPath;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// N(m_t, C_t) at one time with its rates of change, and the affine velocity m′ + G(x − m), 2 sym(GC) = C′.
#[derive(Clone, Debug)]
pub struct GaussianLaw {
    /// m_t.
    pub mean: DVector<f64>,
    /// m′.
    pub mean_rate: DVector<f64>,
    /// C⁻¹.
    pub precision: DMatrix<f64>,
    /// C′.
    pub covariance_rate: DMatrix<f64>,
    /// G.
    pub gradient: DMatrix<f64>,
}

impl GaussianLaw {
    /// From a mean and a covariance with their rates; G = ½C′C⁻¹.
    ///
    /// # Panics
    /// If the covariance is not positive definite.
    pub fn new(
        mean: DVector<f64>,
        mean_rate: DVector<f64>,
        covariance: DMatrix<f64>,
        covariance_rate: DMatrix<f64>,
    ) -> GaussianLaw {
        let precision = covariance.cholesky().expect("a covariance is positive definite").inverse();
        let gradient = &covariance_rate * &precision * 0.5;
        GaussianLaw { mean, mean_rate, precision, covariance_rate, gradient }
    }

    /// N(t²m, MMᵀ) with M = (1 − t)I + tL; its velocity has G = M′M⁻¹.
    pub(in crate::evolution) fn of_root(case: &GaussianCase, t: f64) -> GaussianLaw {
        let identity = DMatrix::identity(case.dim(), case.dim());
        let m = &identity * (1.0 - t) + case.root() * t;
        let m_rate = case.root() - &identity;
        let inverse = m.clone().try_inverse().expect("M is lower triangular with positive diagonal");
        GaussianLaw {
            mean: case.mean() * (t * t),
            mean_rate: case.mean() * (2.0 * t),
            precision: inverse.transpose() * &inverse,
            covariance_rate: &m_rate * m.transpose() + &m * m_rate.transpose(),
            gradient: &m_rate * &inverse,
        }
    }

    /// The annealed law: precision Λ = (1 − b)I + bΣ⁻¹, mean Λ⁻¹bΣ⁻¹m.
    pub(in crate::evolution) fn annealed(
        case: &GaussianCase,
        path: &dyn AnnealingPath,
        t: f64,
    ) -> GaussianLaw {
        let identity = DMatrix::identity(case.dim(), case.dim());
        let (b, db_dt) = path.share(t);
        let lambda = &identity * (1.0 - b) + case.precision() * b;
        let covariance = lambda.cholesky().expect("a sum of positive definite matrices").inverse();
        let pull = case.precision() * case.mean();
        // In b until multiplied by b′.
        let covariance_rate = -(&covariance * (case.precision() - &identity) * &covariance);
        let mean_rate = (&covariance * &pull + &covariance_rate * &pull * b) * db_dt;
        GaussianLaw::new(&covariance * &pull * b, mean_rate, covariance, covariance_rate * db_dt)
    }

    /// (V, ∂V/∂t, ∇V, ΔV) of the normalised log density.
    pub fn log_density(&self, x: &[f64]) -> (f64, f64, DVector<f64>, f64) {
        let y = DVector::from_column_slice(x) - &self.mean;
        let pulled = &self.precision * &y;
        let log_det = libm::log(self.precision.determinant());
        let value = -0.5 * y.dot(&pulled) + 0.5 * log_det - 0.5 * x.len() as f64 * libm::log(2.0 * PI);
        let rate = self.mean_rate.dot(&pulled) + 0.5 * pulled.dot(&(&self.covariance_rate * &pulled))
            - 0.5 * (&self.precision * &self.covariance_rate).trace();
        (value, rate, -pulled, -self.precision.trace())
    }

    /// [φ, ∂t φ, ∇φ] of φ = (V − A)/c, c of [`AnnealingPath::freedom`], and Δφ if asked for; 0 < t < 1.
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

    /// [v, div v] of the flow.
    pub(in crate::evolution) fn flow(&self, x: &[f64]) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        affine(&self.mean_rate, &self.gradient, &y)
    }

    /// [μ, div μ] of the drift v + ½σ²∇V.
    pub(in crate::evolution) fn drift(&self, x: &[f64], variance_rate: f64) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        affine(&self.mean_rate, &(&self.gradient - &self.precision * (0.5 * variance_rate)), &y)
    }

    /// [Φ, ∂t Φ, ∇Φ, ΔΦ] of Φ = m′·y + ½yᵀFy + k with y = x − tm′, F symmetric with F′ = −F², k′ given.
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
        // y′ = −m and F′ = −F².
        let rate = -m.norm_squared() - m.dot(&fy) - 0.5 * fy.norm_squared() + constant_rate;
        let mut numbers = vec![value, rate];
        numbers.extend((m + fy).iter());
        numbers.push(f.trace());
        numbers
    }
}

/// [rate + G y, tr G].
fn affine(rate: &DVector<f64>, gradient: &DMatrix<f64>, y: &DVector<f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = (rate + gradient * y).iter().copied().collect();
    numbers.push(gradient.trace());
    numbers
}
