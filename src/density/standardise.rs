//! An affine change of variables that brings a target to location 0 and scale 1.

use super::density_error::DensityError;
use super::refusal::Refusal;
use super::target::Target;
use nalgebra::{DMatrix, DVector};

/// The target in u, where x = location + L·u and L is lower triangular with a positive diagonal.
///
/// log ρ_u(u) = log ρ(x) + log det L, so Z is unchanged; score_u = Lᵀ score_x; Δ_u = tr(Lᵀ ∇²L), which the
/// target has if it has a Laplacian. NaN and ±inf pass through.
///
/// # Cost
/// d²/2 multiply-adds per point for a full L, d for a diagonal one, on top of the target's.
pub struct Standardised<'a> {
    target: &'a dyn Target,
    location: DVector<f64>,
    scale: Scale,
    log_det: f64,
}

/// L by its structure.
#[derive(Clone, Debug)]
enum Scale {
    Multiple(f64),
    Diagonal(DVector<f64>),
    Lower(DMatrix<f64>),
}

/// Why a location and a factor make no change of variables.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StandardiseError {
    /// An entry of the location is NaN or infinite.
    #[error("the location of coordinate {index} is {value}; give a finite number")]
    Location {
        /// The coordinate, from 0.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// An entry of the diagonal of L is not positive and finite.
    #[error("the scale of coordinate {index} is {value}; give a positive, finite number")]
    Scale {
        /// The coordinate, from 0.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// An entry above the diagonal is not 0, or one below is NaN or infinite.
    #[error(
        "entry ({row}, {col}) of the scale is {value}; give a finite, lower triangular matrix, \
         such as a Cholesky factor"
    )]
    NotLowerTriangular {
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        col: usize,
        /// The entry.
        value: f64,
    },
}

