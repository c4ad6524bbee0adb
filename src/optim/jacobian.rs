//! J at one θ: a matrix in memory, or products with it.

use super::{LeastSquares, Linearisation};
use crate::num::{MatRef, times, transpose_times};

/// The residuals r and the Jacobian J at one θ.
#[derive(Clone, Copy)]
pub enum Jacobian<'a> {
    /// Every entry is in memory.
    Matrix(&'a Linearisation),
    /// Only products are available, and only r is in memory.
    Products {
        /// The problem that computes the products.
        problem: &'a dyn LeastSquares,
        /// The parameters θ of the linearisation.
        theta: &'a [f64],
        /// The residuals r at this θ.
        residuals: &'a [f64],
    },
}

impl<'a> Jacobian<'a> {
    /// The residuals r, N numbers.
    pub fn residuals(&self) -> &'a [f64] {
        match *self {
            Jacobian::Matrix(lin) => &lin.residuals,
            Jacobian::Products { residuals, .. } => residuals,
        }
    }

    /// The product J·v, N numbers.
    ///
    /// # Panics
    /// If v is not as long as θ.
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        match *self {
            Jacobian::Matrix(lin) => transpose_times(lin.transposed(), v),
            Jacobian::Products { problem, theta, .. } => problem.jacobian_times(theta, v),
        }
    }

    /// The product Jᵀ·u, P numbers.
    ///
    /// # Panics
    /// If u is not as long as r.
    pub fn transpose_times(&self, u: &[f64]) -> Vec<f64> {
        match *self {
            Jacobian::Matrix(lin) => times(lin.transposed(), u),
            Jacobian::Products { problem, theta, .. } => problem.transpose_times(theta, u),
        }
    }

    /// The transpose Jᵀ as a matrix, P×N.
    ///
    /// # Panics
    /// If only products are available.
    pub(super) fn transposed(&self) -> MatRef<'a, f64> {
        match *self {
            Jacobian::Matrix(lin) => lin.transposed(),
            Jacobian::Products { .. } => {
                panic!("this direction needs J as a matrix; conjugate gradients do not")
            }
        }
    }
}
