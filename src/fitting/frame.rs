//! Standardised coordinates of a target, and the target seen in them.

use super::Block;
use crate::density::{DensityError, Funnelled, LogScales, Refusal, Standardised, Target};
use nalgebra::{DMatrix, DVector};

/// Standardised coordinates u of a block y of a target: y = location + scale·w, and w_i = u_i times a scale that may
/// depend on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Mean of y.
    pub location: DVector<f64>,
    /// Lower triangular L with LLᵀ the covariance of y, or a multiple of it.
    pub scale: DMatrix<f64>,
    /// Scales of coordinates of w that depend on other ones.
    pub log_scales: LogScales,
}

impl Frame {
    /// The block's own coordinates.
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

    /// A block of a target in these coordinates; Z is unchanged.
    ///
    /// # Panics
    /// If the dimensions differ, or the frame was made by hand and is not finite or not invertible.
    pub fn standardise<'a>(&'a self, block: &'a Block<'a>) -> Framed<'a> {
        let affine = Standardised::new(block, self.location.clone(), self.scale.clone())
            .unwrap_or_else(|error| panic!("a frame must be finite and invertible: {error}"));
        Framed { block, affine, log_scales: &self.log_scales }
    }
}

/// A block of a target in the coordinates u of a [`Frame`].
pub struct Framed<'a> {
    block: &'a Block<'a>,
    affine: Standardised<'a>,
    log_scales: &'a LogScales,
}

impl Framed<'_> {
    /// u of one point y.
    ///
    /// # Panics
    /// If the length is not that of the block.
    pub fn from_block(&self, y: &[f64]) -> Vec<f64> {
        let mut u = vec![0.0; y.len()];
        self.affine.from_target(y, &mut u);
        self.log_scales.invert(&mut u);
        u
    }

    /// y of one point u.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn to_block(&self, u: &[f64], y: &mut [f64]) {
        let mut w = u.to_vec();
        self.log_scales.apply(&mut w);
        self.affine.to_target(&w, y);
    }

    /// log |det ∂y/∂u| at one point u, nats.
    pub fn log_det(&self, u: &[f64]) -> f64 {
        self.affine.log_det() + self.log_scales.driven.iter().map(|scale| scale.at(u)).sum::<f64>()
    }

    /// An error met at u, told with the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        let mut at = vec![0.0; self.dim()];
        self.to_block(&error.at, &mut at);
        self.block.in_target_coordinates(DensityError { at, ..error })
    }

    fn funnelled(&self) -> Funnelled<'_> {
        Funnelled::new(&self.affine, self.log_scales)
    }
}

impl Target for Framed<'_> {
    fn dim(&self) -> usize {
        self.affine.dim()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        if self.log_scales.driven.is_empty() {
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
        if self.log_scales.driven.is_empty() {
            return self.affine.values_and_scores(points, values, scores);
        }
        self.funnelled().values_and_scores(points, values, scores)
    }

    fn has_laplacian(&self) -> bool {
        self.affine.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        if self.log_scales.driven.is_empty() {
            return self.affine.laplacians(points, root, laplacians);
        }
        self.funnelled().laplacians(points, root, laplacians)
    }
}
