//! A constraint on a given number of x as a change of variables.

use super::change_of_variables::ChangeOfVariables;
use super::constraint::Constraint;
use crate::autodiff::{self, Formula};
use crate::num::Scalar;
use nalgebra::DMatrix;

/// The map from all real numbers u to `length` numbers x under a [`Constraint`].
///
/// Derivatives are those of [`Constraint::lift`] on jets, so that each formula is written once. A
/// simplex has one number u less than x, and its log |det| is that of all numbers x but the last.
/// For an x that violates the constraint the inverse is NaN or infinite.
///
/// # Cost
/// Two or three elementary functions for each number; a Jacobian is a gradient for each x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstraintMap {
    constraint: Constraint,
    length: usize,
}

impl Constraint {
    /// The change of variables that makes `length` numbers x satisfy the constraint.
    ///
    /// # Panics
    /// If a simplex has fewer than two numbers, or another constraint has none.
    #[track_caller]
    pub fn with_length(self, length: usize) -> ConstraintMap {
        assert!(self.n_free(length) > 0, "{self:?} of {length} numbers leaves nothing free");
        ConstraintMap { constraint: self, length }
    }
}

/// The formula g·x(u) + `weight`·log |det ∂x/∂u| in u.
struct PulledBack<'a> {
    map: ConstraintMap,
    g: &'a [f64],
    weight: f64,
}

impl Formula for PulledBack<'_> {
    fn at<S: Scalar>(&self, u: &[S]) -> S {
        let mut x = Vec::with_capacity(self.map.length);
        let log_det = self.map.constraint.lift(u, &mut x);
        S::weighted_sum(self.g, &x) + log_det * self.weight
    }
}

impl ChangeOfVariables for ConstraintMap {
    fn dim(&self) -> usize {
        self.constraint.n_free(self.length)
    }

    fn dim_x(&self) -> usize {
        self.length
    }

    fn forward(&self, u: &[f64], x: &mut [f64]) {
        let mut lifted = Vec::with_capacity(self.length);
        self.constraint.lift(u, &mut lifted);
        x.copy_from_slice(&lifted);
    }

    fn inverse(&self, x: &[f64], u: &mut [f64]) {
        assert_eq!(x.len(), self.length, "a point of another dimension");
        let n_free = u.len();
        // After number k the stick of a simplex has the sum of the numbers that follow, which does
        // not cancel.
        let mut rest = if self.constraint == Constraint::Simplex { x[n_free] } else { 0.0 };
        for k in (0..n_free).rev() {
            u[k] = match self.constraint {
                Constraint::Real => x[k],
                Constraint::Above(a) => libm::log(x[k] - a),
                Constraint::Below(b) => libm::log(b - x[k]),
                Constraint::Between(a, b) => libm::log((x[k] - a) / (b - x[k])),
                Constraint::Ordered if k == 0 => x[0],
                Constraint::Ordered => libm::log(x[k] - x[k - 1]),
                Constraint::Simplex => libm::log(x[k] / rest) + libm::log((n_free - k) as f64),
            };
            rest += x[k];
        }
    }

    fn log_det(&self, u: &[f64]) -> f64 {
        self.constraint.lift(u, &mut Vec::with_capacity(self.length))
    }

    fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
        let mut jacobian = DMatrix::zeros(self.length, u.len());
        let (mut g, mut row) = (vec![0.0; self.length], vec![0.0; u.len()]);
        for i in 0..self.length {
            g[i] = 1.0;
            let formula = PulledBack { map: *self, g: &g, weight: 0.0 };
            autodiff::values_and_gradients(&formula, u.len(), u, &mut [0.0], &mut row);
            jacobian.row_mut(i).copy_from_slice(&row);
            g[i] = 0.0;
        }
        jacobian
    }

    fn pull_back_score(&self, u: &[f64], _x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
        let formula = PulledBack { map: *self, g: score_x, weight: 1.0 };
        autodiff::values_and_gradients(&formula, u.len(), u, &mut [0.0], score_u);
    }

    fn pull_back_laplacian(
        &self,
        u: &[f64],
        _x: &[f64],
        root: &DMatrix<f64>,
        score_x: &[f64],
        laplacian: &mut f64,
    ) {
        let formula = PulledBack { map: *self, g: score_x, weight: 1.0 };
        let mut second = [0.0];
        autodiff::laplacians(&formula, u, root, &mut second);
        *laplacian += second[0];
    }

    fn is_affine(&self) -> bool {
        self.constraint == Constraint::Real
    }

    fn names(&self, names: &[String]) -> Vec<String> {
        self.constraint.free_names(names)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;

    const ALL: [(Constraint, usize); 6] = [
        (Constraint::Real, 3),
        (Constraint::Above(-1.5), 3),
        (Constraint::Below(0.7), 3),
        (Constraint::Between(-0.5, 2.5), 3),
        (Constraint::Ordered, 3),
        (Constraint::Simplex, 4),
    ];

    #[test]
    fn constraints_are_changes_of_variables() {
        for (constraint, length) in ALL {
            let map = constraint.with_length(length);
            assert_eq!((map.dim(), map.dim_x()), (3, length), "{constraint:?}");
            assert_passes(&map, &[0.4, -1.1, 0.8]);
        }
    }

    /// Two numbers of a simplex of three in closed form: x₁ = σ(u₁ − ln 2), x₂ = (1 − x₁) σ(u₂).
    #[test]
    fn a_simplex_is_broken_as_a_stick() {
        let map = Constraint::Simplex.with_length(3);
        let sigmoid = |v: f64| 1.0 / (1.0 + libm::exp(-v));
        let u = [0.9, -0.6];
        let first = sigmoid(u[0] - libm::log(2.0));
        let second = (1.0 - first) * sigmoid(u[1]);
        let x = map.forward_all(&u);
        for (found, known) in x.iter().zip([first, second, 1.0 - first - second]) {
            assert!((found - known).abs() < 1e-15, "{x:?}");
        }
        // ∂x₁/∂u₁ ∂x₂/∂u₂: the matrix is triangular.
        let slopes = first * (1.0 - first) * (1.0 - first) * sigmoid(u[1]) * sigmoid(-u[1]);
        assert!((map.log_det(&u) - libm::log(slopes)).abs() < 1e-14);
        // Where the stick is nearly used up the way back keeps its digits.
        let far = [20.0, 3.0];
        let back = map.inverse_all(&map.forward_all(&far));
        assert!(back.iter().zip(far).all(|(a, b)| (a - b).abs() < 1e-13), "{back:?}");
    }

    #[test]
    #[should_panic(expected = "leaves nothing free")]
    fn a_simplex_of_one_number_is_refused() {
        let _ = Constraint::Simplex.with_length(1);
    }
}
