//! A factor of a target that is a product, as a target of its own.

use super::factorisation::Factorisation;
use crate::density::{DensityError, Refusal, Target};
use nalgebra::{DMatrix, DVector};
use std::ops::Range;

/// Factor B of m: log ρ_B(y_B) = log ρ(x of y_B, all else 0) − (m − 1)/m·log ρ(centre) + c/m, with
/// c = log |det matrix| + ½·dim z·log 2π for the Gaussian part.
///
/// The factors' sum is the log density of y, so that the product of their Z is Z.
pub struct Factor<'a> {
    target: &'a dyn Target,
    factorisation: &'a Factorisation,
    range: Range<usize>,
}

impl Factorisation {
    /// Factor number `k` of `target`, from 0.
    ///
    /// # Panics
    /// If the target has another dimension, or there are no more than `k` factors.
    pub fn factor<'a>(&'a self, target: &'a dyn Target, k: usize) -> Factor<'a> {
        assert_eq!(target.dim(), self.centre.len(), "the factorisation is one of another dimension");
        Factor { target, factorisation: self, range: self.ranges[k].clone() }
    }
}

impl Factor<'_> {
    /// Maps an error at y_B to the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        DensityError { at: self.all_joined(&error.at), ..error }
    }

    /// The points x of points y_B, with all other coordinates at 0.
    fn all_joined(&self, points: &[f64]) -> Vec<f64> {
        if self.factorisation.is_identity() {
            return points.to_vec();
        }
        let columns = self.factorisation.matrix.columns(self.range.start, self.range.len());
        let x = |y: &[f64]| &self.factorisation.centre + columns * DVector::from_column_slice(y);
        points.chunks_exact(self.dim()).flat_map(|y| x(y).iter().copied().collect::<Vec<_>>()).collect()
    }

    /// The constant that is added to log ρ, nats.
    fn constant(&self) -> f64 {
        let m = self.factorisation.ranges.len() as f64;
        let c = self.factorisation.constant();
        if m == 1.0 { c } else { c / m - (m - 1.0) / m * self.factorisation.reference }
    }
}

impl Target for Factor<'_> {
    fn dim(&self) -> usize {
        self.range.len()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        if self.factorisation.is_identity() {
            return self.target.values(points, values);
        }
        self.target.values(&self.all_joined(points), values)?;
        values.iter_mut().for_each(|v| *v += self.constant());
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        if self.factorisation.is_identity() {
            return self.target.values_and_scores(points, values, scores);
        }
        let x = self.all_joined(points);
        let mut all = vec![0.0; x.len()];
        self.target.values_and_scores(&x, values, &mut all)?;
        values.iter_mut().for_each(|v| *v += self.constant());
        for (score, all) in scores.chunks_exact_mut(self.dim()).zip(all.chunks_exact(self.target.dim())) {
            for (score, j) in score.iter_mut().zip(self.range.clone()) {
                *score = all.iter().zip(self.factorisation.matrix.column(j).iter()).map(|(s, m)| s * m).sum();
            }
        }
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        self.target.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        if self.factorisation.is_identity() {
            return self.target.laplacians(points, root, laplacians);
        }
        let root = self.factorisation.matrix.columns(self.range.start, self.range.len()) * root;
        self.target.laplacians(&self.all_joined(points), &root, laplacians)
    }
}
