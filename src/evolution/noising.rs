//! The noising of a target, run backwards in time, and the clock of this process.

use super::annealing_path::AnnealingPath;
use super::cover_distribution::CoverDistribution;

/// Variance preserving noise: the distribution at time t is that of α·X + √n·N(0, I) with X drawn
/// from the target and α² + n = 1.
///
/// The clock makes ln(n + v) linear in t, where v is the squared width of the features of the
/// target. The span in which noise hides them, n near v, thus gets its share of [0, 1] however
/// small v is. At t = 1, n = 0. At t = 0, α² = [`Noising::REMAINING_SIGNAL`]: a standardised target
/// has the mean and covariance of the prior and differs from it by cumulants of order α³.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noising {
    feature_variance: f64,
}

impl Noising {
    /// α² at t = 0. A skewness of 1 leaves a Kullback-Leibler divergence of 1e-6.
    pub const REMAINING_SIGNAL: f64 = 0.02;

    /// Noising of a target with features of this squared width, in units of that of the prior.
    ///
    /// # Panics
    /// If `feature_variance` is not positive.
    pub fn new(feature_variance: f64) -> Noising {
        assert!(feature_variance > 0.0, "feature_variance {feature_variance} is not positive");
        Noising { feature_variance }
    }

    /// Variance n of the noise at time t.
    pub fn variance(self, t: f64) -> f64 {
        let v = self.feature_variance;
        // `expm1` keeps the digits of n near t = 1.
        v * libm::expm1((1.0 - t) * self.log_range())
    }

    /// Squared factor α² of the target at time t.
    pub fn squared_signal(self, t: f64) -> f64 {
        1.0 - self.variance(t)
    }

    /// Rate d ln α/dt at time t, half of the noising rate β; σ² = 2·rate.
    pub fn rate(self, t: f64) -> f64 {
        0.5 * self.squared_signal_slope(t) / self.squared_signal(t)
    }

    /// Mean of σ² over [from, to].
    pub fn mean_variance_rate(self, from: f64, to: f64) -> f64 {
        libm::log(self.squared_signal(to) / self.squared_signal(from)) / (to - from)
    }

    /// Derivative dα²/dt = −dn/dt at time t.
    fn squared_signal_slope(self, t: f64) -> f64 {
        (self.variance(t) + self.feature_variance) * self.log_range()
    }

    /// Range ln((n + v)/v) of the clock, its value at t = 0.
    fn log_range(self) -> f64 {
        libm::log1p((1.0 - Noising::REMAINING_SIGNAL) / self.feature_variance)
    }
}

impl AnnealingPath for Noising {
    /// Returns (b, b′). b is the share of log ρ in the log density of a feature of variance v under
    /// this noise, α²v/(α²v + n), shifted and scaled to vanish at t = 0.
    fn share(&self, t: f64) -> (f64, f64) {
        let v = self.feature_variance;
        let at = |t: f64| {
            let signal = self.squared_signal(t);
            signal * v / (signal * v + self.variance(t))
        };
        let (first, spread) = (at(0.0), self.squared_signal(t) * v + self.variance(t));
        let slope = v * self.squared_signal_slope(t) / (spread * spread);
        ((at(t) - first) / (1.0 - first), slope / (1.0 - first))
    }

    /// The factor 1 − t² keeps only the end at the target. A noising ends near the prior, not at
    /// it, and its equation follows from the target. With both ends kept the problem is
    /// overdetermined, and a network satisfies the second one by mass from where no points are.
    fn freedom(&self, t: f64) -> (f64, f64) {
        (1.0 - t * t, -2.0 * t)
    }

    fn cover(&self, t: f64) -> CoverDistribution {
        CoverDistribution::Noised { signal: self.squared_signal(t).sqrt(), variance: self.variance(t) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_derivatives_and_ends_are_met() {
        for v in [0.01, 0.4, 2.0] {
            let noising = Noising::new(v);
            assert!((noising.squared_signal(0.0) - Noising::REMAINING_SIGNAL).abs() < 1e-14);
            assert_eq!((noising.variance(1.0), noising.share(0.0).0), (0.0, 0.0));
            assert!((noising.share(1.0).0 - 1.0).abs() < 1e-14);
            for t in [0.1, 0.5, 0.93] {
                let h = 1e-6;
                let slope = |f: &dyn Fn(f64) -> f64| (f(t + h) - f(t - h)) / (2.0 * h);
                let log_signal = slope(&|t| 0.5 * noising.squared_signal(t).ln());
                assert!((noising.rate(t) - log_signal).abs() < 1e-7 * (1.0 + log_signal));
                assert!((noising.share(t).1 - slope(&|t| noising.share(t).0)).abs() < 1e-7);
                let mean = noising.mean_variance_rate(t - h, t + h);
                assert!((mean - 2.0 * noising.rate(t)).abs() < 1e-6 * mean);
            }
        }
    }
}
