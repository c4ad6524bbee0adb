//! Maximum mean discrepancy with a Gaussian kernel of median width.

use crate::distance::pairs::comparable;
use pushforward::num::{Points, pairwise_sum, squared_distance};
use rayon::prelude::*;

/// √(mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y)), k(a, b) = e^(−|a − b|²/(2h²)), h the median
/// of |a − b| over all pairs of the pooled points; 0 to √2.
///
/// This is the biased estimate (V-statistic, the pairs of a point with itself included). It is
/// never negative, 0 for equal sets, and about √((1/n + 1/m)(1 − mean k)) between exact ones, its
/// floor. Should half of the pairs coincide, h is 0 and k tells equal from unequal. The result is
/// NaN if a set is empty or a coordinate is not finite.
///
/// # Panics
/// If the dimensions differ.
///
/// # Cost
/// n² + m² + n·m exponentials, rows in parallel; ½(n + m)² numbers for the median (64 MB for two
/// sets of 2000 points).
///
/// # Source
/// Gretton, Borgwardt, Rasch, Schölkopf & Smola 2012, equation 5 and section 8.
///
/// Exact case: two points at any distance give √(2 − 2e^−½).
#[track_caller]
pub fn mmd(x: Points<'_>, y: Points<'_>) -> f64 {
    if !comparable(x, y) {
        return f64::NAN;
    }
    let pooled = [x.as_slice(), y.as_slice()].concat();
    mmd_of_width(x, y, median_distance(Points::new(&pooled, x.dim())))
}

fn mmd_of_width(x: Points<'_>, y: Points<'_>, width: f64) -> f64 {
    let mean = |a, b| mean_kernel(a, b, width);
    // Equal sets give three equal means, and the difference is exactly 0.
    (mean(x, x) + mean(y, y) - 2.0 * mean(x, y)).max(0.0).sqrt()
}

fn mean_kernel(x: Points<'_>, y: Points<'_>, width: f64) -> f64 {
    let kernel = |a: &[f64], b: &[f64]| match squared_distance(a, b) {
        0.0 => 1.0,
        square => libm::exp(-0.5 * square / (width * width)),
    };
    let row = |a: &[f64]| pairwise_sum(&y.iter().map(|b| kernel(a, b)).collect::<Vec<f64>>());
    let rows: Vec<f64> = x.par_iter().map(row).collect();
    pairwise_sum(&rows) / (x.len() as f64 * y.len() as f64)
}

/// The median of |a − b| over pairs of different points, the mean of the two middle ones if their
/// number is even.
fn median_distance(points: Points<'_>) -> f64 {
    let row = |(i, a)| points.iter().skip(i + 1).map(move |b| squared_distance(a, b));
    let mut squares: Vec<f64> = points.par_iter().enumerate().flat_map_iter(row).collect();
    let middle = squares.len() / 2;
    let upper = squares.select_nth_unstable_by(middle, f64::total_cmp).1.sqrt();
    if squares.len() % 2 == 1 {
        return upper;
    }
    let lower = squares[..middle].iter().copied().fold(0.0, f64::max).sqrt();
    0.5 * (lower + upper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::num::{Purpose, Stream};

    fn on_a_line(x: &[f64], y: &[f64]) -> f64 {
        mmd(Points::new(x, 1), Points::new(y, 1))
    }

    #[test]
    fn small_sets_have_their_closed_form() {
        let two = (2.0 - 2.0 * libm::exp(-0.5)).sqrt();
        assert!((mmd(Points::new(&[1.0, 2.0], 2), Points::new(&[4.0, 6.0], 2)) - two).abs() < 1e-15);
        // 0 and 1 against 3 have distances 1, 2, 3, whose median is 2.
        let k = |square: f64| libm::exp(-square / 8.0);
        let exact = (0.5 * (1.0 + k(1.0)) + 1.0 - (k(9.0) + k(4.0))).sqrt();
        assert!((on_a_line(&[0.0, 1.0], &[3.0]) - exact).abs() < 1e-15);
        // 0, 1 and 3, 7 have distances 1, 2, 3, 4, 6, 7.
        assert_eq!(median_distance(Points::new(&[0.0, 1.0, 3.0, 7.0], 1)), 3.5);
    }

    /// N(0, 1) and N(a, 1): 2h/√(h² + 2)·(1 − e^(−a²/(2h² + 4))), plus the bias of the diagonals.
    #[test]
    fn normals_have_their_closed_form() {
        let (n, shift, width) = (1500, 1.2, 0.8);
        let mut stream = Stream::new(12, Purpose::Audit, 0);
        let x: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let y: Vec<f64> = (0..n).map(|_| stream.normal() + shift).collect();
        let alike = width / (width * width + 2.0f64).sqrt();
        let square = |a: f64| 2.0 * alike * (1.0 - libm::exp(-0.5 * a * a / (width * width + 2.0)));
        let bias = 2.0 * (1.0 - alike) / n as f64;
        let ours = mmd_of_width(Points::new(&x, 1), Points::new(&y, 1), width);
        // The witness deviates by less than ½ under either distribution: the square by 2·½·√(2/n) =
        // 0.037 at one deviation.
        assert!((ours * ours - square(shift) - bias).abs() < 0.037, "{} {}", ours * ours, square(shift));
        assert!((ours * ours - square(1.5 * shift) - bias).abs() > 0.1, "another shift would pass");
    }

    #[test]
    fn equal_sets_are_at_zero_and_threads_do_not_matter() {
        let mut stream = Stream::new(12, Purpose::Audit, 1);
        let points: Vec<f64> = (0..300).map(|_| stream.normal()).collect();
        let all = Points::new(&points, 3);
        assert_eq!(mmd(all, all), 0.0);
        let (x, y) = (all.first(30), Points::new(&points[90..], 3));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| mmd(x, y).to_bits())
        };
        assert_eq!(on(1), on(3));
        assert!(mmd(x, y) > 0.05);
    }

    #[test]
    fn edges() {
        assert_eq!(on_a_line(&[2.0, 2.0], &[2.0]), 0.0);
        // Six of ten pairs coincide, so that h = 0; k is 1 or 0 and has means 10/16, 1 and 3/4.
        assert!((on_a_line(&[0.0, 0.0, 0.0, 1.0], &[0.0]) - 0.125f64.sqrt()).abs() < 1e-15);
        assert!(on_a_line(&[], &[1.0]).is_nan());
        assert!(on_a_line(&[f64::NAN], &[1.0]).is_nan());
    }
}
