//! An annealing path: the share of log ρ in the log density, from 0 at t = 0 to 1 at t = 1.

use super::cover_distribution::CoverDistribution;
use std::fmt;
use std::sync::Arc;

/// The schedule b(t) of an annealing path, increasing, with b(0) = 0 and b(1) = 1.
///
/// Implement [`AnnealingPath::share`] for a schedule of your own and hand it to an
/// [`Ansatz`](super::Ansatz):
///
/// ```
/// use pushforward::evolution::{AnnealingPath, Ansatz};
///
/// /// b = 3t² − 2t³ starts and ends slowly.
/// #[derive(Clone, Copy)]
/// struct Smoothstep;
///
/// impl AnnealingPath for Smoothstep {
///     fn share(&self, t: f64) -> (f64, f64) {
///         (t * t * (3.0 - 2.0 * t), 6.0 * t * (1.0 - t))
///     }
/// }
///
/// const PHI: usize = 0;
/// const V: Ansatz<Smoothstep> = Ansatz::new(Smoothstep, PHI);
/// assert_eq!(V.path.share(0.5), (0.5, 1.5));
/// ```
pub trait AnnealingPath: Send + Sync {
    /// Returns (b, b′) at t in [0, 1].
    fn share(&self, t: f64) -> (f64, f64);

    /// Returns (c, c′) at t: the factor of the learned correction of V. The default t(1 − t) keeps
    /// both ends of the path.
    fn freedom(&self, t: f64) -> (f64, f64) {
        (t * (1.0 - t), 1.0 - 2.0 * t)
    }

    /// The distribution from which cover points are drawn at t. The default is the annealed one.
    fn cover(&self, t: f64) -> CoverDistribution {
        CoverDistribution::Annealed { b: self.share(t).0 }
    }
}

impl AnnealingPath for Arc<dyn AnnealingPath> {
    fn share(&self, t: f64) -> (f64, f64) {
        (**self).share(t)
    }
    fn freedom(&self, t: f64) -> (f64, f64) {
        (**self).freedom(t)
    }
    fn cover(&self, t: f64) -> CoverDistribution {
        (**self).cover(t)
    }
}

impl fmt::Debug for dyn AnnealingPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnnealingPath with b(1/2) = {}", self.share(0.5).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evolution::{Noising, Quadratic};

    #[test]
    fn ends_are_zero_and_one_and_the_slope_is_the_derivative() {
        let paths: [Arc<dyn AnnealingPath>; 2] = [Arc::new(Quadratic), Arc::new(Noising::new(0.03))];
        for path in paths {
            assert_eq!(path.share(0.0).0, 0.0);
            assert!((path.share(1.0).0 - 1.0).abs() < 1e-14);
            for t in [0.1, 0.55, 0.9] {
                let slope = (path.share(t + 1e-6).0 - path.share(t - 1e-6).0) / 2e-6;
                assert!((slope - path.share(t).1).abs() < 1e-7);
                let slope = (path.freedom(t + 1e-6).0 - path.freedom(t - 1e-6).0) / 2e-6;
                assert!((slope - path.freedom(t).1).abs() < 1e-9);
            }
        }
    }
}
