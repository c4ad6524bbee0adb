//! The smaller of JᵀJ and JJᵀ, its Cholesky factors and its spectrum.

use super::{DirectionError, Jacobian};
use crate::num::{Mat, Spectrum, cholesky_in_place, gram, norm, solve_cholesky};

/// Which of the two Gram matrices is used; both lead to the same δ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The matrix JᵀJ, P×P.
    Params,
    /// The matrix JJᵀ, N×N.
    Residuals,
}

/// Memory for Gram matrices and their factors, reused from step to step.
#[derive(Clone, Debug)]
pub struct DirectionWorkspace {
    /// Lower triangle of JᵀJ or JJᵀ.
    gram: Mat<f64>,
    factor: Mat<f64>,
}

impl Default for DirectionWorkspace {
    fn default() -> DirectionWorkspace {
        DirectionWorkspace { gram: Mat::new(), factor: Mat::new() }
    }
}

/// The Gram matrix A = JᵀJ or JJᵀ at one θ.
pub(super) struct GramMatrix<'a> {
    jacobian: Jacobian<'a>,
    side: Side,
    memory: &'a mut DirectionWorkspace,
    /// The λ of the factor in memory.
    factored: Option<f64>,
}

impl<'a> GramMatrix<'a> {
    /// # Cost
    /// P²N flops on the side of the parameters, N²P on that of the residuals.
    pub fn new(jacobian: Jacobian<'a>, side: Side, memory: &'a mut DirectionWorkspace) -> GramMatrix<'a> {
        let transposed = jacobian.transposed();
        let columns = match side {
            Side::Params => transposed.transpose(),
            Side::Residuals => transposed,
        };
        let n = columns.ncols();
        if memory.gram.nrows() != n {
            *memory = DirectionWorkspace { gram: Mat::zeros(n, n), factor: Mat::zeros(n, n) };
        }
        gram(columns, memory.gram.as_mut());
        GramMatrix { jacobian, side, memory, factored: None }
    }

    /// Trace of A, the squared Frobenius norm of J.
    pub fn trace(&self) -> f64 {
        (0..self.memory.gram.nrows()).map(|i| self.memory.gram[(i, i)]).sum()
    }

    /// The spectrum of A; `None` if A is not finite.
    pub fn spectrum(&self) -> Option<Spectrum> {
        Spectrum::new(self.memory.gram.as_ref())
    }

    /// Right-hand side of the equation of A for residuals b.
    pub fn right(&self, b: &[f64]) -> Vec<f64> {
        match self.side {
            Side::Params => self.jacobian.transpose_times(b),
            Side::Residuals => b.to_vec(),
        }
    }

    /// The direction δ from the solution of the equation of A.
    pub fn direction(&self, solution: Vec<f64>) -> Vec<f64> {
        let mut delta = match self.side {
            Side::Params => solution,
            Side::Residuals => self.jacobian.transpose_times(&solution),
        };
        delta.iter_mut().for_each(|v| *v = -*v);
        delta
    }

    /// The squared length |δ|² from the coefficients of the right-hand side of A in the basis of
    /// eigenvectors.
    pub fn square_length(&self, values: &[f64], coefficients: &[f64], lambda: f64) -> f64 {
        let term = |(value, c): (&f64, &f64)| {
            let solution = c / (value.max(0.0) + lambda);
            let gain = if self.side == Side::Residuals { value.max(0.0) } else { 1.0 };
            gain * solution * solution
        };
        values.iter().zip(coefficients).map(term).sum()
    }

    /// The direction δ by Cholesky of A + λI, and the backward error of the solve. The factor stays
    /// for the same λ.
    ///
    /// # Cost
    /// n³/3 flops for a new λ, 4n² after that.
    pub fn solve(&mut self, lambda: f64, b: &[f64]) -> Result<(Vec<f64>, f64), DirectionError> {
        let right = self.right(b);
        if self.factored != Some(lambda) {
            self.factored = None;
            let DirectionWorkspace { gram, factor } = &mut *self.memory;
            factor.copy_from(&*gram);
            (0..factor.nrows()).for_each(|i| factor[(i, i)] += lambda);
            cholesky_in_place(factor.as_mut()).map_err(DirectionError::Pivot)?;
            self.factored = Some(lambda);
        }
        let mut solution = right.clone();
        solve_cholesky(self.memory.factor.as_ref(), &mut solution);
        let error = self.backward_error(lambda, &solution, &right);
        Ok((self.direction(solution), error))
    }

    /// Backward error |(A + λI)x − b| / (tr(A + λI)·|x| + |b|). The trace bounds the largest
    /// eigenvalue.
    pub fn backward_error(&self, lambda: f64, x: &[f64], b: &[f64]) -> f64 {
        let lower = &self.memory.gram;
        let mut left: Vec<f64> = x.iter().zip(b).map(|(x, b)| lambda * x - b).collect();
        for j in 0..x.len() {
            let column = &lower.col_as_slice(j)[j..];
            left[j] += column[0] * x[j];
            let mut below = 0.0;
            for (i, a) in column.iter().enumerate().skip(1) {
                left[j + i] += a * x[j];
                below += a * x[j + i];
            }
            left[j] += below;
        }
        let size = (self.trace() + x.len() as f64 * lambda) * norm(x) + norm(b);
        if size == 0.0 { 0.0 } else { norm(&left) / size }
    }
}
