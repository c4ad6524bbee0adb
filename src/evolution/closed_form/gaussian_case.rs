//! A Gaussian target without any symmetry, for which every built-in evolution has a closed form.

use crate::evolution::annealing_path::AnnealingPath;
use crate::evolution::prior::log_prior;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// The case from N(0, I) to the unnormalised Gaussian `log ρ = level − ½ (x − m)ᵀ Σ⁻¹ (x − m)` with
/// Σ = LLᵀ.
#[derive(Clone, Debug)]
pub struct GaussianCase {
    mean: DVector<f64>,
    root: DMatrix<f64>,
    precision: DMatrix<f64>,
    level: f64,
}

impl GaussianCase {
    /// A case in dimension `dim` with a full covariance, a mean and a level without any symmetry.
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

    /// Dimension d of the target.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// Mean m of the target.
    pub fn mean(&self) -> &DVector<f64> {
        &self.mean
    }

    /// The root L of the covariance, lower triangular, d×d.
    pub fn root(&self) -> &DMatrix<f64> {
        &self.root
    }

    /// Precision matrix Σ⁻¹ of the target, d×d.
    pub fn precision(&self) -> &DMatrix<f64> {
        &self.precision
    }

    /// Covariance matrix Σ = LLᵀ of the target, d×d.
    pub fn covariance(&self) -> DMatrix<f64> {
        &self.root * self.root.transpose()
    }

    /// f(Σ): the matrix with the eigenvectors of Σ and f of its eigenvalues.
    pub(in crate::evolution) fn spectral(&self, f: impl Fn(f64) -> f64) -> DMatrix<f64> {
        let eigen = self.covariance().symmetric_eigen();
        let values = DMatrix::from_diagonal(&eigen.eigenvalues.map(f));
        &eigen.eigenvectors * values * eigen.eigenvectors.transpose()
    }

    /// Exact log Z = level + ½ d log 2π + log det L, nats.
    pub fn log_z(&self) -> f64 {
        let log_det: f64 = self.root.diagonal().iter().map(|v| libm::log(*v)).sum();
        self.level + 0.5 * self.dim() as f64 * libm::log(2.0 * PI) + log_det
    }

    /// Data of a collocation point: [log ρ, ∇log ρ, Δlog ρ], 2 + d numbers.
    pub fn data(&self, x: &[f64]) -> Vec<f64> {
        let y = DVector::from_column_slice(x) - &self.mean;
        let score = -(&self.precision * &y);
        let mut data = vec![self.level + 0.5 * y.dot(&score)];
        data.extend(score.iter());
        data.push(-self.precision.trace());
        data
    }

    /// Returns (A, ∂A/∂t, ∇A, ΔA) of A = (1 − b) log p_prior + b(log ρ − log Z).
    pub(in crate::evolution) fn annealed(
        &self,
        path: &dyn AnnealingPath,
        t: f64,
        x: &[f64],
    ) -> (f64, f64, DVector<f64>, f64) {
        let data = self.data(x);
        let (prior, target) = (log_prior(x), data[0] - self.log_z());
        let (b, db_dt) = path.share(t);
        let gradient = DVector::from_fn(x.len(), |i, _| -(1.0 - b) * x[i] + b * data[1 + i]);
        let laplacian = -(1.0 - b) * x.len() as f64 + b * data[1 + x.len()];
        ((1.0 - b) * prior + b * target, db_dt * (target - prior), gradient, laplacian)
    }

    /// Returns d/dt log Z_t on the annealing path, the derivative of log Z_b = const(b) + ½b²pᵀCp −
    /// ½ log det Λ + ½d log 2π with Λ = (1 − b)I + bΣ⁻¹, C = Λ⁻¹ and p = Σ⁻¹m.
    pub(in crate::evolution) fn annealed_rate(&self, path: &dyn AnnealingPath, t: f64) -> f64 {
        let d = self.dim();
        let (b, db_dt) = path.share(t);
        let pull = &self.precision * &self.mean;
        let lambda = DMatrix::identity(d, d) * (1.0 - b) + &self.precision * b;
        let lambda_rate = &self.precision - DMatrix::identity(d, d);
        let covariance = lambda.cholesky().expect("a sum of positive definite matrices").inverse();
        let mean = &covariance * &pull * b;
        let constant = 0.5 * d as f64 * libm::log(2.0 * PI) + self.level - 0.5 * self.mean.dot(&pull);
        let quadratic = pull.dot(&mean) - 0.5 * mean.dot(&(&lambda_rate * &mean));
        db_dt * (constant + quadratic - 0.5 * (&covariance * &lambda_rate).trace())
    }
}
