//! A Gaussian with full covariance.

use super::log_density::LogDensity;
use crate::num::{Mat, NonPositivePivot, Scalar, Stream, cholesky_in_place};
use nalgebra::{DMatrix, DVector};

/// The Gaussian log ρ(x) = log Z − ½ (x − m)ᵀ C⁻¹ (x − m) − ½ d log 2π − ½ log det C.
///
/// It is normalised (log Z = 0) unless [`Gaussian::with_log_z`] says otherwise. The quadratic form
/// uses the inverse of the Cholesky factor C = L·Lᵀ, which is computed once.
///
/// # Cost
/// d²/2 multiply-adds of scalars per point.
#[derive(Clone, Debug)]
pub struct Gaussian {
    mean: DVector<f64>,
    factor: DMatrix<f64>,
    /// Row i of L⁻¹: its first i + 1 entries.
    whitening: Vec<Vec<f64>>,
    /// The weight −½ of each square.
    halves: Vec<f64>,
    /// log ρ at the mean, nats.
    peak: f64,
    log_z: f64,
}

/// Why a mean and a covariance do not define a Gaussian.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GaussianError {
    /// The covariance is not square.
    #[error("the covariance is {rows}×{cols}; give a square matrix")]
    NotSquare {
        /// The number of its rows.
        rows: usize,
        /// The number of its columns.
        cols: usize,
    },
    /// The mean and the covariance have different dimensions, or dimension 0.
    #[error(
        "the mean has {mean} entries and the covariance {covariance} rows; give both the same, \
         at least 1"
    )]
    Dimensions {
        /// The length of the mean.
        mean: usize,
        /// The number of rows of the covariance.
        covariance: usize,
    },
    /// An entry of the mean (column 0) or the covariance is NaN or infinite.
    #[error("entry ({row}, {col}) of the mean or covariance is {value}; give finite numbers")]
    NotFinite {
        /// The row of the entry, from 0.
        row: usize,
        /// The column of the entry, from 0.
        col: usize,
        /// The value of the entry.
        value: f64,
    },
    /// Two entries across the diagonal differ by more than 1e-12 of their scale.
    #[error(
        "covariance entries ({row}, {col}) and ({col}, {row}) differ by {difference:e}; use ½ \
         (C + Cᵀ)"
    )]
    NotSymmetric {
        /// Row of the entry below the diagonal, from 0.
        row: usize,
        /// The column of the entry, from 0.
        col: usize,
        /// Entry (row, col) − entry (col, row).
        difference: f64,
    },
    /// A pivot of the Cholesky factor is not positive.
    #[error(
        "the covariance is not positive definite (pivot {index}); look for coordinates that \
         determine each other"
    )]
    NotPositiveDefinite {
        /// The pivot's column, from 0.
        index: usize,
    },
}

impl Gaussian {
    /// The normalised Gaussian with this mean and covariance.
    ///
    /// # Errors
    /// Each case of [`GaussianError`], with the datum.
    ///
    /// # Cost
    /// 2d³/3 flops.
    pub fn new(mean: DVector<f64>, covariance: &DMatrix<f64>) -> Result<Gaussian, GaussianError> {
        check(&mean, covariance)?;
        let factor = cholesky(covariance)
            .map_err(|NonPositivePivot { index }| GaussianError::NotPositiveDefinite { index })?;
        let whitening = inverse_rows(&factor);
        let halves = vec![-0.5; mean.len()];
        let mut gaussian = Gaussian { mean, factor, whitening, halves, peak: 0.0, log_z: 0.0 };
        gaussian.peak = -gaussian.log_integral();
        Ok(gaussian)
    }

    /// The same distribution with ρ multiplied so that its integral is e^log_z.
    pub fn with_log_z(self, log_z: f64) -> Gaussian {
        // Written so that log_z = log_integral() gives a peak of exactly 0.
        Gaussian { peak: log_z - self.log_integral(), log_z, ..self }
    }

    /// ½ d log 2π + ½ log det C, which is log ∫ exp(−½ (x − m)ᵀ C⁻¹ (x − m)) dx, nats.
    pub fn log_integral(&self) -> f64 {
        let d = self.mean.len() as f64;
        let half_log_det: f64 = self.factor.diagonal().iter().map(|&l| libm::log(l)).sum();
        0.5 * d * libm::log(2.0 * std::f64::consts::PI) + half_log_det
    }

    /// log Z, nats: 0 unless [`Gaussian::with_log_z`] said otherwise.
    pub fn log_z(&self) -> f64 {
        self.log_z
    }

    /// The mean m, d numbers.
    pub fn mean(&self) -> &DVector<f64> {
        &self.mean
    }

    /// The lower triangular L of the covariance L·Lᵀ.
    pub fn factor(&self) -> &DMatrix<f64> {
        &self.factor
    }

    /// The covariance C = L·Lᵀ, d×d.
    pub fn covariance(&self) -> DMatrix<f64> {
        &self.factor * self.factor.transpose()
    }

    /// log ρ(x), with a workspace that many components share; its contents are overwritten.
    pub(super) fn log_density_within<S: Scalar>(&self, x: &[S], room: &mut Vec<S>) -> S {
        assert_eq!(x.len(), self.mean.len(), "a point of the wrong dimension");
        room.clear();
        room.extend(x.iter().zip(self.mean.as_slice()).map(|(x, m)| x.clone() - *m));
        // L⁻¹ is lower triangular. From the last row up, each square can replace the coordinate
        // that is no longer read.
        for (i, row) in self.whitening.iter().enumerate().rev() {
            room[i] = S::weighted_sum(row, &room[..=i]).square();
        }
        S::weighted_sum(&self.halves, room) + self.peak
    }

