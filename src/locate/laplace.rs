//! The normal distribution of a single smooth peak (Laplace approximation): Newton steps find its
//! top, and the curvature there its covariance.

use super::hessian::hessians;
use crate::density::{Target, values, values_and_scores};
use crate::evolution::log_prior;
use crate::num::{Purpose, Stream, effective_fraction, log_mean_exp};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// The distribution N(top, root·rootᵀ), where −(root·rootᵀ)⁻¹ is the Hessian of log ρ at the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Laplace {
    /// The local maximum of log ρ.
    pub top: DVector<f64>,
    /// The Cholesky factor of the covariance, lower triangular, d×d.
    pub root: DMatrix<f64>,
}

/// How well draws of a [`Laplace`] distribution represent the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Agreement {
    /// The log of the mean weight, which is log Z if the distribution covers the target, nats.
    pub log_z: f64,
    /// The effective fraction of the draws, in (0, 1].
    pub ess: f64,
}

/// The largest number of Newton steps. From a particle of the target a dozen are enough; a scale
/// that is off by e^k needs 2k more.
const STEPS: usize = 100;
/// The top is reached at this decrement gᵀ(−H)⁻¹g, which is twice the nats that are still to be
/// gained.
const REACHED: f64 = 1e-10;
/// The largest number of halvings of a step that does not gain.
const HALVINGS: usize = 30;
/// The step of central differences of the score, in units of 1/√|H_ii|: truncation is 1e-6 of H,
/// rounding 1e-13.
const DIFFERENCE: f64 = 1e-3;
/// The number of draws that test the distribution.
const DRAWS: usize = 1024;

/// The noise of an estimate of log Z, nats. A wider search, or the normal distribution of a peak,
/// is preferred if it finds more by this.
pub(super) const CLEARLY_MORE: f64 = 0.5;
/// Below this effective fraction of its draws, a distribution tells nothing about the mass.
const LEAST_AGREEMENT: f64 = 0.1;

impl Laplace {
    /// The distribution of the peak above the best particle, if its draws find clearly more mass
    /// than the log Z of the particles.
    ///
    /// # Cost
    /// One value for each particle, and the cost of [`Laplace::climb`] and [`Laplace::agreement`].
    pub fn with_more_mass(target: &dyn Target, particles: &[f64], log_z: f64, seed: u64) -> Option<Laplace> {
        let found = values(target, particles).ok()?;
        let best = (0..found.len()).max_by(|a, b| found[*a].total_cmp(&found[*b]))?;
        let d = target.dim();
        let laplace = Laplace::climb(target, &particles[best * d..(best + 1) * d])?;
        let agreement = laplace.agreement(target, seed)?;
        let more = agreement.log_z > log_z + CLEARLY_MORE && agreement.ess > LEAST_AGREEMENT;
        more.then_some(laplace)
    }

    /// Climbs from `start` to a maximum. `None` if the density fails on the way, or if no peak is
    /// reached.
    ///
    /// # Cost
    /// 2d + a few scores and d³ flops per step.
    pub fn climb(target: &dyn Target, start: &[f64]) -> Option<Laplace> {
        let mut x = DVector::from_column_slice(start);
        let mut widths = x.map(|v| 1.0 + v.abs());
        for _ in 0..STEPS {
            let (value, score) = at(target, &x)?;
            let found = hessians(target, x.as_slice(), &(&widths * DIFFERENCE)).ok()?;
            let precision = -found.into_iter().next()??;
            widths = DVector::from_fn(x.len(), |i, _| match precision[(i, i)].abs().sqrt() {
                0.0 => widths[i],
                root => 1.0 / root,
            });
            let (step, decrement) = newton(&precision, &score, &widths);
            if decrement < REACHED {
                let covariance = precision.cholesky()?.inverse();
                return Some(Laplace { top: x, root: covariance.cholesky()?.l() });
            }
            x = gained(target, &x, value, &step, decrement)?;
        }
        None
    }

    /// Computes the weights of draws of the distribution; `None` if the density fails at one.
    ///
    /// # Cost
    /// 1024 values of the density.
    pub fn agreement(&self, target: &dyn Target, seed: u64) -> Option<Agreement> {
        let d = self.top.len();
        let mut u = vec![0.0; DRAWS * d];
        Stream::new(seed, Purpose::Particles, u64::MAX).fill_normal(&mut u);
        let moved = |u: &[f64]| &self.top + &self.root * DVector::from_column_slice(u);
        let x: Vec<f64> = u.chunks_exact(d).flat_map(|u| moved(u).as_slice().to_vec()).collect();
        let log_det: f64 = self.root.diagonal().iter().map(|v| libm::log(*v)).sum();
        let rows = values(target, &x).ok()?;
        let log_weights: Vec<f64> =
            rows.iter().zip(u.chunks_exact(d)).map(|(v, u)| v + log_det - log_prior(u)).collect();
        Some(Agreement { log_z: log_mean_exp(&log_weights), ess: effective_fraction(&log_weights) })
    }
}

