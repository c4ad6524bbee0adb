//! Gaussian to Gaussian: the closed form of each evolution, for audits at round-off.

use super::{Path, log_prior};
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// N(0, I) to an unnormalised Gaussian `log ρ = level − ½ (x − m)ᵀ Σ⁻¹ (x − m)`, Σ = LLᵀ.
#[derive(Clone, Debug)]
pub struct GaussianCase {
    mean: DVector<f64>,
    root: DMatrix<f64>,
    precision: DMatrix<f64>,
    level: f64,
}

/// A law N(mean, covariance) at a time, with its rates of change, and an affine velocity that makes them.
struct Moment {
    mean: DVector<f64>,
    mean_rate: DVector<f64>,
    precision: DMatrix<f64>,
    covariance_rate: DMatrix<f64>,
    /// G of μ = d(mean)/dt + G(x − mean).
    gradient: DMatrix<f64>,
}

impl GaussianCase {
    /// A full covariance, a mean and a level without any symmetry, in dimension `dim`.
    pub fn asymmetric(dim: usize) -> GaussianCase {
        let mean = DVector::from_fn(dim, |i, _| 0.7 - 0.45 * i as f64);
        let root = DMatrix::from_fn(dim, dim, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5 + 0.35 * i as f64,
            std::cmp::Ordering::Greater => 0.3 - 0.17 * (i + 2 * j) as f64,
        });
        let covariance = &root * root.transpose();
        let precision = covariance.cholesky().expect("LLᵀ with positive diagonal").inverse();
        GaussianCase { mean, root, precision, level: 1.3 }
    }

    /// Dimension.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// log Z = level + ½ d log 2π + log det L.
    pub fn log_z(&self) -> f64 {
        let log_det: f64 = self.root.diagonal().iter().map(|v| libm::log(*v)).sum();
        self.level + 0.5 * self.dim() as f64 * libm::log(2.0 * PI) + log_det
    }

    /// [log ρ, ∇log ρ]: the data of a collocation point.
    pub fn data(&self, x: &[f64]) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        let score = -(&self.precision * &y);
        std::iter::once(self.level + 0.5 * y.dot(&score)).chain(score.iter().copied()).collect()
    }

    /// The jets of φ and μ of `general-ode` at (t, x), 0 < t < 1: [φ, ∂t φ, ∇φ, μ, div μ].
    ///
    /// The law is N(t² m, MMᵀ) with M = (1 − t)I + tL; its velocity has G = M′M⁻¹.
    pub fn general_ode(&self, t: f64, x: &[f64]) -> Vec<f64> {
        let d = self.dim();
        let identity = DMatrix::identity(d, d);
        let m = &identity * (1.0 - t) + &self.root * t;
        let m_rate = &self.root - &identity;
        let inverse = m.clone().try_inverse().expect("M is lower triangular with positive diagonal");
        let law = Moment {
            mean: &self.mean * (t * t),
            mean_rate: &self.mean * (2.0 * t),
            precision: inverse.transpose() * &inverse,
            covariance_rate: &m_rate * m.transpose() + &m * m_rate.transpose(),
            gradient: &m_rate * &inverse,
        };
        let (v, dv_dt, grad_v) = law.log_density(x);
        let (a, da_dt, grad_a) = self.annealed(t, x);
        let bump = t * (1.0 - t);
        let phi = (v - a) / bump;
        let dphi_dt = (dv_dt - da_dt) / bump - phi * (1.0 - 2.0 * t) / bump;
        let grad_phi = (grad_v - grad_a) / bump;
        let mut numbers = vec![phi, dphi_dt];
        numbers.extend(grad_phi.iter());
        law.push_velocity(x, &mut numbers);
        numbers
    }

    /// The jets of μ and c of `annealed-ode` at (t, x): [μ, div μ, c].
    ///
    /// The law has precision Λ = (1 − b)I + bΣ⁻¹ and mean Λ⁻¹bΣ⁻¹m; its velocity has G = ½ C′C⁻¹.
    pub fn annealed_ode(&self, t: f64, x: &[f64]) -> Vec<f64> {
        let d = self.dim();
        let identity = DMatrix::identity(d, d);
        let (b, db_dt) = Path::default().at(t);
        let lambda = &identity * (1.0 - b) + &self.precision * b;
        // Rates in b until the end.
        let lambda_rate = &self.precision - &identity;
        let covariance = lambda.clone().cholesky().expect("a sum of positive definite matrices").inverse();
        let pull = &self.precision * &self.mean;
        let mean = &covariance * &pull * b;
        let covariance_rate = -(&covariance * &lambda_rate * &covariance);
        let law = Moment {
            mean_rate: (&covariance * &pull + &covariance_rate * &pull * b) * db_dt,
            gradient: &covariance_rate * &lambda * (0.5 * db_dt),
            mean: mean.clone(),
            precision: lambda,
            covariance_rate: &covariance_rate * db_dt,
        };
        let mut numbers = Vec::new();
        law.push_velocity(x, &mut numbers);
        // log Z_b = const(b) + ½ b² pullᵀC pull − ½ log det Λ + ½ d log 2π, differentiated.
        let constant = 0.5 * d as f64 * libm::log(2.0 * PI) + self.level - 0.5 * self.mean.dot(&pull);
        let quadratic = pull.dot(&mean) - 0.5 * mean.dot(&(&lambda_rate * &mean));
        numbers.push(db_dt * (constant + quadratic - 0.5 * (&covariance * &lambda_rate).trace()));
        numbers
    }

    /// (A, ∂A/∂t, ∇A) of A = (1 − b) log p_prior + b(log ρ − log Z).
    fn annealed(&self, t: f64, x: &[f64]) -> (f64, f64, DVector<f64>) {
        let data = self.data(x);
        let (prior, target) = (log_prior(x), data[0] - self.log_z());
        let (b, db_dt) = Path::default().at(t);
        let gradient = DVector::from_fn(x.len(), |i, _| -(1.0 - b) * x[i] + b * data[1 + i]);
        ((1.0 - b) * prior + b * target, db_dt * (target - prior), gradient)
    }
}

impl Moment {
    /// (V, ∂V/∂t, ∇V) of the law's normalised log density.
    fn log_density(&self, x: &[f64]) -> (f64, f64, DVector<f64>) {
        let y = DVector::from_column_slice(x) - &self.mean;
        let pulled = &self.precision * &y;
        let log_det = libm::log(self.precision.determinant());
        let value = -0.5 * y.dot(&pulled) + 0.5 * log_det - 0.5 * x.len() as f64 * libm::log(2.0 * PI);
        let rate = self.mean_rate.dot(&pulled) + 0.5 * pulled.dot(&(&self.covariance_rate * &pulled))
            - 0.5 * (&self.precision * &self.covariance_rate).trace();
        (value, rate, -pulled)
    }

    fn push_velocity(&self, x: &[f64], numbers: &mut Vec<f64>) {
        let y = DVector::from_column_slice(x) - &self.mean;
        let velocity = &self.mean_rate + &self.gradient * y;
        numbers.extend(velocity.iter());
        numbers.push(self.gradient.trace());
    }
}
