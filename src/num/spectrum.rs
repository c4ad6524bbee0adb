//! Eigenvalues and eigenvectors of a symmetric matrix.

use super::{Mat, MatRef};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd;
use faer::{Col, Par};

/// The spectral decomposition A = V diag(values) Vᵀ; the columns of V are orthonormal.
#[derive(Clone, Debug)]
pub struct Spectrum {
    /// The n eigenvalues in ascending order.
    pub values: Vec<f64>,
    /// The eigenvectors: column k of V belongs to eigenvalue k.
    pub vectors: Mat<f64>,
}

impl Spectrum {
    /// Decomposes the symmetric matrix whose lower triangle is given. `None` if the iteration does
    /// not converge, as with NaN.
    ///
    /// # Panics
    /// If the matrix is not square.
    ///
    /// # Cost
    /// About 9n³ flops. The work is sequential, so the bits do not depend on the number of threads.
    pub fn new(lower: MatRef<'_, f64>) -> Option<Spectrum> {
        let n = lower.nrows();
        assert_eq!(n, lower.ncols(), "a symmetric matrix is square");
        let mut values = Col::<f64>::zeros(n);
        let mut vectors = Mat::zeros(n, n);
        let need = evd::self_adjoint_evd_scratch::<f64>(
            n,
            evd::ComputeEigenvectors::Yes,
            Par::Seq,
            Default::default(),
        );
        let mut buffer = MemBuffer::new(need);
        evd::self_adjoint_evd(
            lower,
            values.as_diagonal_mut(),
            Some(vectors.as_mut()),
            Par::Seq,
            MemStack::new(&mut buffer),
            Default::default(),
        )
        .ok()?;
        let values: Vec<f64> = (0..n).map(|i| values[i]).collect();
        values.iter().all(|v| v.is_finite()).then_some(Spectrum { values, vectors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rebuilds_an_asymmetric_case_from_its_lower_triangle() {
        let lower = Mat::from_fn(5, 5, |i, j| if i >= j { 1.0 + (i * 3 + j) as f64 } else { f64::NAN });
        let Spectrum { values, vectors } = Spectrum::new(lower.as_ref()).unwrap();
        assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        for i in 0..5 {
            for j in 0..=i {
                let sum: f64 = (0..5).map(|k| vectors[(i, k)] * values[k] * vectors[(j, k)]).sum();
                assert!((sum - lower[(i, j)]).abs() < 1e-12 * 60.0);
            }
        }
        assert!(values[0] < 0.0, "the case has a negative eigenvalue, so that a sign is seen");
    }
}
