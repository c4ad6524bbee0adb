//! Points in one slice, point after point: how many there are, and how far apart.

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

/// |a − b|².
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
