//! An affine change of variables with a lower triangular matrix.

use super::change_of_variables::ChangeOfVariables;
use nalgebra::{DMatrix, DVector};

/// The map x = location + L·u, where L is lower triangular with a positive diagonal.
///
/// log |det| = Σ_i log L_ii. If L is a Cholesky factor of the covariance of a target, the map
/// brings the target to location 0 and scale 1.
///
/// # Cost
/// d²/2 multiply-adds per point for a full L, d for a diagonal one.
///
/// ```
/// use pushforward::coordinates::{Affine, ChangeOfVariables};
/// use pushforward::nalgebra::{DMatrix, DVector};
///
/// let scale = DMatrix::from_row_slice(2, 2, &[2.0, 0.0, 1.0, 0.5]);
/// let map = Affine::new(DVector::from_vec(vec![1.0, -1.0]), scale)?;
/// assert_eq!(map.forward_all(&[1.0, 4.0]), [3.0, 2.0]);
/// assert_eq!(map.inverse_all(&[3.0, 2.0]), [1.0, 4.0]);
/// assert_eq!(map.log_det(&[1.0, 4.0]), 0.0);
/// # Ok::<(), pushforward::coordinates::AffineError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Affine {
    location: DVector<f64>,
    scale: DMatrix<f64>,
    structure: Structure,
    log_det: f64,
}

/// The entries of L that are not 0: products with L read no others.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Structure {
    /// L is a multiple s·I of the identity.
    Multiple,
    /// L is diagonal and no multiple of the identity.
    Diagonal,
    /// L has entries below its diagonal.
    Lower,
}

/// Why a location and a matrix L do not define a change of variables.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AffineError {
    /// An entry of the location is NaN or infinite.
    #[error("the location of coordinate {index} is {value}; give a finite number")]
    Location {
        /// The coordinate, from 0.
        index: usize,
        /// The value of the location.
        value: f64,
    },
    /// An entry of the diagonal of L is not positive and finite.
    #[error("the scale of coordinate {index} is {value}; give a positive, finite number")]
    Scale {
        /// The coordinate, from 0.
        index: usize,
        /// The diagonal entry of L.
        value: f64,
    },
    /// An entry above the diagonal is not 0, or one below is NaN or infinite.
    #[error(
        "entry ({row}, {col}) of the scale is {value}; give a finite, lower triangular matrix, \
         such as a Cholesky factor"
    )]
    NotLowerTriangular {
        /// The row of the entry, from 0.
        row: usize,
        /// The column of the entry, from 0.
        col: usize,
        /// The value of the entry.
        value: f64,
    },
}

impl Affine {
    /// The map with a given location and lower triangular L = `scale`.
    ///
    /// # Errors
    /// Each case of [`AffineError`], with the datum.
    ///
    /// # Panics
    /// If `scale` is not d×d for a location of d numbers.
    #[track_caller]
    pub fn new(location: DVector<f64>, scale: DMatrix<f64>) -> Result<Affine, AffineError> {
        let d = location.len();
        assert_eq!(scale.shape(), (d, d), "the scale must be d×d for a location of d numbers");
        for row in 0..d {
            for col in 0..d {
                let value = scale[(row, col)];
                if (col > row && value != 0.0) || (col != row && !value.is_finite()) {
                    return Err(AffineError::NotLowerTriangular { row, col, value });
                }
            }
        }
        if let Some((index, &value)) = location.iter().enumerate().find(|(_, v)| !v.is_finite()) {
            return Err(AffineError::Location { index, value });
        }
        let diagonal = scale.diagonal();
        if let Some((index, &value)) =
            diagonal.iter().enumerate().find(|(_, v)| !(v.is_finite() && **v > 0.0))
        {
            return Err(AffineError::Scale { index, value });
        }
        let is_diagonal = (0..d).all(|row| (0..row).all(|col| scale[(row, col)] == 0.0));
        let structure = match is_diagonal {
            true if diagonal.iter().all(|s| *s == diagonal[0]) => Structure::Multiple,
            true => Structure::Diagonal,
            false => Structure::Lower,
        };
        let log_det = diagonal.iter().map(|&s| libm::log(s)).sum();
        Ok(Affine { location, scale, structure, log_det })
    }

    /// The identity x = u in `dim` coordinates.
    pub fn identity(dim: usize) -> Affine {
        let (location, scale) = (DVector::zeros(dim), DMatrix::identity(dim, dim));
        Affine { location, scale, structure: Structure::Multiple, log_det: 0.0 }
    }

    /// The point x of u = 0.
    pub fn location(&self) -> &DVector<f64> {
        &self.location
    }

