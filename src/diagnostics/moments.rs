//! Mean and standard deviation of each coordinate of draws.

use super::weights::normalised_weights;
use crate::num::{Points, pairwise_sum};

/// Mean and standard deviation of each coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Mean of each coordinate, d numbers.
    pub mean: Vec<f64>,
    /// Standard deviation of each coordinate about its mean, with divisor N (or the sum of the
    /// weights).
    pub std: Vec<f64>,
}

/// Moments of draws with equal weights. Without draws every moment is NaN.
///
/// ```
/// use pushforward::diagnostics::moments;
/// use pushforward::num::Points;
///
/// let draws = [1.0, -2.0, 3.0, 2.0];
/// let of_draws = moments(Points::new(&draws, 2));
/// assert_eq!(of_draws.mean, [2.0, 0.0]);
/// assert_eq!(of_draws.std, [1.0, 2.0]);
/// ```
pub fn moments(draws: Points<'_>) -> Moments {
    let n = draws.len();
    with_weights(draws, &vec![1.0 / n as f64; n])
}

/// Moments of draws under their importance weights w, given as log w.
///
/// Every moment is NaN if all weights are 0 or a log weight is NaN or +inf.
///
/// # Panics
/// If the numbers of draws and of log weights differ.
#[track_caller]
pub fn weighted_moments(draws: Points<'_>, log_weights: &[f64]) -> Moments {
    let (n, m) = (draws.len(), log_weights.len());
    assert_eq!(n, m, "{n} draws have {m} log weights: one belongs to each draw");
    with_weights(draws, &normalised_weights(log_weights))
}

/// Returns mean_i |std_i − std_i^ref|, the `delta_std` of unweighted draws against exact
/// deviations.
///
/// The unit is that of the coordinates; empty lists give NaN.
///
/// ```
/// use pushforward::diagnostics::{delta_std, moments};
/// use pushforward::num::Points;
///
/// let draws = [1.0, -2.0, 3.0, 2.0];
/// let std = moments(Points::new(&draws, 2)).std;
/// // The deviations are 1 and 2: one is exact and the other is off by ½.
/// assert_eq!(delta_std(&std, &[1.0, 2.5]), 0.25);
/// ```
///
/// # Panics
/// If `std` and `reference` have different lengths.
#[track_caller]
pub fn delta_std(std: &[f64], reference: &[f64]) -> f64 {
    let (n, m) = (std.len(), reference.len());
    assert_eq!(n, m, "{n} deviations stand beside {m} exact ones");
    std.iter().zip(reference).map(|(a, b)| (a - b).abs()).sum::<f64>() / std.len() as f64
}

/// Moments under weights that sum to 1, in two passes, so that a large mean costs no digits of the
/// deviation.
fn with_weights(draws: Points<'_>, weights: &[f64]) -> Moments {
    let dim = draws.dim();
    let average = |f: &dyn Fn(&[f64]) -> f64| {
        // The position of an escaped draw may be infinite, and 0·inf would be NaN.
        let term = |(x, w): (&[f64], &f64)| if *w == 0.0 { 0.0 } else { w * f(x) };
        pairwise_sum(&draws.iter().zip(weights).map(term).collect::<Vec<f64>>())
    };
    if weights.iter().all(|w| *w == 0.0) {
        return Moments { mean: vec![f64::NAN; dim], std: vec![f64::NAN; dim] };
    }
    let mean: Vec<f64> = (0..dim).map(|i| average(&|x| x[i])).collect();
    let variance = |i: usize| average(&|x| (x[i] - mean[i]) * (x[i] - mean[i]));
    let std = (0..dim).map(|i| variance(i).sqrt()).collect();
    Moments { mean, std }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms() {
        let draws = Points::new(&[1.0, 10.0, 2.0, 40.0, 6.0, 10.0], 2);
        let plain = moments(draws);
        assert!((plain.mean[0] - 3.0).abs() < 1e-15);
        assert!((plain.mean[1] - 20.0).abs() < 1e-14);
        assert!((plain.std[0] - (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
        // Weights 1 : 1 : 2.
        let weighted = weighted_moments(draws, &[0.0, 0.0, 2.0f64.ln()]);
        assert!((weighted.mean[0] - 3.75).abs() < 1e-15);
        assert!((weighted.std[0] - (0.25 * (1.0 + 4.0 + 72.0) - 14.0625f64).sqrt()).abs() < 1e-14);
        assert!((delta_std(&[1.0, 5.0], &[1.5, 4.0]) - 0.75).abs() < 1e-15);
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let shifted = moments(Points::new(&[1e9, 1e9 + 2.0], 1));
        assert_eq!((shifted.mean[0], shifted.std[0]), (1e9 + 1.0, 1.0));
    }

    #[test]
    fn nothing_to_average_is_nan() {
        assert!(moments(Points::new(&[], 2)).mean[1].is_nan());
        let draws = Points::new(&[1.0, 2.0], 1);
        assert!(weighted_moments(draws, &[f64::NEG_INFINITY; 2]).std[0].is_nan());
        assert!(weighted_moments(draws, &[0.0, f64::NAN]).mean[0].is_nan());
        let lost = weighted_moments(Points::new(&[1.0, f64::INFINITY], 1), &[0.0, f64::NEG_INFINITY]);
        assert_eq!((lost.mean[0], lost.std[0]), (1.0, 0.0), "a draw of weight 0 counts for nothing");
    }

    #[test]
    #[should_panic(expected = "2 draws have 3 log weights")]
    fn every_draw_has_a_weight() {
        weighted_moments(Points::new(&[0.0; 4], 2), &[0.0; 3]);
    }
}
