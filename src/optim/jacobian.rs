//! J at one θ: a matrix in memory, or the problem's products with it.

use super::{LeastSquares, Linearisation};
use crate::num::{MatRef, times, transpose_times};

/// r and J at one θ.
#[derive(Clone, Copy)]
pub enum Jacobian<'a> {
    /// Every entry is there.
    Matrix(&'a Linearisation),
    /// Only products: no memory but r.
    Products {
        /// The problem that makes them.
        problem: &'a dyn LeastSquares,
        /// Where.
        theta: &'a [f64],
        /// r there.
        residuals: &'a [f64],
    },
}

impl<'a> Jacobian<'a> {
    /// r.
    pub fn residuals(&self) -> &'a [f64] {
        match *self {
            Jacobian::Matrix(lin) => &lin.residuals,
            Jacobian::Products { residuals, .. } => residuals,
        }
    }

    /// J·v.
    ///
    /// # Panics
    /// If v is not as long as θ.
    pub fn times(&self, v: &[f64]) -> Vec<f64> {
        match *self {
            Jacobian::Matrix(lin) => transpose_times(lin.transposed(), v),
            Jacobian::Products { problem, theta, .. } => problem.jacobian_times(theta, v),
        }
    }

    /// Jᵀ·u.
    ///
    /// # Panics
    /// If u is not as long as r.
    pub fn transpose_times(&self, u: &[f64]) -> Vec<f64> {
        match *self {
            Jacobian::Matrix(lin) => times(lin.transposed(), u),
            Jacobian::Products { problem, theta, .. } => problem.transpose_times(theta, u),
        }
    }

    /// Jᵀ as a matrix.
    ///
    /// # Panics
    /// If there are only products.
    pub(super) fn transposed(&self) -> MatRef<'a, f64> {
        match *self {
            Jacobian::Matrix(lin) => lin.transposed(),
            Jacobian::Products { .. } => {
                panic!("this direction needs J as a matrix; conjugate gradients do not")
            }
        }
    }
}
