//! Standardised coordinates of a target, and the target seen in them.

use super::Split;
use crate::density::{DensityError, Funnelled, LogScales, Standardised, Target};
use crate::evolution::log_prior;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// Standardised coordinates of a target: x = location + scale·w, w_i = u_i times a scale that may depend on others, and
/// u in an active part y, which is learned, and a Gaussian one z, which needs no learning.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Mean of the target.
    pub location: DVector<f64>,
    /// Lower triangular L with LLᵀ the covariance of the target.
    pub scale: DMatrix<f64>,
    /// Scales of coordinates of w that depend on other ones.
    pub log_scales: LogScales,
    /// Active and Gaussian directions of u.
    pub split: Split,
}

impl Frame {
    /// The target's own coordinates.
    pub fn identity(dim: usize) -> Frame {
        Frame {
            location: DVector::zeros(dim),
            scale: DMatrix::identity(dim, dim),
            log_scales: LogScales::default(),
            split: Split::none(dim),
        }
    }

    /// The same with a prior that is `factor` times as wide, before anything is split off.
    ///
    /// # Panics
    /// If something is.
    pub fn widened(mut self, factor: f64) -> Frame {
        assert!(self.split.is_none(), "a frame is widened before it is split");
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
        Framed { affine, log_scales: self.log_scales.clone(), split: self.split.clone() }
    }
}

/// The active part of a target in the coordinates of a [`Frame`]: log ρ(y) = log ρ(u of (y, 0)) + log |det| of the
/// split + ½(d − k) log 2π, with the Gaussian directions integrated out, so that Z is unchanged.
pub struct Framed<'a> {
    affine: Standardised<'a>,
    log_scales: LogScales,
    split: Split,
}

impl Framed<'_> {
    /// Dimension of the target itself.
    pub fn full_dim(&self) -> usize {
        self.affine.dim()
    }

    /// x of one point (y, z).
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn to_target(&self, y: &[f64], z: &[f64], x: &mut [f64]) {
        let mut u = vec![0.0; x.len()];
        self.split.join(y, z, &mut u);
        self.log_scales.apply(&mut u);
        self.affine.to_target(&u, x);
    }

    /// (y, z) of one point x, one after the other.
    ///
    /// # Panics
    /// If the length is not d.
    pub fn from_target(&self, x: &[f64]) -> Vec<f64> {
        let mut u = vec![0.0; x.len()];
        self.affine.from_target(x, &mut u);
        self.log_scales.invert(&mut u);
        self.split.part(&u)
    }

    /// log of the density of (y, z), n×d, minus log N(z; 0, I): what is to be compared with the log density of y.
    ///
    /// # Errors
    /// The density fails; the point is told in its own coordinates.
    pub fn values_beside_gaussian(&self, points: &[f64]) -> Result<Vec<f64>, DensityError> {
        let (d, k) = (self.full_dim(), self.dim());
        let u: Vec<f64> = points
            .chunks_exact(d)
            .flat_map(|p| {
                let mut u = vec![0.0; d];
                self.split.join(&p[..k], &p[k..], &mut u);
                u
            })
            .collect();
        let values = crate::density::values(&self.whole(), &u).map_err(|error| {
            let mut at = error.at.clone();
            self.log_scales.apply(&mut at);
            let w = at.clone();
            self.affine.to_target(&w, &mut at);
            DensityError { at, ..error }
        })?;
        let rows = points.chunks_exact(d).zip(values);
        Ok(rows.map(|(p, value)| value + self.split.log_det - log_prior(&p[k..])).collect())
    }

    /// An error met at y, told with the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        let mut at = vec![0.0; self.full_dim()];
        self.to_target(&error.at, &vec![0.0; self.full_dim() - self.dim()], &mut at);
        DensityError { at, ..error }
    }

    /// All of u.
    fn whole(&self) -> Funnelled<'_> {
        Funnelled::new(&self.affine, &self.log_scales)
    }

    /// Where the Gaussian part is at its middle.
    fn all_joined(&self, points: &[f64]) -> Vec<f64> {
        let (d, k) = (self.full_dim(), self.dim());
        let middle = vec![0.0; d - k];
        let mut u = vec![0.0; points.len() / k * d];
        points.chunks_exact(k).zip(u.chunks_exact_mut(d)).for_each(|(y, u)| self.split.join(y, &middle, u));
        u
    }

    /// What integrating over z adds.
    fn log_gaussian_part(&self) -> f64 {
        self.split.log_det + 0.5 * (self.full_dim() - self.dim()) as f64 * libm::log(2.0 * PI)
    }

    fn is_affine(&self) -> bool {
        self.split.is_none() && self.log_scales.driven.is_empty()
    }
}

impl Target for Framed<'_> {
    fn dim(&self) -> usize {
        self.split.active
    }

    fn values(&self, points: &[f64], values: &mut [f64]) {
        if self.is_affine() {
            return self.affine.values(points, values);
        }
        self.whole().values(&self.all_joined(points), values);
        values.iter_mut().for_each(|v| *v += self.log_gaussian_part());
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        if self.is_affine() {
            return self.affine.values_and_scores(points, values, scores);
        }
        let (d, k) = (self.full_dim(), self.dim());
        let u = self.all_joined(points);
        let mut all = vec![0.0; u.len()];
        self.whole().values_and_scores(&u, values, &mut all);
        values.iter_mut().for_each(|v| *v += self.log_gaussian_part());
        for (score, all) in scores.chunks_exact_mut(k).zip(all.chunks_exact(d)) {
            for (j, score) in score.iter_mut().enumerate() {
                *score = all.iter().zip(self.split.matrix.column(j).iter()).map(|(s, m)| s * m).sum();
            }
        }
    }

    fn has_laplacian(&self) -> bool {
        self.affine.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
        if self.is_affine() {
            return self.affine.laplacians(points, root, laplacians);
        }
        let root = self.split.matrix.columns(0, self.dim()) * root;
        self.whole().laplacians(&self.all_joined(points), &root, laplacians);
    }
}
