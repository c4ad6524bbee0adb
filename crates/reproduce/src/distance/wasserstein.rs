//! The exact Wasserstein distance of order 2 between two sets of points of one size.

use crate::distance::assignment::assign;
use crate::distance::pairs::{common_count, comparable, squared_distances};
use pushforward::num::{Points, pairwise_sum};

/// min over permutations π of √(mean_i |x_i − y_π(i)|²), in units of the coordinates.
///
/// It is exact but for rounding. Its floor falls only as n^(−1/d): beside few points in many
/// dimensions say what two exact sets have ([`super::floors`]). The result is NaN if the sets are
/// empty or a coordinate is not finite.
///
/// ```
/// use pushforward::num::Points;
/// use pushforward_reproduce::distance::w2;
///
/// // The same three points moved by (3, 4), in another order: each moves by 5.
/// let (x, y) = ([0.0, 0.0, 1.0, 0.0, 0.0, 1.0], [3.0, 5.0, 3.0, 4.0, 4.0, 4.0]);
/// assert_eq!(w2(Points::new(&x, 2), Points::new(&y, 2)), 5.0);
/// ```
///
/// # Panics
/// If the dimensions or the numbers of points differ.
///
/// # Cost
/// O(n³) at worst, in one thread; n² numbers.
///
/// Exact cases: a shift gives its length; in one dimension it is the distance of the sorted sets.
#[track_caller]
pub fn w2(x: Points<'_>, y: Points<'_>) -> f64 {
    let n = common_count(x, y);
    if !comparable(x, y) {
        return f64::NAN;
    }
    let costs = squared_distances(x, y);
    let columns = assign(&costs, n);
    let paid: Vec<f64> = columns.iter().enumerate().map(|(i, j)| costs[i * n + j]).collect();
    (pairwise_sum(&paid) / n as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::sliced::sorted_mean_square;
    use pushforward::num::{Purpose, Stream};

    fn normals(n: usize, index: u64) -> Vec<f64> {
        let mut points = vec![0.0; n];
        Stream::new(5, Purpose::Audit, index).fill_normal(&mut points);
        points
    }

    fn between(x: &[f64], y: &[f64], dim: usize) -> f64 {
        w2(Points::new(x, dim), Points::new(y, dim))
    }

    #[test]
    fn on_a_line_it_is_the_distance_of_sorted_sets() {
        let (x, y) = (normals(400, 0), normals(400, 1));
        let sorted = sorted_mean_square(x.clone(), y.clone()).sqrt();
        assert!((between(&x, &y, 1) / sorted - 1.0).abs() < 1e-12);
        let unsorted = (x.iter().zip(&y).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / 400.0).sqrt();
        assert!(unsorted > 2.0 * sorted, "any order would pass");
    }

    /// x ↦ x + a and x ↦ s·x are gradients of convex functions: they are the cheapest maps.
    #[test]
    fn shifts_and_scalings_are_optimal() {
        let x = normals(3 * 150, 2);
        let moved = |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
            x.chunks_exact(3).rev().flat_map(|p| [f(p[0], 2.0), f(p[1], -3.0), f(p[2], 6.0)]).collect()
        };
        assert!((between(&x, &moved(&|x, a| x + a), 3) - 7.0).abs() < 1e-13);
        let size = (x.iter().map(|v| v * v).sum::<f64>() / 150.0).sqrt();
        assert!((between(&x, &moved(&|x, _| 1.5 * x), 3) / (0.5 * size) - 1.0).abs() < 1e-13);
    }

    #[test]
    fn edges() {
        assert_eq!(between(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0], 1), 0.0);
        assert!(between(&[], &[], 2).is_nan());
        assert!(between(&[f64::NAN], &[0.0], 1).is_nan());
    }

    #[test]
    #[should_panic(expected = "2 and 3 points")]
    fn sizes_must_agree() {
        between(&[0.0; 4], &[0.0; 6], 2);
    }

    #[test]
    #[should_panic(expected = "points of dimension 2 stand beside points of dimension 3")]
    fn dimensions_must_agree() {
        w2(Points::new(&[0.0; 4], 2), Points::new(&[0.0; 6], 3));
    }
}
