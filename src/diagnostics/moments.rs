//! Mean and standard deviation of each coordinate of draws.

use super::points::count;
use super::weights::normalised_weights;

/// Moments of each coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Means, d numbers.
    pub mean: Vec<f64>,
    /// Standard deviations about them, divisor N (or the sum of the weights).
    pub std: Vec<f64>,
}

/// Moments of unweighted draws (n×d, draw after draw). Without draws: NaN.
///
/// # Panics
/// If `draws` is not a whole number of draws, or `dim == 0`.
#[track_caller]
pub fn moments(draws: &[f64], dim: usize) -> Moments {
    let n = count(draws, dim);
    with_weights(draws, dim, &vec![1.0 / n as f64; n])
}

/// Moments of draws under their weights. All weights 0, or any NaN or +inf: NaN.
///
/// # Panics
/// As [`moments`], and if there is not one log weight per draw.
#[track_caller]
pub fn weighted_moments(draws: &[f64], dim: usize, log_weights: &[f64]) -> Moments {
    let n = count(draws, dim);
    assert_eq!(log_weights.len(), n, "one log weight per draw");
    with_weights(draws, dim, &normalised_weights(log_weights))
}

/// mean_i |std_i − std_i^ref|, the `delta_std` of unweighted draws against exact deviations.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn delta_std(std: &[f64], reference: &[f64]) -> f64 {
    assert_eq!(std.len(), reference.len(), "delta_std: lengths differ");
    std.iter().zip(reference).map(|(a, b)| (a - b).abs()).sum::<f64>() / std.len() as f64
}

/// Weights summing to 1; two passes, so that a large mean costs no digits of the deviation.
fn with_weights(draws: &[f64], dim: usize, weights: &[f64]) -> Moments {
    let average = |f: &dyn Fn(&[f64]) -> f64| {
        let terms: Vec<f64> = draws
            .chunks_exact(dim)
            .zip(weights)
            .map(|(x, w)| if *w == 0.0 { 0.0 } else { w * f(x) })
            .collect();
        crate::num::pairwise_sum(&terms)
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
        let draws = [1.0, 10.0, 2.0, 40.0, 6.0, 10.0];
        let plain = moments(&draws, 2);
        assert!((plain.mean[0] - 3.0).abs() < 1e-15);
        assert!((plain.mean[1] - 20.0).abs() < 1e-14);
        assert!((plain.std[0] - (14.0f64 / 3.0).sqrt()).abs() < 1e-15);
        // Weights 1 : 1 : 2.
        let weighted = weighted_moments(&draws, 2, &[0.0, 0.0, 2.0f64.ln()]);
        assert!((weighted.mean[0] - 3.75).abs() < 1e-15);
        assert!((weighted.std[0] - (0.25 * (1.0 + 4.0 + 72.0) - 14.0625f64).sqrt()).abs() < 1e-14);
        assert!((delta_std(&[1.0, 5.0], &[1.5, 4.0]) - 0.75).abs() < 1e-15);
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let shifted = moments(&[1e9, 1e9 + 2.0], 1);
        assert_eq!((shifted.mean[0], shifted.std[0]), (1e9 + 1.0, 1.0));
    }

    #[test]
    fn nothing_to_average_is_nan() {
        assert!(moments(&[], 2).mean[1].is_nan());
        assert!(weighted_moments(&[1.0, 2.0], 1, &[f64::NEG_INFINITY; 2]).std[0].is_nan());
        assert!(weighted_moments(&[1.0, 2.0], 1, &[0.0, f64::NAN]).mean[0].is_nan());
        let lost = weighted_moments(&[1.0, f64::INFINITY], 1, &[0.0, f64::NEG_INFINITY]);
        assert_eq!((lost.mean[0], lost.std[0]), (1.0, 0.0), "a draw of weight 0 counts for nothing");
    }
}