impl<'a> Standardised<'a> {
    /// The change of variables with a lower triangular L.
    ///
    /// # Errors
    /// Each case of [`StandardiseError`], with the datum.
    ///
    /// # Panics
    /// If `location` or `factor` has another dimension than the target.
    #[track_caller]
    pub fn new(
        target: &'a dyn Target,
        location: DVector<f64>,
        factor: DMatrix<f64>,
    ) -> Result<Standardised<'a>, StandardiseError> {
        let d = target.dim();
        assert_eq!(factor.shape(), (d, d), "the factor must be d×d for the target's dimension");
        for row in 0..d {
            for col in 0..d {
                let value = factor[(row, col)];
                if (col > row && value != 0.0) || (col != row && !value.is_finite()) {
                    return Err(StandardiseError::NotLowerTriangular { row, col, value });
                }
            }
        }
        let diagonal = factor.diagonal();
        let is_diagonal = (0..d).all(|row| (0..row).all(|col| factor[(row, col)] == 0.0));
        let mut standardised = Standardised::diagonal(target, location, diagonal)?;
        if !is_diagonal {
            standardised.scale = Scale::Lower(factor);
        }
        Ok(standardised)
    }

    /// The change of variables with L = diag(scales).
    ///
    /// # Errors
    /// As [`Standardised::new`].
    ///
    /// # Panics
    /// If `location` or `scales` has another length than the target's dimension.
    #[track_caller]
    pub fn diagonal(
        target: &'a dyn Target,
        location: DVector<f64>,
        scales: DVector<f64>,
    ) -> Result<Standardised<'a>, StandardiseError> {
        let d = target.dim();
        assert_eq!(location.len(), d, "the location must have the target's dimension");
        assert_eq!(scales.len(), d, "the scales must have the target's dimension");
        if let Some((index, &value)) = location.iter().enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(StandardiseError::Location { index, value });
        }
        if let Some((index, &value)) = scales.iter().enumerate().find(|(_, v)| !(v.is_finite() && **v > 0.0))
        {
            return Err(StandardiseError::Scale { index, value });
        }
        let log_det = scales.iter().map(|&s| libm::log(s)).sum();
        let equal = scales.iter().all(|s| *s == scales[0]);
        let scale = if equal { Scale::Multiple(scales[0]) } else { Scale::Diagonal(scales) };
        Ok(Standardised { target, location, scale, log_det })
    }

    /// log det L, nats.
    pub fn log_det(&self) -> f64 {
        self.log_det
    }

    /// x = location + L·u for one point.
    ///
    /// # Panics
    /// If a length is not d.
    #[track_caller]
    pub fn to_target(&self, u: &[f64], x: &mut [f64]) {
        self.check_lengths(u, x);
        for i in 0..x.len() {
            let scaled = match &self.scale {
                Scale::Multiple(s) => s * u[i],
                Scale::Diagonal(s) => s[i] * u[i],
                Scale::Lower(l) => (0..=i).map(|j| l[(i, j)] * u[j]).sum(),
            };
            x[i] = self.location[i] + scaled;
        }
    }

    /// u = L⁻¹ (x − location) for one point.
    ///
    /// # Panics
    /// If a length is not d.
    #[track_caller]
    pub fn from_target(&self, x: &[f64], u: &mut [f64]) {
        self.check_lengths(x, u);
        for i in 0..u.len() {
            let centred = x[i] - self.location[i];
            u[i] = match &self.scale {
                Scale::Multiple(s) => centred / s,
                Scale::Diagonal(s) => centred / s[i],
                Scale::Lower(l) => (centred - (0..i).map(|j| l[(i, j)] * u[j]).sum::<f64>()) / l[(i, i)],
            };
        }
    }

    /// An error met in u, told with the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        let mut at = error.at.clone();
        self.to_target(&error.at, &mut at);
        DensityError { at, ..error }
    }

    #[track_caller]
    fn check_lengths(&self, a: &[f64], b: &[f64]) {
        let d = self.location.len();
        assert!(
            a.len() == d && b.len() == d,
            "points of {} and {} numbers in dimension {d}",
            a.len(),
            b.len()
        );
    }

    fn all_to_target(&self, points: &[f64]) -> Vec<f64> {
        let d = self.location.len();
        let mut out = vec![0.0; points.len()];
        points.chunks_exact(d).zip(out.chunks_exact_mut(d)).for_each(|(u, x)| self.to_target(u, x));
        out
    }

    /// Lᵀ·score in place; row i of the result reads entries from i on only.
    fn pull_back(&self, score: &mut [f64]) {
        for i in 0..score.len() {
            score[i] = match &self.scale {
                Scale::Multiple(s) => s * score[i],
                Scale::Diagonal(s) => s[i] * score[i],
                Scale::Lower(l) => (i..score.len()).map(|j| l[(j, i)] * score[j]).sum(),
            };
        }
    }
}

