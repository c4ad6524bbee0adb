//! Whitening: coordinates in which a target has about location 0 and scale 1, and the target in
//! them.

use super::affine::Standardised;
use super::factor::Factor;
use super::log_linear_scales::{Funnelled, LogLinearScales};
use crate::density::{DensityError, Refusal, Target};
use nalgebra::{DMatrix, DVector};

/// Whitened coordinates u of a factor y of a target: y = location + scale·w, and w_i is u_i times a
/// scale that may depend on other coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    /// Mean of y.
    pub location: DVector<f64>,
    /// Lower triangular L with LLᵀ the covariance of y, or a multiple of it.
    pub scale: DMatrix<f64>,
    /// Scales of coordinates of w that depend on other ones.
    pub log_scales: LogLinearScales,
}

impl Whitening {
    /// The identity: u = y.
    pub fn identity(dim: usize) -> Whitening {
        Whitening {
            location: DVector::zeros(dim),
            scale: DMatrix::identity(dim, dim),
            log_scales: LogLinearScales::default(),
        }
    }

    /// Widens the prior `factor` times: u becomes u/factor.
    pub fn widened(mut self, factor: f64) -> Whitening {
        self.scale *= factor;
        // Slopes are per unit of a parent, which shrinks by the factor.
        let slopes = self.log_scales.children.iter_mut().flat_map(|scale| &mut scale.slopes);
        slopes.for_each(|(_, slope)| *slope *= factor);
        self
    }

    /// A factor of a target in these coordinates; Z is unchanged.
    ///
    /// # Panics
    /// If the dimensions differ, or the whitening was made by hand and is not finite or not
    /// invertible.
    pub fn whiten<'a>(&'a self, factor: &'a Factor<'a>) -> WhitenedFactor<'a> {
        let affine = Standardised::new(factor, self.location.clone(), self.scale.clone())
            .unwrap_or_else(|error| panic!("a frame must be finite and invertible: {error}"));
        WhitenedFactor { factor, affine, log_scales: &self.log_scales }
    }
}

/// A factor of a target in the coordinates u of a [`Whitening`].
pub struct WhitenedFactor<'a> {
    factor: &'a Factor<'a>,
    affine: Standardised<'a>,
    log_scales: &'a LogLinearScales,
}

impl WhitenedFactor<'_> {
    /// Returns u of one point y.
    ///
    /// # Panics
    /// If the length is not that of the factor.
    pub fn from_factor(&self, y: &[f64]) -> Vec<f64> {
        let mut u = vec![0.0; y.len()];
        self.affine.from_target(y, &mut u);
        self.log_scales.invert(&mut u);
        u
    }

    /// Writes y of one point u.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn to_factor(&self, u: &[f64], y: &mut [f64]) {
        let mut w = u.to_vec();
        self.log_scales.apply(&mut w);
        self.affine.to_target(&w, y);
    }

    /// log |det ∂y/∂u| at one point u, nats.
    pub fn log_det(&self, u: &[f64]) -> f64 {
        self.affine.log_det() + self.log_scales.children.iter().map(|scale| scale.at(u)).sum::<f64>()
    }

    /// Maps an error at u to the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        let mut at = vec![0.0; self.dim()];
        self.to_factor(&error.at, &mut at);
        self.factor.in_target_coordinates(DensityError { at, ..error })
    }

    fn funnelled(&self) -> Funnelled<'_> {
        Funnelled::new(&self.affine, self.log_scales)
    }
}

impl Target for WhitenedFactor<'_> {
    fn dim(&self) -> usize {
        self.affine.dim()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        if self.log_scales.children.is_empty() {
            return self.affine.values(points, values);
        }
        self.funnelled().values(points, values)
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        if self.log_scales.children.is_empty() {
            return self.affine.values_and_scores(points, values, scores);
        }
        self.funnelled().values_and_scores(points, values, scores)
    }

    fn has_laplacian(&self) -> bool {
        self.affine.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        if self.log_scales.children.is_empty() {
            return self.affine.laplacians(points, root, laplacians);
        }
        self.funnelled().laplacians(points, root, laplacians)
    }
}