/// log ρ and its score at x; `None` if they are not finite.
fn at(target: &dyn Target, x: &DVector<f64>) -> Option<(f64, DVector<f64>)> {
    let (value, score) = values_and_scores(target, x.as_slice()).ok()?;
    value[0].is_finite().then(|| (value[0], DVector::from_vec(score)))
}

/// The Newton step and its decrement. Every eigenvalue of the scaled precision is made positive, so
/// that the step climbs where log ρ is not concave (Nocedal & Wright 2006, section 3.4).
fn newton(precision: &DMatrix<f64>, score: &DVector<f64>, widths: &DVector<f64>) -> (DVector<f64>, f64) {
    let d = score.len();
    let scaled = DMatrix::from_fn(d, d, |i, j| precision[(i, j)] * widths[i] * widths[j]);
    let eigen = SymmetricEigen::new(scaled);
    let along = eigen.eigenvectors.transpose() * score.component_mul(widths);
    let solved = DVector::from_fn(d, |k, _| along[k] / eigen.eigenvalues[k].abs().max(1e-12));
    ((&eigen.eigenvectors * &solved).component_mul(widths), along.dot(&solved))
}

/// The point x + step, with the step halved until log ρ gains a fraction of what the step promises;
/// `None` if it never does.
fn gained(
    target: &dyn Target,
    x: &DVector<f64>,
    value: f64,
    step: &DVector<f64>,
    decrement: f64,
) -> Option<DVector<f64>> {
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        let trial = x + step * length;
        let found = values(target, trial.as_slice()).ok()?[0];
        // The fraction 1e-4 is that of Nocedal & Wright 2006, algorithm 3.1. The rounding of the
        // values is allowed for.
        if found >= value + 1e-4 * length * decrement - 1e-14 * value.abs() {
            return Some(trial);
        }
        length *= 0.5;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{Benchmark, LogDensity, gauss, gmm9};
    use crate::num::Scalar;

    /// A regression on years: the intercept is 30 and the slope 0.0075 wide, with a correlation of
    /// −0.99998.
    struct FarIntercept;
    impl LogDensity for FarIntercept {
        fn dim(&self) -> usize {
            3
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            let years = (0..60).map(|k| 3952.0 + f64::from(k));
            let square = years.map(|year| {
                let y = 9.0 + libm::sin(year * year);
                (x[0].clone() + x[1].clone() * year - y).square()
            });
            let sum = square.reduce(|a, b| a + b).expect("sixty years");
            let scale = x[2].exp();
            -(sum / scale.square()) * 0.5 - x[2].clone() * 59.0
        }
    }

    #[test]
    fn a_gaussian_is_found_at_round_off() {
        let target = gauss(4);
        let found = Laplace::climb(&target, &[3.0, -2.0, 5.0, 0.5]).unwrap();
        assert!((&found.top - target.mean()).norm() < 1e-6);
        assert!((&found.root - target.factor()).norm() < 1e-6);
        let Agreement { log_z, ess } = found.agreement(&target, 1).unwrap();
        assert!(ess > 1.0 - 1e-9);
        assert!((log_z - target.facts().log_z.unwrap()).abs() < 1e-5);
    }

    #[test]
    fn strong_correlations_are_found() {
        let found = Laplace::climb(&FarIntercept, &[-3.0, 0.0, 2.0]).unwrap();
        let covariance = &found.root * found.root.transpose();
        let correlation = covariance[(0, 1)] / (covariance[(0, 0)] * covariance[(1, 1)]).sqrt();
        assert!(correlation < -0.9999, "{correlation}");
        assert!(found.agreement(&FarIntercept, 2).unwrap().ess > 0.8);
    }

    #[test]
    fn one_peak_of_nine_has_a_ninth_of_the_mass() {
        let target = gmm9();
        let found = Laplace::climb(&target, &[4.9, 0.2]).unwrap();
        let Agreement { log_z, .. } = found.agreement(&target, 3).unwrap();
        assert!((log_z + libm::log(9.0)).abs() < 0.05, "{log_z}");
    }

    #[test]
    fn a_ridge_and_a_failing_density_have_none() {
        struct Ridge;
        impl LogDensity for Ridge {
            fn dim(&self) -> usize {
                2
            }
            fn log_density<S: Scalar>(&self, x: &[S]) -> S {
                // NaN for x₁ ≤ 0, and growing for ever along x₂.
                x[0].ln() - x[0].clone() + x[1].clone()
            }
        }
        assert_eq!(Laplace::climb(&Ridge, &[2.0, 1.0]), None);
        assert_eq!(Laplace::climb(&Ridge, &[-2.0, 1.0]), None);
    }
}
