//! The shape of the tail of the weights, which says whether their mean is reliable.

use super::weights::{not_finite, scaled_weights};
use crate::num::pairwise_sum;

/// Fewer tail weights than this are not fitted (Vehtari et al. 2024, section 3.1).
const FEWEST: usize = 5;

/// Pareto k of the largest weights: the shape of a generalised Pareto distribution fitted to the M
/// = min(N/5, 3√N) largest, as in Pareto smoothed importance sampling.
///
/// Weights have a finite variance if k < ½. Above 0.7 no estimate from them is reliable at
/// practical N. Edge cases: with any NaN or +inf, the result is NaN. With fewer than 5 tail weights
/// (N < 21) it is +inf, since nothing is known of the tail. If the tail is constant to 1e-9 of its
/// size it is −inf: there is no tail. If more than a quarter of the tail equals its threshold (as
/// when most weights are 0) it is +inf, since the rest is too few draws.
///
/// Source: Vehtari, Simpson, Gelman, Yao & Gabry 2024, *Pareto smoothed importance sampling* (JMLR
/// 25), with their weakly informative prior (10 observations of k = ½). The fit is that of Zhang &
/// Stephens 2009.
///
/// ```
/// use pushforward::diagnostics::pareto_k;
///
/// // Weights u^(−k) have a Pareto tail of shape k if u is uniform on (0, 1).
/// let log_weights = |k: f64| -> Vec<f64> {
///     (0..4000).map(|i| -k * ((f64::from(i) + 0.5) / 4000.0).ln()).collect()
/// };
/// assert!((pareto_k(&log_weights(0.3)) - 0.3).abs() < 0.05);
/// // Above 0.7 the mean of the weights is not reliable.
/// assert!(pareto_k(&log_weights(1.0)) > 0.7);
/// ```
pub fn pareto_k(log_weights: &[f64]) -> f64 {
    if not_finite(log_weights).count > 0 {
        return f64::NAN;
    }
    let weights = scaled_weights(log_weights);
    let Some(exceedances) = exceedances(&weights) else {
        return f64::INFINITY;
    };
    let m = exceedances.len();
    let largest_weight = weights.iter().copied().fold(0.0, f64::max);
    if exceedances[m - 1] <= 1e-9 * largest_weight {
        return f64::NEG_INFINITY;
    }
    if quartile(&exceedances) <= 0.0 {
        return f64::INFINITY;
    }
    // The prior of Vehtari et al., appendix C: ten observations at ½.
    let m = m as f64;
    (m * generalised_pareto_shape(&exceedances) + 10.0 * 0.5) / (m + 10.0)
}

/// Sum of the M largest weights of [`pareto_k`] above their threshold, as a share of all weights:
/// how much of the estimate of Z depends on the shape of its tail.
///
/// With any NaN or +inf, the result is NaN. With fewer than 5 tail weights it is +inf, since
/// nothing is known of the tail.
pub fn tail_excess(log_weights: &[f64]) -> f64 {
    if not_finite(log_weights).count > 0 {
        return f64::NAN;
    }
    let weights = scaled_weights(log_weights);
    exceedances(&weights).map_or(f64::INFINITY, |tail| pairwise_sum(&tail) / pairwise_sum(&weights))
}

/// The log weight at which the tail of [`pareto_k`] begins. It is NaN if a log weight is NaN or
/// +inf, or if there are too few.
pub fn tail_threshold(log_weights: &[f64]) -> f64 {
    let m = tail_size(log_weights.len());
    if m < FEWEST || not_finite(log_weights).count > 0 {
        return f64::NAN;
    }
    let mut sorted = log_weights.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[log_weights.len() - m - 1]
}

/// Number M of tail weights among N.
fn tail_size(n: usize) -> usize {
    (n as f64 / 5.0).min(3.0 * (n as f64).sqrt()).ceil() as usize
}

/// The M = min(N/5, 3√N) largest weights minus the next smaller one, sorted; `None` if there are
/// too few.
fn exceedances(weights: &[f64]) -> Option<Vec<f64>> {
    let n = weights.len();
    let m = tail_size(n);
    if m < FEWEST {
        return None;
    }
    let mut sorted = weights.to_vec();
    sorted.sort_by(f64::total_cmp);
    let threshold = sorted[n - m - 1];
    Some(sorted[n - m..].iter().map(|w| w - threshold).collect())
}

/// The shape k of a generalised Pareto distribution with density ∝ (1 + kx/σ)^(−1/k − 1), from a
/// sorted sample.
///
/// With θ = −k/σ, the profile likelihood is n (log(−θ/k(θ)) − k(θ) − 1), k(θ) = mean log(1 − θx).
/// The estimate of θ is its average over a grid under a data-driven prior. Source: Zhang & Stephens
/// 2009, Technometrics 51. The sign of k is that of Vehtari et al., opposite to theirs.
fn generalised_pareto_shape(sorted: &[f64]) -> f64 {
    let n = sorted.len() as f64;
    // 30 + √n grid points and prior scale 3: Vehtari et al. 2024, appendix C.
    let grid = 30 + n.sqrt().floor() as usize;
    let (largest, quartile) = (sorted[sorted.len() - 1], quartile(sorted));
    let theta = |j: usize| 1.0 / largest + (1.0 - (grid as f64 / (j as f64 + 0.5)).sqrt()) / (3.0 * quartile);
    let shape = |theta: f64| sorted.iter().map(|x| libm::log1p(-theta * x)).sum::<f64>() / n;
    let thetas: Vec<f64> = (0..grid).map(theta).collect();
    let log_likelihoods: Vec<f64> = thetas
        .iter()
        .map(|&theta| {
            let k = shape(theta);
            n * (libm::log(-theta / k) - k - 1.0)
        })
        .collect();
    let weights = scaled_weights(&log_likelihoods);
    let total: f64 = weights.iter().sum();
    let mean = thetas.iter().zip(&weights).map(|(theta, w)| theta * w).sum::<f64>() / total;
    shape(mean)
}

