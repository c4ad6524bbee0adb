//! Sums of exponentials in log space.

use super::Scalar;

/// ln Σ e^{v_i}. It is −inf for no values or all −inf, NaN if any value is NaN, +inf if any is
/// +inf.
pub fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, nan_max);
    if !largest.is_finite() {
        return largest;
    }
    let terms: Vec<f64> = values.iter().map(|v| libm::exp(v - largest)).collect();
    largest + libm::log(super::pairwise_sum(&terms))
}

/// ln((1/n) Σ e^{v_i}); NaN for no values.
pub fn log_mean_exp(values: &[f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    log_sum_exp(values) - libm::log(values.len() as f64)
}

/// (Σw)²/(n Σw²) for weights w = e^{v_i}: the effective sample size divided by n, in (0, 1]. It is
/// NaN for no weights.
pub fn effective_fraction(log_weights: &[f64]) -> f64 {
    let twice: Vec<f64> = log_weights.iter().map(|v| 2.0 * v).collect();
    libm::exp(2.0 * log_sum_exp(log_weights) - log_sum_exp(&twice)) / log_weights.len() as f64
}

/// ln Σ e^{v_i} for numbers that carry derivatives; the constant −inf for no values or all −inf.
pub fn log_sum_exp_scalars<S: Scalar>(values: &[S]) -> S {
    let largest = values.iter().map(|v| v.value()).fold(f64::NEG_INFINITY, nan_max);
    if !largest.is_finite() {
        return S::constant(largest);
    }
    let mut sum = S::constant(0.0);
    for v in values {
        // e^−746 is exactly 0 in f64: skipping the term changes nothing and saves its derivatives.
        if v.value() - largest > -746.0 {
            sum = sum + (v.clone() - largest).exp();
        }
    }
    sum.ln() + largest
}

/// The larger of two numbers; NaN if either is NaN.
fn nan_max(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_edges() {
        assert!((log_sum_exp(&[1000.0, 1000.0]) - (1000.0 + libm::log(2.0))).abs() < 1e-12);
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
        assert!(log_sum_exp(&[0.0, f64::NAN]).is_nan());
        assert_eq!(log_sum_exp(&[0.0, f64::INFINITY]), f64::INFINITY);
        assert!(log_mean_exp(&[]).is_nan());
        assert!((log_mean_exp(&[3.0, 3.0, 3.0]) - 3.0).abs() < 1e-15);
        // (1 + 2 + 3)²/(3·14), at any scale.
        let weights = [1.0f64, 2.0, 3.0].map(|w| w.ln() + 900.0);
        assert!((effective_fraction(&weights) - 36.0 / 42.0).abs() < 1e-12);
        let values = [0.3, -2.0, 1.1];
        assert!((log_sum_exp_scalars(&values) - log_sum_exp(&values)).abs() < 1e-15);
    }
}
