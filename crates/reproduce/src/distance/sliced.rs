//! The sliced Wasserstein distance of order 2: the mean over random directions of what a line sees.

use crate::distance::pairs::{common_count, comparable};
use pushforward::num::{Points, Purpose, Stream, pairwise_sum};
use rayon::prelude::*;

/// The number of directions in [`super::Distances`]: the average over them has a relative error of
/// at most about ½·√(2/256) = 4 %.
pub const DIRECTIONS: usize = 256;

/// √(mean over θ of W₂²(θ·x, θ·y)) for `directions` directions θ, uniform on the unit sphere; in
/// units of the coordinates.
///
/// The directions come from the streams (`seed`, `Directions`, k): the same for every pair of sets,
/// so a distance and its floor see the same lines. The distance is at most [`super::w2`], about √d
/// times smaller, and falls as n^−½ in any dimension. The result is NaN if the sets are empty,
/// there is no direction or a coordinate is not finite.
///
/// ```
/// use pushforward::num::Points;
/// use pushforward_reproduce::distance::{DIRECTIONS, sliced_w2, w2};
///
/// // Corners of the unit square, and the same moved by (3, 4).
/// let (x, y) = ([0.0, 0.0, 1.0, 0.0, 0.0, 1.0], [3.0, 4.0, 4.0, 4.0, 3.0, 5.0]);
/// let (x, y) = (Points::new(&x, 2), Points::new(&y, 2));
/// let sliced = sliced_w2(x, y, DIRECTIONS, 0);
/// // A line sees the component of the shift along it: 5/√2 in quadratic mean.
/// assert!((sliced - 5.0 / 2f64.sqrt()).abs() < 0.3);
/// assert!(sliced < w2(x, y));
/// ```
///
/// # Panics
/// If the dimensions or the numbers of points differ.
///
/// # Cost
/// `directions` × (n·d + two sorts of n numbers), directions in parallel.
///
/// # Source
/// Bonneel, Rabin, Peyré & Pfister 2015.
///
/// Exact case: in one dimension every direction is ±1 and the distance that of the sorted sets.
#[track_caller]
pub fn sliced_w2(x: Points<'_>, y: Points<'_>, directions: usize, seed: u64) -> f64 {
    common_count(x, y);
    if !comparable(x, y) {
        return f64::NAN;
    }
    let on_line = |k: usize| {
        let direction = unit_vector(x.dim(), seed, k as u64);
        sorted_mean_square(projected(x, &direction), projected(y, &direction))
    };
    let squares: Vec<f64> = (0..directions).into_par_iter().map(on_line).collect();
    (pairwise_sum(&squares) / directions as f64).sqrt()
}

fn unit_vector(dim: usize, seed: u64, index: u64) -> Vec<f64> {
    let mut direction = vec![0.0; dim];
    Stream::new(seed, Purpose::Directions, index).fill_normal(&mut direction);
    let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
    direction.iter_mut().for_each(|v| *v /= length);
    direction
}

fn projected(points: Points<'_>, direction: &[f64]) -> Vec<f64> {
    let onto = |p: &[f64]| p.iter().zip(direction).map(|(a, b)| a * b).sum();
    points.iter().map(onto).collect()
}

/// W₂² on a line: the mean of (a_(i) − b_(i))² over sorted sets of one size.
pub(super) fn sorted_mean_square(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_unstable_by(f64::total_cmp);
    b.sort_unstable_by(f64::total_cmp);
    let squares: Vec<f64> = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).collect();
    pairwise_sum(&squares) / squares.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::w2;

    fn normals(n: usize, index: u64) -> Vec<f64> {
        let mut points = vec![0.0; n];
        Stream::new(6, Purpose::Audit, index).fill_normal(&mut points);
        points
    }

    fn between(x: &[f64], y: &[f64], dim: usize, directions: usize, seed: u64) -> f64 {
        sliced_w2(Points::new(x, dim), Points::new(y, dim), directions, seed)
    }

    #[test]
    fn one_dimension_needs_no_slices() {
        let (x, y) = (normals(60, 0), normals(60, 1));
        let exact = w2(Points::new(&x, 1), Points::new(&y, 1));
        assert!((between(&x, &y, 1, 3, 0) / exact - 1.0).abs() < 1e-13);
    }

    /// A shift a gives √(mean (θ·a)²), where E (θ·a)² = |a|²/d and E (θ·a)⁴ = 3|a|⁴/(d(d + 2)).
    #[test]
    fn a_shift_has_its_closed_form() {
        let (d, n) = (5, 40);
        let x = normals(d * n, 2);
        let y: Vec<f64> = x.chunks_exact(d).rev().flat_map(|p| p.iter().map(|v| v + 2.0)).collect();
        let square = |k: u64| {
            let along: f64 = unit_vector(d, 9, k).iter().map(|v| 2.0 * v).sum();
            along * along
        };
        let (mean, lines) = (20.0 / d as f64, 4000);
        let exact = ((0..lines).map(square).sum::<f64>() / lines as f64).sqrt();
        assert!((between(&x, &y, d, lines as usize, 9) / exact - 1.0).abs() < 1e-12);
        let variance = 3.0 * 400.0 / 35.0 - mean * mean;
        let error = (exact * exact - mean) / (variance / lines as f64).sqrt();
        assert!(error.abs() < 5.0, "{error}");
        let twin = (1.2 * exact * exact - mean) / (variance / lines as f64).sqrt();
        assert!(twin > 5.0, "a factor of 1.2 would pass: {twin}");
    }

    #[test]
    fn never_above_the_full_distance() {
        let (x, y) = (normals(3 * 100, 3), normals(3 * 100, 4));
        let (sliced, full) = (between(&x, &y, 3, DIRECTIONS, 1), w2(Points::new(&x, 3), Points::new(&y, 3)));
        assert!(sliced < full && sliced > 0.2 * full, "{sliced} {full}");
        assert_ne!(sliced, between(&x, &y, 3, DIRECTIONS, 2), "other lines");
    }

    #[test]
    fn threads_do_not_matter() {
        let (x, y) = (normals(200, 5), normals(200, 6));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| between(&x, &y, 2, 33, 0).to_bits())
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn edges() {
        assert_eq!(between(&[1.0, 2.0], &[2.0, 1.0], 1, 4, 0), 0.0);
        assert!(between(&[], &[], 2, 4, 0).is_nan());
        assert!(between(&[1.0], &[1.0], 1, 0, 0).is_nan());
        assert!(between(&[f64::INFINITY], &[1.0], 1, 4, 0).is_nan());
    }
}
