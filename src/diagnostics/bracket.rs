//! Two bounds on log Z: the evidence lower bound (ELBO) and the evidence upper bound (EUBO).

use crate::num::pairwise_sum;

/// ELBO = E_q log w ≤ log Z ≤ E_p log w = EUBO, where w = ρ/q and p = ρ/Z. Both are in nats and
/// come with a standard error.
///
/// log Z − ELBO = KL(q‖p) and EUBO − log Z = KL(p‖q). The first does not see modes without draws;
/// the second is large exactly for them. Exact case: q = p gives log Z twice, without error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// Mean log w over draws of q; −inf if a weight is 0.
    pub elbo: f64,
    /// Standard error of `elbo`, nats.
    pub elbo_se: f64,
    /// Mean log w over exact draws of the target; +inf if q has no density at one of them.
    pub eubo: f64,
    /// Standard error of `eubo`, nats.
    pub eubo_se: f64,
}

impl Bracket {
    /// Computes the bounds from log w = log ρ(x) − log q(x) at draws x of q, and at exact draws x
    /// of the target.
    ///
    /// A bound is NaN if one of its numbers is NaN or if there are none. Its standard error is +inf
    /// if there is only one number, or if the mean is infinite.
    ///
    /// ```
    /// use pushforward::diagnostics::Bracket;
    ///
    /// let (at_draws, at_exact_draws) = ([0.1, 0.5, 0.3], [0.4, 0.8, 0.6]);
    /// let bracket = Bracket::new(&at_draws, &at_exact_draws);
    /// assert!((bracket.elbo - 0.3).abs() < 1e-12);
    /// assert!((bracket.eubo - 0.6).abs() < 1e-12);
    /// // A value between the bounds is possible; 1 is not, even three standard errors further out.
    /// assert!(bracket.contains(0.5, 0.0));
    /// assert!(!bracket.contains(1.0, 3.0));
    /// ```
    pub fn new(at_draws: &[f64], at_exact_draws: &[f64]) -> Bracket {
        let ((elbo, elbo_se), (eubo, eubo_se)) = (mean_and_error(at_draws), mean_and_error(at_exact_draws));
        Bracket { elbo, elbo_se, eubo, eubo_se }
    }

    /// Whether `log_z` is between the bounds, each moved outwards by this many of its standard
    /// errors. False if a number is NaN.
    pub fn contains(&self, log_z: f64, standard_errors: f64) -> bool {
        let below = self.elbo - widened(self.elbo_se, standard_errors);
        let above = self.eubo + widened(self.eubo_se, standard_errors);
        below <= log_z && log_z <= above
    }
}

/// The width by which a bound moves. An infinite error leaves the bound where it is: −inf − inf
/// would say nothing new, and 0·inf would be NaN.
fn widened(se: f64, standard_errors: f64) -> f64 {
    if se == f64::INFINITY { 0.0 } else { standard_errors * se }
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = pairwise_sum(values) / n;
    if values.len() == 1 || mean.is_infinite() {
        return (mean, f64::INFINITY);
    }
    let squares: Vec<f64> = values.iter().map(|v| (v - mean) * (v - mean)).collect();
    (mean, (pairwise_sum(&squares) / (n - 1.0) / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    /// q = N(0, s²), p = N(0, 1), log Z = 0.7: KL(q‖p) = ½(s² − 1) − log s, KL(p‖q) = ½(s^−2 − 1) +
    /// log s.
    #[test]
    fn normals_have_their_closed_form() {
        let (n, s, log_z) = (50_000, 1.6f64, 0.7);
        let mut stream = Stream::new(31, Purpose::Audit, 0);
        let log_weight = |x: f64| log_z - 0.5 * x * x + 0.5 * (x / s) * (x / s) + libm::log(s);
        let of_q: Vec<f64> = (0..n).map(|_| log_weight(s * stream.normal())).collect();
        let of_p: Vec<f64> = (0..n).map(|_| log_weight(stream.normal())).collect();
        let ours = Bracket::new(&of_q, &of_p);
        let elbo = log_z - (0.5 * (s * s - 1.0) - libm::log(s));
        let eubo = log_z + 0.5 * (1.0 / (s * s) - 1.0) + libm::log(s);
        assert!((ours.elbo - elbo).abs() < 5.0 * ours.elbo_se);
        assert!(ours.elbo_se < 0.005);
        assert!((ours.eubo - eubo).abs() < 5.0 * ours.eubo_se);
        assert!(ours.eubo_se < 0.002);
        // x² has deviation √2 under N(0, 1).
        let exact = 0.5 * (1.0 - 1.0 / (s * s)) * 2f64.sqrt() / f64::from(n).sqrt();
        assert!((ours.eubo_se / exact - 1.0).abs() < 0.05);
        assert!(ours.contains(log_z, 0.0));
        assert!(!ours.contains(elbo - 0.05, 5.0));
        assert!(!ours.contains(eubo + 0.05, 5.0));
        assert!(!ours.contains(f64::NAN, 5.0));
    }

    #[test]
    fn edges() {
        let exact = Bracket::new(&[0.25; 9], &[0.25; 5]);
        assert_eq!(exact, Bracket { elbo: 0.25, elbo_se: 0.0, eubo: 0.25, eubo_se: 0.0 });
        assert!(exact.contains(0.25, 0.0));
        let wide = Bracket::new(&[0.0, f64::NEG_INFINITY], &[0.0, f64::INFINITY]);
        assert_eq!((wide.elbo, wide.eubo), (f64::NEG_INFINITY, f64::INFINITY));
        assert!(wide.contains(3.0, 5.0));
        let single = Bracket::new(&[1.0], &[2.0]);
        assert!(single.elbo_se == f64::INFINITY);
        assert!(single.contains(1.5, 3.0));
        assert!(!single.contains(0.5, 3.0));
        assert!(Bracket::new(&[f64::NAN], &[]).elbo.is_nan());
        assert!(Bracket::new(&[], &[]).eubo.is_nan());
    }
}
