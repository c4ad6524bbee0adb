//! Geodesic acceleration: the second-order correction of a Gauss-Newton direction.

use super::{DampedSolver, LeastSquares, Solve};
use crate::num::norm;

/// Length of the difference quotient along δ (Transtrum & Sethna 2012 use 0.1).
const DIFFERENCE: f64 = 0.1;
/// The correction is used only if 2|a| is at most this multiple of |δ|. A larger one is no longer a
/// correction.
const LARGEST_BEND: f64 = 0.75;

/// Returns a = −½(JᵀJ + λI)⁻¹Jᵀ r″ with r″ = d²r(θ + sδ)/ds² at s = 0, from one more evaluation of
/// r; `None` if a is too long.
pub(super) fn correction(
    problem: &dyn LeastSquares,
    theta: &[f64],
    residuals: &[f64],
    linearised: &mut DampedSolver<'_>,
    lambda: f64,
    solve: &Solve,
) -> Option<Vec<f64>> {
    let ahead: Vec<f64> = theta.iter().zip(&solve.delta).map(|(t, d)| t + DIFFERENCE * d).collect();
    let slope = linearised.jacobian_times(&solve.delta);
    let bend: Vec<f64> = problem
        .residuals(&ahead)
        .iter()
        .zip(residuals)
        .zip(&slope)
        .map(|((there, here), slope)| 2.0 / DIFFERENCE * ((there - here) / DIFFERENCE - slope))
        .collect();
    let mut correction = linearised.correction(lambda, &bend).ok()?;
    correction.iter_mut().for_each(|a| *a *= 0.5);
    (2.0 * norm(&correction) <= LARGEST_BEND * norm(&solve.delta)).then_some(correction)
}
