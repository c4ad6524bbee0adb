//! The problem that an optimiser solves, and why an optimiser ends.

use crate::num::{MatRef, times, transpose_times};

/// A problem to minimise ½|r(θ)|². All weights and the 1/N are inside r, and the optimiser knows no
/// equation.
pub trait LeastSquares: Sync {
    /// Number P of parameters, the length of θ.
    fn n_params(&self) -> usize;

    /// Number N of residuals, the length of r.
    fn n_residuals(&self) -> usize;

    /// The residuals r(θ), N numbers.
    fn residuals(&self, theta: &[f64]) -> Vec<f64>;

    /// Writes r(θ) and J(θ) = ∂r/∂θ into memory that is reused, since J is the largest array of a
    /// fit.
    fn linearise_into(&self, theta: &[f64], lin: &mut Linearisation);

    /// The residuals r(θ) and the Jacobian J(θ), in new memory.
    fn linearise(&self, theta: &[f64]) -> Linearisation {
        let mut lin = Linearisation::default();
        self.linearise_into(theta, &mut lin);
        lin
    }

    /// The loss ½|r|² and its gradient Jᵀr, without forming J.
    fn loss_and_gradient(&self, theta: &[f64]) -> (f64, Vec<f64>);

    /// The product J(θ)·v. The default forms J.
    ///
    /// # Panics
    /// If v is not as long as θ.
    fn jacobian_times(&self, theta: &[f64], v: &[f64]) -> Vec<f64> {
        transpose_times(self.linearise(theta).transposed(), v)
    }

    /// The product J(θ)ᵀ·u. The default forms J.
    ///
    /// # Panics
    /// If u is not as long as r.
    fn transpose_times(&self, theta: &[f64], u: &[f64]) -> Vec<f64> {
        times(self.linearise(theta).transposed(), u)
    }
}

/// The residuals r and the Jacobian J at one θ.
#[derive(Clone, Debug, Default)]
pub struct Linearisation {
    /// The residuals r, N numbers.
    pub residuals: Vec<f64>,
    /// The Jacobian J, row after row, N×P.
    pub jacobian: Vec<f64>,
}

impl Linearisation {
    /// The transpose Jᵀ, n_params×n_residuals: the rows of J are its contiguous columns.
    ///
    /// # Panics
    /// If there are no residuals, or J does not have a whole number of entries for each.
    pub fn transposed(&self) -> MatRef<'_, f64> {
        let n = self.residuals.len();
        assert!(n > 0 && self.jacobian.len().is_multiple_of(n), "J needs a row for each of {n} residuals");
        MatRef::from_column_major_slice(&self.jacobian, self.jacobian.len() / n, n)
    }
}

/// The loss ½|r|² of residuals r.
pub(super) fn half_square(residuals: &[f64]) -> f64 {
    0.5 * crate::num::dot(residuals, residuals)
}

/// Why an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// All requested steps were made.
    StepLimit,
    /// The loss fell below what was asked for.
    Converged {
        /// The loss that was reached.
        loss: f64,
    },
    /// No step along any direction reduced the loss, up to the largest damping.
    Stalled {
        /// Damping at which the optimiser gave up.
        damping: f64,
    },
    /// The caller asked to stop.
    Interrupted,
    /// The loss or the direction is not finite.
    NotFinite,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::StepLimit => write!(f, "step limit reached"),
            Outcome::Converged { loss } => write!(f, "converged: loss {loss:.3e}"),
            Outcome::Stalled { damping } => {
                write!(
                    f,
                    "stalled: no step reduces the loss at damping {damping:.1e}; try other points or a wider network"
                )
            }
            Outcome::Interrupted => write!(f, "interrupted"),
            Outcome::NotFinite => write!(f, "the loss is not finite; look for huge scores at the points"),
        }
    }
}
