//! The annealing path b(t), from 0 at t = 0 to 1 at t = 1.

use super::Noising;

/// b(t), increasing, with b(0) = 0 and b(1) = 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Path {
    /// b = t². A target whose tails fall faster than the prior's rules them from b near 0 on, and the velocity that
    /// draws them in grows like b′/b: on t² that happens later and takes longer than on b = t.
    #[default]
    Quadratic,
    /// The share of log ρ that noise leaves to features of a width.
    Denoising(Noising),
}

impl Path {
    /// (b, b′) at t in [0, 1].
    pub fn at(self, t: f64) -> (f64, f64) {
        match self {
            Path::Quadratic => (t * t, 2.0 * t),
            Path::Denoising(noising) => noising.share(t),
        }
    }

    /// (c, c′) at t: how far V may leave the path. t(1 − t) keeps both ends. A noising ends near the prior, not at it:
    /// 1 − t² keeps the target alone. Its equation follows from the target; with both ends kept it is overdetermined, and
    /// a network meets the second one by mass that comes in from where no points are.
    pub fn freedom(self, t: f64) -> (f64, f64) {
        match self {
            Path::Quadratic => (t * (1.0 - t), 1.0 - 2.0 * t),
            Path::Denoising(_) => (1.0 - t * t, -2.0 * t),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_zero_and_one_and_the_slope_is_the_derivative() {
        for path in [Path::default(), Path::Denoising(Noising::new(0.03))] {
            assert_eq!(path.at(0.0).0, 0.0);
            assert!((path.at(1.0).0 - 1.0).abs() < 1e-14);
            for t in [0.1, 0.55, 0.9] {
                let slope = (path.at(t + 1e-6).0 - path.at(t - 1e-6).0) / 2e-6;
                assert!((slope - path.at(t).1).abs() < 1e-7);
                let slope = (path.freedom(t + 1e-6).0 - path.freedom(t - 1e-6).0) / 2e-6;
                assert!((slope - path.freedom(t).1).abs() < 1e-9);
            }
        }
    }
}
