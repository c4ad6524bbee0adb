//! Coordinates in which a target is a product of independent factors and a Gaussian part.

use super::independent_factors::IndependentFactors;
use crate::density::{DensityError, Target, values};
use crate::evolution::log_prior;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;
use std::ops::Range;

/// Coordinates (y, z) of x = centre + matrix·(y, z) in which z is N(0, I) and the factors of y and
/// z are independent.
///
/// Each factor is fitted by itself and the Gaussian part needs no fit. Log weights read all of x,
/// so that they show where the target is not the product that it was taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct Factorisation {
    /// The coordinates of each factor within y, one factor after another; z has the rest.
    pub ranges: Vec<Range<usize>>,
    /// The point x of (y, z) = (0, 0).
    pub centre: DVector<f64>,
    /// The columns are the directions of y, then those of z, in x.
    pub matrix: DMatrix<f64>,
    /// Inverse of `matrix`.
    pub inverse: DMatrix<f64>,
    /// log |det matrix|.
    pub log_det: f64,
    /// log ρ(centre), nats: what each factor sees of the others. It is not read if there is one
    /// factor.
    pub reference: f64,
}

impl Factorisation {
    /// The identity: all of x is one factor, and y = x.
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

    /// Whether all of x is one factor and y = x.
    pub fn is_identity(&self) -> bool {
        self.active() == self.centre.len() && self.ranges.len() == 1
    }

    /// The number of coordinates of y, which are the active ones.
    pub fn active(&self) -> usize {
        self.ranges.last().map_or(0, |factor| factor.end)
    }

    /// Writes x of the concatenated (y, z).
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn join(&self, both: &[f64], x: &mut [f64]) {
        assert_eq!((both.len(), x.len()), (self.centre.len(), self.centre.len()), "all coordinates");
        if self.is_identity() {
            return x.copy_from_slice(both);
        }
        for (i, x) in x.iter_mut().enumerate() {
            let terms = both.iter().enumerate().map(|(j, v)| self.matrix[(i, j)] * v);
            *x = self.centre[i] + terms.sum::<f64>();
        }
    }

    /// Returns x of many (y, z), n×d.
    pub fn join_all(&self, both: &[f64]) -> Vec<f64> {
        let d = self.centre.len();
        let mut x = vec![0.0; both.len()];
        both.chunks_exact(d).zip(x.chunks_exact_mut(d)).for_each(|(both, x)| self.join(both, x));
        x
    }

    /// Returns the concatenated (y, z) of x.
    pub fn part(&self, x: &[f64]) -> Vec<f64> {
        if self.is_identity() {
            return x.to_vec();
        }
        (&self.inverse * (DVector::from_column_slice(x) - &self.centre)).iter().copied().collect()
    }

    /// Turns a factorisation of u into one of x = location + scale·u; `scale` is lower triangular.
    pub fn after(&self, location: &DVector<f64>, scale: &DMatrix<f64>) -> Factorisation {
        if self.is_identity() {
            return self.clone();
        }
        let log_det = scale.diagonal().iter().map(|v| libm::log(*v)).sum::<f64>();
        let inverse = (scale * &self.matrix).try_inverse().expect("a product of invertible matrices");
        Factorisation {
            matrix: scale * &self.matrix,
            centre: location + scale * &self.centre,
            inverse,
            log_det: self.log_det + log_det,
            reference: self.reference - log_det,
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

    /// log |det matrix| + ½·dim z·log 2π, which integrates z out.
    pub(super) fn constant(&self) -> f64 {
        self.log_det + 0.5 * (self.centre.len() - self.active()) as f64 * libm::log(2.0 * PI)
    }

    /// log ρ(x) + log |det matrix| − log N(z; 0, I) at points x, n×d: what is to be compared with
    /// the log densities of the factors.
    ///
    /// # Errors
    /// The density fails.
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
