//! The problem an optimiser works on, and why an optimiser ends.

use crate::num::{MatRef, times, transpose_times};

/// Minimise ½|r(θ)|². Every weight and the 1/N are inside r; the optimiser never names an equation.
pub trait LeastSquares: Sync {
    /// Length of θ.
    fn n_params(&self) -> usize;

    /// Length of r.
    fn n_residuals(&self) -> usize;

    /// r(θ).
    fn residuals(&self, theta: &[f64]) -> Vec<f64>;

    /// Writes r(θ) and J(θ) = ∂r/∂θ into memory that is reused: J is the largest thing there is.
    fn linearise_into(&self, theta: &[f64], lin: &mut Linearisation);

    /// r(θ) and J(θ).
    fn linearise(&self, theta: &[f64]) -> Linearisation {
        let mut lin = Linearisation::default();
        self.linearise_into(theta, &mut lin);
        lin
    }

    /// ½|r|² and its gradient Jᵀr, without forming J.
    fn loss_and_gradient(&self, theta: &[f64]) -> (f64, Vec<f64>);

    /// J(θ)·v; without an implementation of its own, by forming J.
    ///
    /// # Panics
    /// If v is not as long as θ.
    fn jacobian_times(&self, theta: &[f64], v: &[f64]) -> Vec<f64> {
        transpose_times(self.linearise(theta).transposed(), v)
    }

    /// J(θ)ᵀ·u; without an implementation of its own, by forming J.
    ///
    /// # Panics
    /// If u is not as long as r.
    fn transpose_times(&self, theta: &[f64], u: &[f64]) -> Vec<f64> {
        times(self.linearise(theta).transposed(), u)
    }
}

/// r and J at one θ.
#[derive(Clone, Debug, Default)]
pub struct Linearisation {
    /// r.
    pub residuals: Vec<f64>,
    /// J, row after row.
    pub jacobian: Vec<f64>,
}

impl Linearisation {
    /// Jᵀ, n_params×n_residuals: the rows of J are its contiguous columns.
    ///
    /// # Panics
    /// If there are no residuals, or J does not have a whole number of entries for each.
    pub fn transposed(&self) -> MatRef<'_, f64> {
        let n = self.residuals.len();
        assert!(n > 0 && self.jacobian.len().is_multiple_of(n), "J needs a row for each of {n} residuals");
        MatRef::from_column_major_slice(&self.jacobian, self.jacobian.len() / n, n)
    }
}

/// ½|r|².
pub(super) fn half_square(residuals: &[f64]) -> f64 {
    0.5 * crate::num::dot(residuals, residuals)
}

/// Why an iteration ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// All steps asked for were made.
    StepLimit,
    /// The loss fell below what was asked for.
    Converged {
        /// Loss reached.
        loss: f64,
    },
    /// No step along any direction reduced the loss, up to the largest damping.
    Stalled {
        /// Damping at which it gave up.
        damping: f64,
    },
    /// The caller asked to stop.
    Interrupted,
    /// Loss or direction is not finite.
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