impl Target for Standardised<'_> {
    fn dim(&self) -> usize {
        self.location.len()
    }

    fn names(&self) -> Vec<String> {
        self.target.names()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        self.target.values(&self.all_to_target(points), values)?;
        values.iter_mut().for_each(|v| *v += self.log_det);
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        self.target.values_and_scores(&self.all_to_target(points), values, scores)?;
        values.iter_mut().for_each(|v| *v += self.log_det);
        scores.chunks_exact_mut(self.location.len()).for_each(|score| self.pull_back(score));
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        self.target.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        let root = match &self.scale {
            Scale::Multiple(s) => root * *s,
            Scale::Diagonal(s) => DMatrix::from_diagonal(s) * root,
            Scale::Lower(l) => l * root,
        };
        self.target.laplacians(&self.all_to_target(points), &root, laplacians)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{gauss, gmm_unequal};

    fn lower() -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &[1.5, 0.0, -0.7, 0.6])
    }

    fn shift() -> DVector<f64> {
        DVector::from_vec(vec![0.4, -1.1])
    }

    #[test]
    fn scores_are_the_slopes_of_values() {
        let target = gmm_unequal();
        let diagonal = DMatrix::from_diagonal(&DVector::from_vec(vec![2.0, 0.3]));
        for factor in [lower(), diagonal, DMatrix::from_diagonal_element(2, 2, 1.7)] {
            let ours = Standardised::new(&target, shift(), factor).unwrap();
            let u = [0.8, -0.5];
            let (mut value, mut score) = ([0.0], [0.0; 2]);
            ours.values_and_scores(&u, &mut value, &mut score).unwrap();
            for i in 0..2 {
                let at = |step: f64| {
                    let (mut v, mut w) = (u, [0.0]);
                    v[i] += step;
                    ours.values(&v, &mut w).unwrap();
                    w[0]
                };
                let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                // Step² times a third derivative below 100, and ε/step.
                assert!((score[i] - slope).abs() < 1e-8 * (1.0 + slope.abs()), "{} {slope}", score[i]);
            }
        }
    }

    /// The Gaussian standardised by its own factor is the standard normal with the same Z.
    #[test]
    fn z_is_unchanged() {
        let target = gauss(5);
        let ours = Standardised::new(&target, target.mean().clone(), target.factor().clone()).unwrap();
        let u = [0.3, -1.2, 0.8, 2.0, -0.1];
        let mut value = [0.0];
        ours.values(&u, &mut value).unwrap();
        let normal = -0.5 * u.iter().map(|u| u * u).sum::<f64>()
            - 2.5 * libm::log(2.0 * std::f64::consts::PI)
            + target.log_integral();
        assert!((value[0] - normal).abs() < 1e-13, "{} {normal}", value[0]);
    }

    #[test]
    fn there_and_back() {
        let target = gmm_unequal();
        let ours = Standardised::new(&target, shift(), lower()).unwrap();
        let (u, mut x, mut back) = ([0.8, -0.5], [0.0; 2], [0.0; 2]);
        ours.to_target(&u, &mut x);
        assert!((x[0] - 1.6).abs() < 1e-15 && (x[1] + 1.96).abs() < 1e-15);
        ours.from_target(&x, &mut back);
        assert!(u.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn laplacians_are_the_divergence_of_scores() {
        let target = gmm_unequal();
        let diagonal = DMatrix::from_diagonal(&DVector::from_vec(vec![2.0, 0.3]));
        for factor in [lower(), diagonal, DMatrix::from_diagonal_element(2, 2, 1.7)] {
            let ours = Standardised::new(&target, shift(), factor).unwrap();
            let u = [0.8, -0.5];
            let mut laplacian = [0.0];
            ours.laplacians(&u, &DMatrix::identity(2, 2), &mut laplacian).unwrap();
            let slope = |i: usize| {
                let at = |step: f64| {
                    let (mut v, mut w, mut s) = (u, [0.0], [0.0; 2]);
                    v[i] += step;
                    ours.values_and_scores(&v, &mut w, &mut s).unwrap();
                    s[i]
                };
                (at(1e-5) - at(-1e-5)) / 2e-5
            };
            let divergence = slope(0) + slope(1);
            assert!(
                (laplacian[0] - divergence).abs() < 1e-8 * (1.0 + divergence.abs()),
                "{laplacian:?} {divergence}"
            );
        }
    }

    #[test]
    fn bad_factors_are_named() {
        let target = gauss(2);
        let error = |entries: &[f64]| {
            Standardised::new(&target, shift(), DMatrix::from_row_slice(2, 2, entries)).err().unwrap()
        };
        let above = StandardiseError::NotLowerTriangular { row: 0, col: 1, value: 0.5 };
        assert_eq!(error(&[1.0, 0.5, 0.5, 1.0]), above);
        assert_eq!(error(&[1.0, 0.0, 0.5, -1.0]), StandardiseError::Scale { index: 1, value: -1.0 });
    }
}
