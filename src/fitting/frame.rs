//! Standardised coordinates of a target, and the target seen in them.

use crate::density::{DensityError, Funnelled, LogScales, Standardised, Target};
use nalgebra::{DMatrix, DVector};

/// Standardised coordinates u of a target: x = location + scale·w, w_i = u_i times a scale that may depend on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Mean of the target.
    pub location: DVector<f64>,
    /// Lower triangular L with LLᵀ the covariance of the target.
    pub scale: DMatrix<f64>,
    /// Scales of coordinates of w that depend on other ones.
    pub log_scales: LogScales,
}

impl Frame {
    /// The target's own coordinates.
    pub fn identity(dim: usize) -> Frame {
        Frame {
            location: DVector::zeros(dim),
            scale: DMatrix::identity(dim, dim),
            log_scales: LogScales::default(),
        }
    }

    /// The same with a prior that is `factor` times as wide.
    pub fn widened(mut self, factor: f64) -> Frame {
        self.scale *= factor;
        // Slopes are per unit of a driver, which is shorter by the factor.
        let slopes = self.log_scales.driven.iter_mut().flat_map(|scale| &mut scale.slopes);
        slopes.for_each(|(_, slope)| *slope *= factor);
        self
    }

    /// The target in these coordinates.
    ///
    /// # Panics
    /// If the target has another dimension, or the frame was made by hand and is not finite or not invertible.
    pub fn standardise<'a>(&self, target: &'a dyn Target) -> Framed<'a> {
        let affine = Standardised::new(target, self.location.clone(), self.scale.clone())
            .unwrap_or_else(|error| panic!("a frame must be finite and invertible: {error}"));
        Framed { affine, log_scales: self.log_scales.clone() }
    }
}

/// A target in the coordinates of a [`Frame`]; Z is unchanged.
pub struct Framed<'a> {
    affine: Standardised<'a>,
    log_scales: LogScales,
}

impl Framed<'_> {
    /// x of one point u.
    ///
    /// # Panics
    /// If a length is not d.
    pub fn to_target(&self, u: &[f64], x: &mut [f64]) {
        let mut w = u.to_vec();
        self.log_scales.apply(&mut w);
        self.affine.to_target(&w, x);
    }

    /// u of one point x.
    ///
    /// # Panics
    /// If a length is not d.
    pub fn from_target(&self, x: &[f64], u: &mut [f64]) {
        self.affine.from_target(x, u);
        self.log_scales.invert(u);
    }

    /// An error met in u, told with the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        let mut at = error.at.clone();
        self.to_target(&error.at, &mut at);
        DensityError { at, ..error }
    }

    fn funnelled(&self) -> Funnelled<'_> {
        Funnelled::new(&self.affine, &self.log_scales)
    }
}

impl Target for Framed<'_> {
    fn dim(&self) -> usize {
        self.affine.dim()
    }

    fn names(&self) -> Vec<String> {
        self.affine.names()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) {
        if self.log_scales.driven.is_empty() {
            return self.affine.values(points, values);
        }
        self.funnelled().values(points, values);
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        if self.log_scales.driven.is_empty() {
            return self.affine.values_and_scores(points, values, scores);
        }
        self.funnelled().values_and_scores(points, values, scores);
    }

    fn has_laplacian(&self) -> bool {
        self.affine.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
        if self.log_scales.driven.is_empty() {
            return self.affine.laplacians(points, root, laplacians);
        }
        self.funnelled().laplacians(points, root, laplacians);
    }
}
