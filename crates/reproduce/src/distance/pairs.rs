//! Two sets of points: whether they can be compared, and the distances between their points.

use pushforward::num::{Points, squared_distance};
use rayon::prelude::*;

/// The number of points that both sets have.
///
/// # Panics
/// If the numbers of points differ.
#[track_caller]
pub(super) fn common_count(x: Points<'_>, y: Points<'_>) -> usize {
    let (n, m) = (x.len(), y.len());
    assert_eq!(n, m, "{n} and {m} points: there must be as many of both");
    n
}

/// Whether a distance between two sets can be a number: neither is empty and every coordinate is
/// finite.
///
/// # Panics
/// If the dimensions differ.
#[track_caller]
pub(super) fn comparable(x: Points<'_>, y: Points<'_>) -> bool {
    x.common_dim(y);
    let good = |points: Points<'_>| !points.is_empty() && points.all_finite();
    good(x) && good(y)
}

/// |x_i − y_j|², row after row (n×m).
///
/// # Cost
/// n·m·d multiply-adds, rows in parallel; n·m numbers.
pub(super) fn squared_distances(x: Points<'_>, y: Points<'_>) -> Vec<f64> {
    x.par_iter().flat_map_iter(|a| y.iter().map(move |b| squared_distance(a, b))).collect()
}
