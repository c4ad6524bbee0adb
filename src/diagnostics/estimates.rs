//! Estimates of log Z and of their own reliability, from log weights.

use super::pareto::{pareto_k, tail_excess};
use super::weights::{NotFinite, ess, log_mean_weight, max_weight_share, not_finite, scaled_weights};
use crate::num::pairwise_sum;

/// Estimates from the log weights of N draws, in nats.
///
/// If a log weight is NaN or +inf, all estimates are NaN or +inf, and `not_finite` says how many
/// there are and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// Logarithm of the mean weight, the estimate of log Z.
    pub log_z: f64,
    /// Standard error of `log_z` by the delta method: sd(w)/(mean(w)·√N) for independent draws, and
    /// √(K/(K − 1) Σ(S − n mean(w))²)/(N mean(w)) for K populations of n draws and weights of sum S
    /// each. +inf for fewer than two draws or populations, or if all weights are 0.
    pub log_z_se: f64,
    /// Normalised effective sample size (Σw)²/(N Σw²). For populations it is at most 1/(1 + N
    /// log_z_se²), the share of independent draws that would have this error.
    pub ess: f64,
    /// Evidence lower bound mean log w ≤ log Z; −inf if a weight is 0.
    pub elbo: f64,
    /// Shape of the tail of the weights; see [`pareto_k`] for its edge cases.
    pub pareto_k: f64,
    /// Share of the sum of all weights that the largest ones carry above their threshold; see
    /// [`tail_excess`].
    pub tail_excess: f64,
    /// The largest weight as a share of the sum of all weights.
    pub max_weight_share: f64,
    /// Number N of draws.
    pub n: usize,
    /// Number and place of the log weights that are NaN or +inf.
    pub not_finite: NotFinite,
}

impl Estimates {
    /// Estimates from log w = log ρ(x) − log q(x) at independent draws x of q.
    ///
    /// Without draws `ess` and `max_weight_share` are 0, and every other estimate is NaN or +inf.
    ///
    /// ```
    /// use pushforward::diagnostics::Estimates;
    ///
    /// // Three draws with the weights 1, 2 and 6.
    /// let estimates = Estimates::from_log_weights(&[0.0, 2f64.ln(), 6f64.ln()]);
    /// // Z is their mean, 3, and the ESS is (Σw)²/(n Σw²) = 81/123.
    /// assert!((estimates.log_z - 3f64.ln()).abs() < 1e-12);
    /// assert!((estimates.ess - 81.0 / 123.0).abs() < 1e-12);
    /// println!("log Z = {:.2} ± {:.2}", estimates.log_z, estimates.log_z_se);
    /// ```
    ///
    /// # Cost
    /// One sort of N numbers.
    pub fn from_log_weights(log_weights: &[f64]) -> Estimates {
        Estimates::of_populations(log_weights.chunks(1))
    }

    /// Estimates from populations of draws. The draws of one population are statistically
    /// dependent; different populations are independent.
    ///
    /// # Cost
    /// The cost of [`Estimates::from_log_weights`].
    pub fn of_populations<'a>(populations: impl Iterator<Item = &'a [f64]>) -> Estimates {
        let populations: Vec<&[f64]> = populations.collect();
        let log_weights = populations.concat();
        let n = log_weights.len();
        let sizes: Vec<usize> = populations.iter().map(|population| population.len()).collect();
        let log_z_se = relative_standard_error(&log_weights, &sizes);
        let of_errors = 1.0 / (1.0 + n as f64 * log_z_se * log_z_se);
        let of_weights = ess(&log_weights);
        Estimates {
            log_z: log_mean_weight(&log_weights),
            log_z_se,
            ess: if sizes.len() < n && of_errors < of_weights { of_errors } else { of_weights },
            elbo: pairwise_sum(&log_weights) / n as f64,
            pareto_k: pareto_k(&log_weights),
            tail_excess: tail_excess(&log_weights),
            max_weight_share: max_weight_share(&log_weights),
            n,
            not_finite: not_finite(&log_weights),
        }
    }
}

