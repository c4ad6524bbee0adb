//! The curved valley of Rosenbrock, on which every optimiser is tested.

use super::least_squares::half_square;
use super::{LeastSquares, Linearisation};

/// The residuals r = (10(b − a²), 1 − a), which vanish only at (1, 1).
pub(super) struct Rosenbrock;

impl LeastSquares for Rosenbrock {
    fn n_params(&self) -> usize {
        2
    }
    fn n_residuals(&self) -> usize {
        2
    }
    fn residuals(&self, t: &[f64]) -> Vec<f64> {
        vec![10.0 * (t[1] - t[0] * t[0]), 1.0 - t[0]]
    }
    fn linearise_into(&self, t: &[f64], lin: &mut Linearisation) {
        *lin = Linearisation { residuals: self.residuals(t), jacobian: vec![-20.0 * t[0], 10.0, -1.0, 0.0] };
    }
    fn loss_and_gradient(&self, t: &[f64]) -> (f64, Vec<f64>) {
        let r = self.residuals(t);
        let gradient = self.transpose_times(t, &r);
        (half_square(&r), gradient)
    }
}