    /// The lower triangular matrix L.
    pub fn scale(&self) -> &DMatrix<f64> {
        &self.scale
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
}

impl ChangeOfVariables for Affine {
    fn dim(&self) -> usize {
        self.location.len()
    }

    fn forward(&self, u: &[f64], x: &mut [f64]) {
        self.check_lengths(u, x);
        for i in 0..x.len() {
            let scaled = match self.structure {
                Structure::Lower => (0..=i).map(|j| self.scale[(i, j)] * u[j]).sum(),
                _ => self.scale[(i, i)] * u[i],
            };
            x[i] = self.location[i] + scaled;
        }
    }

    fn inverse(&self, x: &[f64], u: &mut [f64]) {
        self.check_lengths(x, u);
        for i in 0..u.len() {
            let centred = x[i] - self.location[i];
            let others = match self.structure {
                Structure::Lower => (0..i).map(|j| self.scale[(i, j)] * u[j]).sum::<f64>(),
                _ => 0.0,
            };
            u[i] = (centred - others) / self.scale[(i, i)];
        }
    }

    fn log_det(&self, _u: &[f64]) -> f64 {
        self.log_det
    }

    fn jacobian(&self, _u: &[f64]) -> DMatrix<f64> {
        self.scale.clone()
    }

    fn pull_back_score(&self, _u: &[f64], _x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
        self.check_lengths(score_x, score_u);
        for (i, score) in score_u.iter_mut().enumerate() {
            *score = match self.structure {
                Structure::Lower => (i..score_x.len()).map(|j| self.scale[(j, i)] * score_x[j]).sum(),
                _ => self.scale[(i, i)] * score_x[i],
            };
        }
    }

    fn pull_back_laplacian(
        &self,
        _u: &[f64],
        _x: &[f64],
        _root: &DMatrix<f64>,
        _score_x: &[f64],
        _laplacian: &mut f64,
    ) {
        // Second derivatives of x and of the constant log |det| are 0.
    }

    fn is_affine(&self) -> bool {
        true
    }

    fn push_forward(&self, _u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        match self.structure {
            Structure::Lower => &self.scale * root,
            _ => DMatrix::from_fn(root.nrows(), root.ncols(), |i, j| self.scale[(i, i)] * root[(i, j)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;

    fn lower() -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &[1.5, 0.0, -0.7, 0.6])
    }

    fn shift() -> DVector<f64> {
        DVector::from_vec(vec![0.4, -1.1])
    }

    #[test]
    fn every_structure_is_a_change_of_variables() {
        let diagonal = DMatrix::from_diagonal(&DVector::from_vec(vec![2.0, 0.3]));
        let cases = [
            (lower(), Structure::Lower),
            (diagonal, Structure::Diagonal),
            (DMatrix::from_diagonal_element(2, 2, 1.7), Structure::Multiple),
        ];
        for (scale, structure) in cases {
            let map = Affine::new(shift(), scale).unwrap();
            assert_eq!(map.structure, structure);
            assert_passes(&map, &[0.8, -0.5]);
        }
        assert_passes(&Affine::identity(3), &[0.8, -0.5, 1.4]);
    }

    #[test]
    fn points_and_log_det_of_the_closed_form() {
        let map = Affine::new(shift(), lower()).unwrap();
        let x = map.forward_all(&[0.8, -0.5]);
        assert!((x[0] - 1.6).abs() < 1e-15 && (x[1] + 1.96).abs() < 1e-15, "{x:?}");
        assert!((map.log_det(&[0.8, -0.5]) - libm::log(1.5 * 0.6)).abs() < 1e-15);
        let mut score = [0.0; 2];
        map.pull_back_score(&[0.8, -0.5], &x, &[2.0, -3.0], &mut score);
        assert!((score[0] - 5.1).abs() < 1e-15 && (score[1] + 1.8).abs() < 1e-15, "{score:?}");
    }

    #[test]
    fn bad_scales_are_named() {
        let error = |location: DVector<f64>, entries: &[f64]| {
            Affine::new(location, DMatrix::from_row_slice(2, 2, entries)).err().unwrap()
        };
        let above = AffineError::NotLowerTriangular { row: 0, col: 1, value: 0.5 };
        assert_eq!(error(shift(), &[1.0, 0.5, 0.5, 1.0]), above);
        assert_eq!(error(shift(), &[1.0, 0.0, 0.5, -1.0]), AffineError::Scale { index: 1, value: -1.0 });
        let nowhere = DVector::from_vec(vec![0.0, f64::INFINITY]);
        let location = AffineError::Location { index: 1, value: f64::INFINITY };
        assert_eq!(error(nowhere, &[1.0, 0.0, 0.5, 1.0]), location);
    }
}
