//! Estimates a whitening from points: their location, their scale, and scales that depend on
//! coordinates.

use super::scale_dependence::{log_scales, narrow_centres};
use crate::coordinates::{Affine, Composed, LogLinearScales, Whitening};
use nalgebra::{DMatrix, DVector};

/// The number of rounds. The scales of children and their centres depend on each other; both settle
/// in a few rounds.
const RECENTRINGS: usize = 3;

/// The least correlation of n particles that counts. It is ten standard deviations 1/√n of the
/// correlation of independent coordinates, since annealed particles descend from fewer ancestors.
fn correlation_bound(n: usize) -> f64 {
    10.0 / (n as f64).sqrt()
}

/// The whitening in which points y, n×dim, have about location 0 and scale 1.
pub(super) fn estimate_whitening(y: &[f64], dim: usize) -> Whitening {
    let n = y.len() / dim;
    let (mut location, mut covariance) = moments(y, dim);
    let scale = root(covariance.clone(), n);
    let w = whitened(y, &location, &scale);
    let scales = log_scales(w.as_slice(), dim, correlation_bound(n));
    if scales.children.is_empty() {
        return whitening(location, scale, scales);
    }
    // Heavy tails cause spurious correlations between children and shift their means, by fractions
    // of their widest scale. Where the scale is narrow, these are many times as large as the scale.
    for a in &scales.children {
        for b in scales.children.iter().filter(|b| b.coordinate != a.coordinate) {
            covariance[(a.coordinate, b.coordinate)] = 0.0;
        }
    }
    let scale = root(covariance, n);
    let mut found = scales;
    for _ in 0..RECENTRINGS {
        let w = whitened(y, &location, &scale);
        found = log_scales(w.as_slice(), dim, correlation_bound(n));
        location += &scale * narrow_centres(w.as_slice(), dim, &found);
    }
    whitening(location, scale, found)
}

fn whitening(location: DVector<f64>, scale: DMatrix<f64>, log_scales: LogLinearScales) -> Whitening {
    let affine = Affine::new(location, scale)
        .unwrap_or_else(|error| panic!("particles have no finite, invertible whitening: {error}"));
    Composed::new(affine, log_scales)
}

/// The points scale⁻¹(y − location), one per column.
fn whitened(y: &[f64], location: &DVector<f64>, scale: &DMatrix<f64>) -> DMatrix<f64> {
    let mut points = DMatrix::from_column_slice(location.len(), y.len() / location.len(), y);
    points.column_iter_mut().for_each(|mut column| column -= location);
    scale.solve_lower_triangular(&points).expect("a root has a positive diagonal")
}

/// The mean and the covariance, divided by n, of points x, n×dim.
pub(super) fn moments(x: &[f64], dim: usize) -> (DVector<f64>, DMatrix<f64>) {
    let points = DMatrix::from_column_slice(dim, x.len() / dim, x);
    let mean = points.column_mean();
    let mut centred = points;
    centred.column_iter_mut().for_each(|mut c| c -= &mean);
    let n = centred.ncols() as f64;
    (mean, &centred * centred.transpose() / n)
}

/// The Cholesky factor of a sample covariance without the correlations that n particles cannot tell
/// from 0: a rotation by noise would only mix coordinates that are independent in the target.
fn root(covariance: DMatrix<f64>, n: usize) -> DMatrix<f64> {
    let d = covariance.nrows();
    let sd = |i: usize| covariance[(i, i)].sqrt().max(1e-8);
    let bound = correlation_bound(n);
    let kept = DMatrix::from_fn(d, d, |i, j| {
        let correlation = covariance[(i, j)] / (sd(i) * sd(j));
        if i == j {
            sd(i) * sd(i)
        } else if correlation.abs() > bound {
            covariance[(i, j)]
        } else {
            0.0
        }
    });
    let diagonal = DMatrix::from_diagonal(&DVector::from_fn(d, |i, _| sd(i)));
    kept.cholesky().map_or(diagonal, |c| c.l())
}
