//! What log weights say of log Z, and how far to believe it.

use super::pareto::{pareto_k, tail_excess};
use super::weights::{NotFinite, ess, log_mean_weight, max_weight_share, not_finite, scaled_weights};
use crate::num::pairwise_sum;

/// Estimates from the log weights of N draws, in nats.
///
/// If a log weight is NaN or +inf, all estimates are NaN or +inf and `not_finite` says how many and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimates {
    /// log of the mean weight.
    pub log_z: f64,
    /// Its standard error by the delta method, sd(w)/(mean(w)·√N); +inf for N < 2 or no weight at all.
    pub log_z_se: f64,
    /// (Σw)²/(N Σw²).
    pub ess: f64,
    /// mean log w ≤ log Z; −inf if a weight is 0.
    pub elbo: f64,
    /// Shape of the tail; see [`pareto_k`] for its edges.
    pub pareto_k: f64,
    /// Share of the sum that the largest weights carry above their threshold; see [`tail_excess`].
    pub tail_excess: f64,
    /// The largest weight over their sum.
    pub max_weight_share: f64,
    /// N.
    pub n: usize,
    /// Log weights that are NaN or +inf.
    pub not_finite: NotFinite,
}

impl Estimates {
    /// Estimates from log w = log ρ(x) − log q(x), x drawn from q. Without draws all are NaN, ess is 0.
    ///
    /// # Cost
    /// A sort of N numbers.
    pub fn from_log_weights(log_weights: &[f64]) -> Estimates {
        Estimates {
            log_z: log_mean_weight(log_weights),
            log_z_se: relative_standard_error(log_weights),
            ess: ess(log_weights),
            elbo: pairwise_sum(log_weights) / log_weights.len() as f64,
            pareto_k: pareto_k(log_weights),
            tail_excess: tail_excess(log_weights),
            max_weight_share: max_weight_share(log_weights),
            n: log_weights.len(),
            not_finite: not_finite(log_weights),
        }
    }
}

/// sd(w)/(mean(w)·√N), sd with divisor N − 1.
fn relative_standard_error(log_weights: &[f64]) -> f64 {
    let weights = scaled_weights(log_weights);
    let n = weights.len() as f64;
    let mean = pairwise_sum(&weights) / n;
    if weights.len() < 2 || mean == 0.0 {
        return f64::INFINITY;
    }
    let squares: Vec<f64> = weights.iter().map(|w| (w - mean) * (w - mean)).collect();
    (pairwise_sum(&squares) / (n - 1.0)).sqrt() / (mean * n.sqrt())
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
    fn edges() {
        let zero = Estimates::from_log_weights(&[0.0, f64::NEG_INFINITY]);
        assert_eq!((zero.elbo, zero.ess), (f64::NEG_INFINITY, 0.5));
        let none = Estimates::from_log_weights(&[f64::NEG_INFINITY; 3]);
        assert_eq!((none.log_z, none.log_z_se), (f64::NEG_INFINITY, f64::INFINITY));
        let bad = Estimates::from_log_weights(&[0.0, f64::NAN]);
        assert!(bad.log_z.is_nan() && bad.log_z_se.is_nan() && bad.elbo.is_nan());
        assert_eq!(bad.not_finite, NotFinite { count: 1, first: Some(1) });
        assert!(Estimates::from_log_weights(&[]).log_z.is_nan());
    }
}
