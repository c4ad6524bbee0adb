//! A low-rank approximation of the kernel JJᵀ by the randomised Nyström method.

use super::{DirectionError, Jacobian};
use crate::num::{
    Mat, Purpose, Stream, cholesky_in_place, gram, multiply_in_parallel, solve_cholesky, solve_lower, times,
    transpose_times,
};

/// Rank per residual. A quarter makes the sketch cheaper than the kernel: 4NPk against N²P flops,
/// halved by symmetry.
const RANK_PER_RESIDUAL: f64 = 0.25;

/// The approximation JJᵀ ≈ FᵀF with F of k rows: F = L⁻¹Yᵀ, Y = JJᵀΩ + νΩ, ΩᵀY = LLᵀ, with Gaussian
/// Ω and ν of the size of the rounding (Tropp, Yurtsever, Udell & Cevher 2017, Alg. 3).
pub(super) struct Nystrom {
    /// The factor F, k×N.
    factor: Mat<f64>,
    /// Lower triangle of FFᵀ.
    inner: Mat<f64>,
}

impl Nystrom {
    /// Computes the approximation. The sketch is the same for every call with as many residuals.
    ///
    /// # Cost
    /// 4NPk + 3Nk² flops.
    pub fn new(jacobian: &Jacobian<'_>) -> Result<Nystrom, DirectionError> {
        let transposed = jacobian.transposed();
        let (p, n) = (transposed.nrows(), transposed.ncols());
        let rank = ((RANK_PER_RESIDUAL * n as f64).ceil() as usize).min(p);
        let mut stream = Stream::new(0, Purpose::Sketch, n as u64);
        let omega = Mat::from_fn(n, rank, |_, _| stream.normal());
        let mut through = Mat::zeros(p, rank);
        multiply_in_parallel(through.as_mut(), transposed, omega.as_ref());
        // Yᵀ becomes F in place.
        let mut factor = Mat::zeros(rank, n);
        multiply_in_parallel(factor.as_mut(), through.as_ref().transpose(), transposed);
        // The source uses √N·ε times the norm of Y; here tr(JJᵀ) replaces that norm.
        let shift = f64::EPSILON * (n as f64).sqrt() * transposed.squared_norm_l2();
        (0..n).for_each(|i| (0..rank).for_each(|j| factor[(j, i)] += shift * omega[(i, j)]));
        let mut core = Mat::zeros(rank, rank);
        multiply_in_parallel(core.as_mut(), factor.as_ref(), omega.as_ref());
        cholesky_in_place(core.as_mut()).map_err(DirectionError::Pivot)?;
        solve_lower(core.as_ref(), factor.as_mut());
        let mut inner = Mat::zeros(rank, rank);
        gram(factor.as_ref().transpose(), inner.as_mut());
        Ok(Nystrom { factor, inner })
    }

    /// The direction δ = −Jᵀ(FᵀF + λI)⁻¹b = −Jᵀ(b − Fᵀ(FFᵀ + λI)⁻¹Fb)/λ.
    pub fn solve(&self, jacobian: &Jacobian<'_>, lambda: f64, b: &[f64]) -> Result<Vec<f64>, DirectionError> {
        let mut small = times(self.factor.as_ref(), b);
        let mut inner = self.inner.clone();
        (0..inner.nrows()).for_each(|i| inner[(i, i)] += lambda);
        cholesky_in_place(inner.as_mut()).map_err(DirectionError::Pivot)?;
        solve_cholesky(inner.as_ref(), &mut small);
        let inside = transpose_times(self.factor.as_ref(), &small);
        let solution: Vec<f64> = b.iter().zip(&inside).map(|(b, i)| (i - b) / lambda).collect();
        Ok(jacobian.transpose_times(&solution))
    }
}