/// Standard error of log Z; see [`Estimates::log_z_se`].
fn relative_standard_error(log_weights: &[f64], sizes: &[usize]) -> f64 {
    let weights = scaled_weights(log_weights);
    let n = weights.len() as f64;
    let mean = pairwise_sum(&weights) / n;
    if sizes.len() < 2 || mean == 0.0 {
        return f64::INFINITY;
    }
    let mut rest = &weights[..];
    let square = |size: &usize| {
        let (population, others) = rest.split_at(*size);
        rest = others;
        (pairwise_sum(population) - *size as f64 * mean).powi(2)
    };
    let squares: Vec<f64> = sizes.iter().map(square).collect();
    let count = sizes.len() as f64;
    (pairwise_sum(&squares) * count / (count - 1.0)).sqrt() / (mean * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    #[test]
    fn figures_of_a_small_table() {
        let logs: Vec<f64> = [1.0f64, 2.0, 6.0].iter().map(|w| w.ln() - 800.0).collect();
        let ours = Estimates::from_log_weights(&logs);
        assert!((ours.log_z - (3.0f64.ln() - 800.0)).abs() < 1e-12);
        // Deviations −2, −1, 3: variance 7.
        assert!((ours.log_z_se - (7.0f64 / 3.0).sqrt() / 3.0).abs() < 1e-12);
        assert!((ours.elbo - (12.0f64.ln() / 3.0 - 800.0)).abs() < 1e-12);
        assert!((ours.ess - 81.0 / 123.0).abs() < 1e-12);
        assert_eq!((ours.n, ours.not_finite.count), (3, 0));
    }

    /// Equal weights: everything is exact.
    #[test]
    fn exact_weights_leave_no_error() {
        let ours = Estimates::from_log_weights(&[1.25; 1000]);
        assert_eq!((ours.log_z, ours.log_z_se, ours.ess, ours.elbo), (1.25, 0.0, 1.0, 1.25));
    }

    /// A normal proposal of deviation s for a standard normal: ESS = √(2s² − 1)/s².
    #[test]
    fn a_wide_proposal_has_its_closed_form() {
        let (n, s) = (100_000, 1.6);
        let mut stream = Stream::new(23, Purpose::Audit, 0);
        let log_weight = |z: f64| 0.7 - 0.5 * (s * z) * (s * z) + 0.5 * z * z + libm::log(s);
        let logs: Vec<f64> = (0..n).map(|_| log_weight(stream.normal())).collect();
        let ours = Estimates::from_log_weights(&logs);
        // E w² = s²/√(2s² − 1) for normalised weights, so ESS is its inverse.
        let exact = (2.0 * s * s - 1.0f64).sqrt() / (s * s);
        assert!((ours.ess - exact).abs() < 0.01, "{} {exact}", ours.ess);
        let se = ((1.0 / exact - 1.0) / n as f64).sqrt();
        assert!((ours.log_z_se / se - 1.0).abs() < 0.02);
        assert!((ours.log_z - 0.7).abs() < 5.0 * se);
        let elbo = 0.7 - 0.5 * (s * s - 1.0) + libm::log(s);
        assert!((ours.elbo - elbo).abs() < 5.0 * (s * s - 1.0) / (2.0 * n as f64).sqrt());
        assert!(ours.pareto_k < 0.0, "these weights are bounded: {}", ours.pareto_k);
    }

    #[test]
    fn draws_of_a_population_count_together() {
        // Two populations of two and one draw left: sums 3, 8, 4 and mean 3.
        let logs: Vec<f64> = [1.0f64, 2.0, 6.0, 2.0, 4.0].iter().map(|w| w.ln()).collect();
        let ours = Estimates::of_populations(logs.chunks(2));
        // Deviations −3, 2, 1: √(14·3/2)/15.
        assert!((ours.log_z_se - 21.0f64.sqrt() / 15.0).abs() < 1e-12);
        assert!((ours.log_z - 3.0f64.ln()).abs() < 1e-12);
        // 225/(5·61) of the weights is more.
        assert!((ours.ess - 1.0 / (1.0 + 5.0 * 21.0 / 225.0)).abs() < 1e-12);
        assert_eq!(Estimates::of_populations(logs.chunks(5)).log_z_se, f64::INFINITY);
        // Copies of the same draws say no more than the draws.
        let alone: Vec<f64> = (0..50).map(|k| libm::sin(k as f64)).collect();
        let copies: Vec<f64> = alone.iter().flat_map(|w| [*w; 4]).collect();
        let (alone, copies) =
            (Estimates::from_log_weights(&alone), Estimates::of_populations(copies.chunks(4)));
        assert!((alone.log_z_se - copies.log_z_se).abs() < 1e-12);
        assert!(copies.ess < 0.6 * alone.ess);
    }

    #[test]
    fn edges() {
        let zero = Estimates::from_log_weights(&[0.0, f64::NEG_INFINITY]);
        assert_eq!((zero.elbo, zero.ess), (f64::NEG_INFINITY, 0.5));
        let none = Estimates::from_log_weights(&[f64::NEG_INFINITY; 3]);
        assert_eq!((none.log_z, none.log_z_se), (f64::NEG_INFINITY, f64::INFINITY));
        let bad = Estimates::from_log_weights(&[0.0, f64::NAN]);
        assert!(bad.log_z.is_nan());
        assert!(bad.log_z_se.is_nan());
        assert!(bad.elbo.is_nan());
        assert_eq!(bad.not_finite, NotFinite { count: 1, first: Some(1) });
        assert!(Estimates::from_log_weights(&[]).log_z.is_nan());
    }
}