    /// Writes one draw m + L·z to `x`, with z standard normal.
    pub(super) fn draw_into(&self, stream: &mut Stream, x: &mut [f64]) {
        stream.fill_normal(x);
        for i in (0..x.len()).rev() {
            let sum: f64 = (0..=i).map(|j| self.factor[(i, j)] * x[j]).sum();
            x[i] = self.mean[i] + sum;
        }
    }
}

impl LogDensity for Gaussian {
    fn dim(&self) -> usize {
        self.mean.len()
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        self.log_density_within(x, &mut Vec::with_capacity(x.len()))
    }
}

fn check(mean: &DVector<f64>, covariance: &DMatrix<f64>) -> Result<(), GaussianError> {
    let (rows, cols) = covariance.shape();
    if rows != cols {
        return Err(GaussianError::NotSquare { rows, cols });
    }
    if mean.len() != rows || rows == 0 {
        return Err(GaussianError::Dimensions { mean: mean.len(), covariance: rows });
    }
    for row in 0..rows {
        finite(row, 0, mean[row])?;
        for col in 0..cols {
            finite(row, col, covariance[(row, col)])?;
        }
    }
    for row in 0..rows {
        for col in 0..row {
            let difference = covariance[(row, col)] - covariance[(col, row)];
            // This allows for the rounding of a product like A·Aᵀ in either order, relative to the
            // scale of the two coordinates.
            let scale = (covariance[(row, row)] * covariance[(col, col)]).abs().sqrt();
            if difference.abs() > 1e-12 * scale {
                return Err(GaussianError::NotSymmetric { row, col, difference });
            }
        }
    }
    Ok(())
}

fn finite(row: usize, col: usize, value: f64) -> Result<(), GaussianError> {
    if value.is_finite() { Ok(()) } else { Err(GaussianError::NotFinite { row, col, value }) }
}

fn cholesky(covariance: &DMatrix<f64>) -> Result<DMatrix<f64>, NonPositivePivot> {
    let n = covariance.nrows();
    let mut work = Mat::from_fn(n, n, |i, j| covariance[(i, j)]);
    cholesky_in_place(work.as_mut())?;
    Ok(DMatrix::from_fn(n, n, |i, j| if i >= j { work[(i, j)] } else { 0.0 }))
}

/// The rows of L⁻¹ up to the diagonal, by forward substitution.
fn inverse_rows(factor: &DMatrix<f64>) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for i in 0..factor.nrows() {
        let pivot = factor[(i, i)];
        let entry = |j: usize| -> f64 { (j..i).map(|k| factor[(i, k)] * rows[k][j]).sum() };
        let mut row: Vec<f64> = (0..i).map(|j| -entry(j) / pivot).collect();
        row.push(1.0 / pivot);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Target;

    fn tilted() -> Gaussian {
        let covariance = DMatrix::from_row_slice(3, 3, &[2.0, 0.6, -0.3, 0.6, 1.0, 0.4, -0.3, 0.4, 0.7]);
        Gaussian::new(DVector::from_vec(vec![0.5, -1.0, 2.0]), &covariance).unwrap()
    }

    #[test]
    fn density_and_score_are_the_quadratic_form() {
        let gaussian = tilted();
        let x = DVector::from_vec(vec![1.3, 0.2, -0.7]);
        let covariance = gaussian.covariance();
        let precision = covariance.clone().try_inverse().unwrap();
        let centred = &x - gaussian.mean();
        let exact = -0.5 * (centred.transpose() * &precision * &centred)[0]
            - 0.5 * (covariance.determinant() * (2.0 * std::f64::consts::PI).powi(3)).ln();
        let (mut value, mut score, mut laplacian) = ([0.0], [0.0; 3], [0.0]);
        gaussian.values_and_scores(x.as_slice(), &mut value, &mut score).unwrap();
        gaussian.laplacians(x.as_slice(), &DMatrix::identity(3, 3), &mut laplacian).unwrap();
        // Condition number 10, three terms: 1e-13 is 40 times the rounding to expect.
        assert!((value[0] - exact).abs() < 1e-13);
        assert!((DVector::from_row_slice(&score) + &precision * centred).norm() < 1e-13);
        assert!((laplacian[0] + precision.trace()).abs() < 1e-13);
    }

    #[test]
    fn bad_covariances_are_named() {
        let mean = || DVector::from_vec(vec![0.0, 0.0]);
        let matrix = |entries: &[f64]| DMatrix::from_row_slice(2, 2, entries);
        let error = |entries: &[f64]| Gaussian::new(mean(), &matrix(entries)).unwrap_err();
        let wide = DMatrix::zeros(2, 3);
        assert_eq!(Gaussian::new(mean(), &wide).unwrap_err(), GaussianError::NotSquare { rows: 2, cols: 3 });
        let big = DMatrix::identity(3, 3);
        let expected = GaussianError::Dimensions { mean: 2, covariance: 3 };
        assert_eq!(Gaussian::new(mean(), &big).unwrap_err(), expected);
        assert_eq!(
            error(&[1.0, 0.5, 0.25, 1.0]),
            GaussianError::NotSymmetric { row: 1, col: 0, difference: -0.25 }
        );
        assert_eq!(error(&[1.0, 2.0, 2.0, 1.0]), GaussianError::NotPositiveDefinite { index: 1 });
        assert!(matches!(error(&[1.0, f64::NAN, 0.0, 1.0]), GaussianError::NotFinite { row: 0, col: 1, .. }));
    }
}
