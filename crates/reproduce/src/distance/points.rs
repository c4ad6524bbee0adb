//! Points in one slice, point after point: how many there are, and how far apart.

use rayon::prelude::*;

/// Number of points (n×d).
///
/// # Panics
/// If `points` is not a whole number of points, or `dim == 0`.
#[track_caller]
pub(super) fn count(points: &[f64], dim: usize) -> usize {
    assert!(dim > 0, "points need a dimension of at least 1");
    let n = points.len() / dim;
    assert_eq!(n * dim, points.len(), "{} numbers are not whole points of dimension {dim}", points.len());
    n
}

/// Their common number.
///
/// # Panics
/// As [`count`], and if the numbers differ.
#[track_caller]
pub(super) fn common_count(x: &[f64], y: &[f64], dim: usize) -> usize {
    let (n, m) = (count(x, dim), count(y, dim));
    assert_eq!(n, m, "{n} and {m} points: there must be as many of both");
    n
}

/// Whether a distance between them can be a number: neither is empty, every coordinate is finite.
pub(super) fn comparable(x: &[f64], y: &[f64]) -> bool {
    let good = |points: &[f64]| !points.is_empty() && points.iter().all(|v| v.is_finite());
    good(x) && good(y)
}

/// |a − b|².
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// |x_i − y_j|², row after row (n×m).
///
/// # Cost
/// n·m·d multiply-adds, rows in parallel; n·m numbers.
pub(super) fn squared_distances(x: &[f64], y: &[f64], dim: usize) -> Vec<f64> {
    let row = |a| y.chunks_exact(dim).map(move |b| squared_distance(a, b));
    x.par_chunks_exact(dim).flat_map_iter(row).collect()
}
