//! Coordinates in which a target is a product of independent factors and a Gaussian part.

use super::affine::Affine;
use super::change_of_variables::ChangeOfVariables;
use super::independent_factors::IndependentFactors;
use crate::density::{DensityError, Target, values};
use crate::evolution::log_prior;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;
use std::ops::Range;

/// Coordinates (y, z) of x = centre + matrix·(y, z) in which z is N(0, I) and the factors of y and
/// z are independent.
///
/// Each factor is fitted separately, and the Gaussian part needs no fit. Log weights use all of x,
/// so that they show where the target is not this product. As a change of variables it maps the
/// concatenated (y, z) to x.
#[derive(Clone, Debug, PartialEq)]
pub struct Factorisation {
    /// The coordinates of each factor within y, one factor after another; z has the rest.
    pub ranges: Vec<Range<usize>>,
    /// The point x of (y, z) = (0, 0).
    pub centre: DVector<f64>,
    /// The columns are the directions of y, then those of z, in x, d×d.
    pub matrix: DMatrix<f64>,
    /// The inverse of `matrix`, d×d.
    pub inverse: DMatrix<f64>,
    /// The log determinant log |det matrix|, nats.
    pub log_det: f64,
    /// log ρ(centre), nats: the density of the other factors for each factor. It is not read if
    /// there is one factor.
    pub reference: f64,
}

impl Factorisation {
    /// The identity: the whole target is one factor, there is no Gaussian part, and y = x.
    ///
    /// It is the factorisation of a target in which no structure was found.
    pub fn identity(dim: usize) -> Factorisation {
        let identity = DMatrix::identity(dim, dim);
        Factorisation {
            ranges: std::iter::once(0..dim).collect(),
            centre: DVector::zeros(dim),
            inverse: identity.clone(),
            matrix: identity,
            log_det: 0.0,
            reference: 0.0,
        }
    }

    /// Whether this is [`Factorisation::identity`].
    ///
    /// The ranges decide this: a factor with all coordinates needs no matrix, since its whitening
    /// has one, and none is read. Points, values and derivatives then pass through unchanged.
    pub fn is_identity(&self) -> bool {
        self.active() == self.centre.len() && self.ranges.len() == 1
    }

    /// The number of coordinates of y, which are the active ones.
    pub fn active(&self) -> usize {
        self.ranges.last().map_or(0, |factor| factor.end)
    }

    /// Turns a factorisation of u into one of x = location + L·u.
    ///
    /// The identity stays the identity: an affine map in front of one factor that has all
    /// coordinates is left to the whitening of that factor.
    pub fn after(&self, affine: &Affine) -> Factorisation {
        if self.is_identity() {
            return self.clone();
        }
        let (matrix, log_det) = (affine.scale() * &self.matrix, affine.log_det(affine.location().as_slice()));
        Factorisation {
            inverse: matrix.clone().try_inverse().expect("a product of invertible matrices"),
            centre: affine.location() + affine.scale() * &self.centre,
            log_det: self.log_det + log_det,
            reference: self.reference - log_det,
            matrix,
            ..self.clone()
        }
    }

    /// Splits the one factor into independent ones.
    pub fn refined(&self, found: IndependentFactors) -> Factorisation {
        let (d, k) = (self.centre.len(), self.active());
        let mut inner = DMatrix::identity(d, d);
        inner.view_mut((0, 0), (k, k)).copy_from(&found.basis);
        let matrix = &self.matrix * inner;
        Factorisation {
            inverse: matrix.clone().try_inverse().expect("a basis is invertible"),
            centre: &self.centre + self.matrix.columns(0, k) * DVector::from_column_slice(&found.at),
            log_det: self.log_det + libm::log(found.basis.determinant().abs()),
            ranges: found.ranges,
            reference: found.reference - self.constant(),
            matrix,
        }
    }

    /// The constant log |det matrix| + ½·dim z·log 2π, nats, which integrates z out.
    pub(super) fn constant(&self) -> f64 {
        self.log_det + 0.5 * (self.centre.len() - self.active()) as f64 * libm::log(2.0 * PI)
    }

    /// log ρ(x) + log |det matrix| − log N(z; 0, I) at points x, n×d, to compare with the sum of
    /// the log densities of the factors.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails at a point.
    pub fn values_beside_gaussian(
        &self,
        target: &dyn Target,
        x: &[f64],
        z: &[f64],
    ) -> Result<Vec<f64>, DensityError> {
        let gaussian = self.centre.len() - self.active();
        let values = values(target, x)?;
        let beside = |k: usize| self.log_det - log_prior(&z[k * gaussian..(k + 1) * gaussian]);
        Ok(values.iter().enumerate().map(|(k, value)| value + beside(k)).collect())
    }
}

/// The map (y, z) ↦ x; its log |det| is the same everywhere.
impl ChangeOfVariables for Factorisation {
    fn dim(&self) -> usize {
        self.centre.len()
    }

    fn forward(&self, both: &[f64], x: &mut [f64]) {
        assert_eq!((both.len(), x.len()), (self.centre.len(), self.centre.len()), "all coordinates");
        if self.is_identity() {
            return x.copy_from_slice(both);
        }
        for (i, x) in x.iter_mut().enumerate() {
            let terms = both.iter().enumerate().map(|(j, v)| self.matrix[(i, j)] * v);
            *x = self.centre[i] + terms.sum::<f64>();
        }
    }

    fn inverse(&self, x: &[f64], both: &mut [f64]) {
        if self.is_identity() {
            return both.copy_from_slice(x);
        }
        let found = &self.inverse * (DVector::from_column_slice(x) - &self.centre);
        both.copy_from_slice(found.as_slice());
    }

    fn log_det(&self, _both: &[f64]) -> f64 {
        self.log_det
    }

    fn jacobian(&self, _both: &[f64]) -> DMatrix<f64> {
        self.matrix.clone()
    }

    fn pull_back_score(&self, _both: &[f64], _x: &[f64], score_x: &[f64], score: &mut [f64]) {
        if self.is_identity() {
            return score.copy_from_slice(score_x);
        }
        for (score, column) in score.iter_mut().zip(self.matrix.column_iter()) {
            *score = score_x.iter().zip(column.iter()).map(|(s, m)| s * m).sum();
        }
    }

    fn pull_back_laplacian(
        &self,
        _both: &[f64],
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
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;
    use crate::coordinates::factor::tests::factorised;

    #[test]
    fn a_factorisation_is_a_change_of_variables_wherever_it_stands() {
        let u = [0.4, -0.9, 0.7];
        let scale = DMatrix::from_row_slice(3, 3, &[0.8, 0.0, 0.0, -0.4, 0.5, 0.0, 0.3, 0.2, 1.2]);
        let affine = Affine::new(DVector::from_vec(vec![0.1, -0.3, 0.2]), scale).unwrap();
        assert_passes(&factorised(), &u);
        let after = factorised().after(&affine);
        assert_passes(&after, &u);
        let (x, known) = (after.forward_all(&u), affine.forward_all(&factorised().forward_all(&u)));
        assert!(x.iter().zip(known).all(|(a, b)| (a - b).abs() < 1e-14), "{x:?}");
        let identity = Factorisation::identity(3);
        assert_passes(&identity, &u);
        assert!(identity.is_identity() && !factorised().is_identity());
        assert_eq!(identity.after(&affine), identity);
    }
}
