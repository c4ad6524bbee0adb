//! A view of points: one slice and the dimension that cuts it into points.

use rayon::iter::IndexedParallelIterator;
use rayon::slice::ParallelSlice;
use std::ops::Index;
use std::slice::ChunksExact;

/// n points of dimension d ≥ 1, borrowed from one slice of n·d numbers, point after point.
///
/// The view is as cheap to copy as a slice. It holds a whole number of points, so a function that
/// takes one has nothing to check about lengths.
///
/// ```
/// use pushforward::num::Points;
///
/// let draws = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let points = Points::new(&draws, 2);
/// assert_eq!((points.len(), points.dim()), (3, 2));
/// assert_eq!(points[1], [2.0, 3.0]);
/// // The points one by one, and the second coordinate of each.
/// let sums: Vec<f64> = points.iter().map(|x| x[0] + x[1]).collect();
/// assert_eq!(sums, [1.0, 5.0, 9.0]);
/// assert!(points.coordinate(1).eq([1.0, 3.0, 5.0]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    x: &'a [f64],
    dim: usize,
}

impl<'a> Points<'a> {
    /// The points of dimension `dim` that stand one after another in `x`; an empty slice has none.
    ///
    /// # Panics
    /// If `dim == 0`, or the length of `x` is no multiple of `dim`.
    #[track_caller]
    pub fn new(x: &'a [f64], dim: usize) -> Points<'a> {
        assert!(
            dim > 0 && x.len().is_multiple_of(dim),
            "{} numbers are not whole points of dimension {dim}",
            x.len()
        );
        Points { x, dim }
    }

    /// The number of points, n.
    pub fn len(&self) -> usize {
        self.x.len() / self.dim
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The number of coordinates of each point, d.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The dimension of these points, which is also that of `other`.
    ///
    /// # Panics
    /// If `other` has another dimension.
    #[track_caller]
    pub fn common_dim(&self, other: Points<'_>) -> usize {
        let (a, b) = (self.dim, other.dim);
        assert_eq!(a, b, "points of dimension {a} stand beside points of dimension {b}");
        self.dim
    }

    /// All n·d numbers, point after point.
    pub fn as_slice(&self) -> &'a [f64] {
        self.x
    }

    /// Point `k`, counted from 0: d numbers.
    ///
    /// `points[k]` is the same, borrowed from the view instead of from its slice.
    ///
    /// # Panics
    /// If `k` is not less than the number of points.
    #[track_caller]
    pub fn point(&self, k: usize) -> &'a [f64] {
        assert!(k < self.len(), "there is no point {k} among {}", self.len());
        &self.x[k * self.dim..(k + 1) * self.dim]
    }

    /// The first `n` points, or all of them if there are fewer.
    pub fn first(&self, n: usize) -> Points<'a> {
        Points { x: &self.x[..n.min(self.len()) * self.dim], dim: self.dim }
    }

    /// The points one by one, each a slice of d numbers.
    pub fn iter(&self) -> ChunksExact<'a, f64> {
        self.x.chunks_exact(self.dim)
    }

    /// The points for rayon, whose threads share them in any order.
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = &'a [f64]> + use<'a> {
        self.x.par_chunks_exact(self.dim)
    }

    /// Coordinate `i` of every point, in the order of the points.
    ///
    /// # Panics
    /// If `i` is not less than the dimension.
    #[track_caller]
    pub fn coordinate(&self, i: usize) -> impl ExactSizeIterator<Item = f64> + Clone + use<'a> {
        assert!(i < self.dim, "there is no coordinate {i} in dimension {}", self.dim);
        self.iter().map(move |x| x[i])
    }

    /// Whether no coordinate of any point is NaN or infinite; without points it is true.
    pub fn all_finite(&self) -> bool {
        self.x.iter().all(|v| v.is_finite())
    }
}

impl Index<usize> for Points<'_> {
    type Output = [f64];

    #[track_caller]
    fn index(&self, k: usize) -> &[f64] {
        self.point(k)
    }
}

impl<'a> IntoIterator for Points<'a> {
    type Item = &'a [f64];
    type IntoIter = ChunksExact<'a, f64>;

    fn into_iter(self) -> ChunksExact<'a, f64> {
        self.iter()
    }
}

/// |a − b|², the squared Euclidean distance between two points.
///
/// # Panics
/// If the dimensions differ.
#[track_caller]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "points of dimensions {} and {} have no distance", a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::iter::ParallelIterator;

    const X: [f64; 6] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];

    #[test]
    fn every_way_of_reading_gives_the_same_points() {
        let points = Points::new(&X, 3);
        let expected = [&X[..3], &X[3..]];
        assert_eq!((points.len(), points.iter().len(), points.as_slice()), (2, 2, &X[..]));
        assert!(points.iter().eq(expected));
        assert!(points.into_iter().eq(expected));
        assert_eq!(points.par_iter().collect::<Vec<_>>(), expected);
        assert_eq!((points.point(1), &points[0]), (expected[1], expected[0]));
        let columns: Vec<Vec<f64>> = (0..3).map(|i| points.coordinate(i).collect()).collect();
        assert_eq!(columns, [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]);
    }

    #[test]
    fn the_first_points_are_at_most_all() {
        let points = Points::new(&X, 2);
        assert_eq!(points.first(2).as_slice(), &X[..4]);
        assert_eq!(points.first(usize::MAX / 4).len(), 3);
        assert!(points.first(0).is_empty());
    }

    #[test]
    fn no_points_have_a_dimension_too() {
        let none = Points::new(&[], 4);
        assert!(none.is_empty());
        assert!(none.all_finite());
        assert_eq!((none.len(), none.dim(), none.coordinate(3).len()), (0, 4, 0));
    }

    #[test]
    fn one_number_that_is_not_finite_is_seen() {
        assert!(Points::new(&X, 2).all_finite());
        assert!(!Points::new(&[0.0, f64::NEG_INFINITY], 1).all_finite());
        assert!(!Points::new(&[f64::NAN, 0.0], 2).all_finite());
    }

    #[test]
    fn distances_are_euclidean() {
        assert_eq!(squared_distance(&[1.0, 2.0], &[4.0, -2.0]), 25.0);
    }

    #[test]
    #[should_panic(expected = "6 numbers are not whole points of dimension 4")]
    fn points_are_whole() {
        Points::new(&X, 4);
    }

    #[test]
    #[should_panic(expected = "0 numbers are not whole points of dimension 0")]
    fn a_dimension_is_at_least_one() {
        Points::new(&[], 0);
    }

    #[test]
    #[should_panic(expected = "there is no point 2 among 2")]
    fn points_count_from_0() {
        Points::new(&X, 3).point(2);
    }

    #[test]
    #[should_panic(expected = "there is no coordinate 3 in dimension 3")]
    fn a_coordinate_of_the_next_point_is_not_read() {
        let _ = Points::new(&X, 3).coordinate(3);
    }

    #[test]
    #[should_panic(expected = "points of dimension 3 stand beside points of dimension 2")]
    fn dimensions_must_agree() {
        Points::new(&X, 3).common_dim(Points::new(&X, 2));
    }

    #[test]
    #[should_panic(expected = "points of dimensions 2 and 3 have no distance")]
    fn distances_need_one_dimension() {
        squared_distance(&X[..2], &X[..3]);
    }
}
