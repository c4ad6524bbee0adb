//! Importance weights from their logarithms: their sum, their effective number, and those that are
//! not finite.

use crate::num::{log_mean_exp, pairwise_sum};

/// The log weights that are NaN or +inf. −inf is a weight of 0 and is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotFinite {
    /// Number of such log weights.
    pub count: usize,
    /// Index of the first such draw, from 0; `None` if there is none.
    pub first: Option<usize>,
}

/// Counts and locates NaN and +inf among log weights.
pub fn not_finite(log_weights: &[f64]) -> NotFinite {
    let is_bad = |l: &f64| l.is_nan() || *l == f64::INFINITY;
    NotFinite {
        count: log_weights.iter().filter(|l| is_bad(l)).count(),
        first: log_weights.iter().position(is_bad),
    }
}

/// Logarithm of the mean weight, nats: the estimate of log Z.
///
/// The result is NaN without weights or with any NaN, −inf if all are −inf, and +inf with any +inf.
pub fn log_mean_weight(log_weights: &[f64]) -> f64 {
    log_mean_exp(log_weights)
}

/// Weights divided by their sum. All are 0 if all log weights are −inf, and NaN with any NaN or
/// +inf.
pub fn normalised_weights(log_weights: &[f64]) -> Vec<f64> {
    let mut weights = scaled_weights(log_weights);
    let total = pairwise_sum(&weights);
    if total != 0.0 {
        weights.iter_mut().for_each(|w| *w /= total);
    }
    weights
}

/// Normalised effective sample size (Σw)²/(N Σw²), in (0, 1].
///
/// The result is 0 without weights or if all log weights are −inf, and NaN with any NaN or +inf.
/// Equal weights give 1 to round-off.
pub fn ess(log_weights: &[f64]) -> f64 {
    let weights = scaled_weights(log_weights);
    let squares: Vec<f64> = weights.iter().map(|w| w * w).collect();
    let (sum, sum_of_squares) = (pairwise_sum(&weights), pairwise_sum(&squares));
    if sum_of_squares == 0.0 {
        return 0.0;
    }
    sum * sum / (weights.len() as f64 * sum_of_squares)
}

/// The largest normalised weight. It is 0 without weights or if all log weights are −inf, and NaN
/// with any NaN or +inf.
pub fn max_weight_share(log_weights: &[f64]) -> f64 {
    let weights = scaled_weights(log_weights);
    let total = pairwise_sum(&weights);
    // The largest scaled weight is 1, unless there is none.
    if total == 0.0 { 0.0 } else { 1.0 / total }
}

/// Weights divided by the largest. All are 0 if all log weights are −inf, and NaN with any NaN or
/// +inf.
pub(super) fn scaled_weights(log_weights: &[f64]) -> Vec<f64> {
    if not_finite(log_weights).count > 0 {
        return vec![f64::NAN; log_weights.len()];
    }
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return vec![0.0; log_weights.len()];
    }
    log_weights.iter().map(|l| libm::exp(l - largest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: f64 = f64::NEG_INFINITY;

    #[test]
    fn figures_of_a_small_table() {
        // Weights 1, 2, 5 and 0, shifted where exp would overflow.
        let logs: Vec<f64> = [1.0f64, 2.0, 5.0].iter().map(|w| w.ln() + 900.0).chain([LOW]).collect();
        assert!((ess(&logs) - 64.0 / (4.0 * 30.0)).abs() < 1e-12);
        assert!((log_mean_weight(&logs) - (2.0f64.ln() + 900.0)).abs() < 1e-12);
        assert!((max_weight_share(&logs) - 0.625).abs() < 1e-12);
        assert!((normalised_weights(&logs)[1] - 0.25).abs() < 1e-12);
        assert_eq!(not_finite(&logs), NotFinite { count: 0, first: None });
    }

    #[test]
    fn edges() {
        assert_eq!((ess(&[]), ess(&[LOW, LOW]), ess(&[3.0])), (0.0, 0.0, 1.0));
        assert_eq!(normalised_weights(&[LOW, LOW]), vec![0.0, 0.0]);
        assert_eq!((max_weight_share(&[LOW]), log_mean_weight(&[LOW])), (0.0, LOW));
        for bad in [f64::NAN, f64::INFINITY] {
            let logs = [0.0, bad, bad];
            assert_eq!(not_finite(&logs), NotFinite { count: 2, first: Some(1) });
            assert!(ess(&logs).is_nan());
            assert!(max_weight_share(&logs).is_nan());
            assert!(normalised_weights(&logs).iter().all(|w| w.is_nan()));
        }
    }
}