/// Order statistic ⌊n/4 + ½⌋ from 1, as Zhang & Stephens take it.
fn quartile(sorted: &[f64]) -> f64 {
    let rank = (sorted.len() as f64 / 4.0 + 0.5).floor() as usize;
    sorted[rank.max(1) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_begins_below_its_smallest_weight() {
        let logs: Vec<f64> = (0..100).map(|k| f64::from((37 * k) % 100)).collect();
        // M = 20 of 100: the weights 80 to 99.
        assert_eq!(tail_threshold(&logs), 79.0);
        assert!(tail_threshold(&logs[..20]).is_nan());
        assert!(tail_threshold(&[f64::NAN; 50]).is_nan());
    }
    use crate::num::{Purpose, Stream};

    /// Logarithms of ((1 − u)^−k − 1)/k, exact draws of the distribution with σ = 1, over the given
    /// shift.
    fn draws(n: usize, k: f64) -> Vec<f64> {
        let mut stream = Stream::new(17, Purpose::Audit, (k * 100.0) as u64);
        (0..n).map(|_| libm::log((libm::pow(stream.uniform(), -k) - 1.0) / k)).collect()
    }

    #[test]
    fn the_excess_is_what_lies_above_the_threshold() {
        // N = 25: five tail weights over a threshold of 1, (1 + 1 + 2 + 3 + 4)/(20 + 16).
        let mut weights = vec![1.0f64; 20];
        weights.extend([2.0, 2.0, 3.0, 4.0, 5.0]);
        let logs: Vec<f64> = weights.iter().map(|w| w.ln() + 700.0).collect();
        assert!((tail_excess(&logs) - 11.0 / 36.0).abs() < 1e-12);
        assert_eq!(tail_excess(&logs[..15]), f64::INFINITY);
        assert!(tail_excess(&[f64::NAN; 30]).is_nan());
    }

    #[test]
    fn the_fit_recovers_k() {
        let n = 4000;
        for k in [0.3, 0.7, 1.2] {
            let mut sample: Vec<f64> = draws(n, k).iter().map(|l| l.exp()).collect();
            sample.sort_by(f64::total_cmp);
            let error = |claimed: f64| (generalised_pareto_shape(&sample) - claimed).abs();
            // Asymptotic standard error (1 + k)/√n (Smith 1987).
            let se = (1.0 + k) / (n as f64).sqrt();
            assert!(error(k) < 4.0 * se, "{k}: {}", error(k));
            assert!(error(k + 0.2) > 4.0 * se, "the twin with another k must fail");
        }
    }

    #[test]
    fn the_tail_of_weights_has_the_k_of_its_distribution() {
        let n = 100_000;
        for k in [0.3, 0.7, 1.2] {
            let logs = draws(n, k);
            // The prior pulls by 10/(M + 10) of the distance to ½.
            let m = 3.0 * (n as f64).sqrt();
            let pulled = (m * k + 5.0) / (m + 10.0);
            let se = (1.0 + k) / m.sqrt();
            assert!((pareto_k(&logs) - pulled).abs() < 4.0 * se, "{k}: {}", pareto_k(&logs));
            let shifted: Vec<f64> = logs.iter().map(|l| l + 500.0).collect();
            assert!((pareto_k(&shifted) - pareto_k(&logs)).abs() < 1e-9, "scale must not matter");
        }
    }

    #[test]
    fn bounded_weights_have_negative_k() {
        let mut stream = Stream::new(17, Purpose::Audit, 1);
        let logs: Vec<f64> = (0..20_000).map(|_| libm::log(1.0 + stream.uniform())).collect();
        // Uniform weights have the distribution with k = −1.
        assert!(pareto_k(&logs) < -0.6, "{}", pareto_k(&logs));
    }

    #[test]
    fn edges() {
        assert_eq!(pareto_k(&[0.0; 20]), f64::INFINITY);
        assert_eq!(pareto_k(&[0.0; 21]), f64::NEG_INFINITY);
        assert_eq!(pareto_k(&[f64::NEG_INFINITY; 500]), f64::NEG_INFINITY);
        let mut logs = vec![0.0; 500];
        logs[3] = f64::NAN;
        assert!(pareto_k(&logs).is_nan());
        let mostly_zero: Vec<f64> =
            (0..500).map(|i| if i < 9 { f64::from(i) } else { f64::NEG_INFINITY }).collect();
        assert_eq!(pareto_k(&mostly_zero), f64::INFINITY);
        let round_off: Vec<f64> = (0..500).map(|i| 1e-15 * f64::from(i % 3)).collect();
        assert_eq!(pareto_k(&round_off), f64::NEG_INFINITY);
    }
}
