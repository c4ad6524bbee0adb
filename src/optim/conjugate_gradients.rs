//! The direction by conjugate gradients on the normal equations (CGLS), from products with J alone.

use super::Jacobian;
use crate::num::norm;

/// Largest number of iterations. A Gauss-Newton step needs the leading part of the spectrum, not
/// the last digit.
const ITERATIONS: usize = 100;
/// Reduction of the gradient of the linear problem at which the iteration ends. Eisenstat & Walker
/// 1996 need less than one.
const FORCING: f64 = 1e-2;

/// Approximates δ = −(JᵀJ + λI)⁻¹Jᵀb. ½|b + Jδ|² + ½λ|δ|² falls with every iteration (Björck 1996,
/// 7.4).
///
/// # Cost
/// One product with J and one with Jᵀ per iteration, at most a hundred iterations; four vectors of
/// length P and two of length N.
pub(super) fn solve(jacobian: &Jacobian<'_>, lambda: f64, b: &[f64]) -> Vec<f64> {
    let mut rest: Vec<f64> = b.iter().map(|v| -v).collect();
    let mut gradient = jacobian.transpose_times(&rest);
    let mut delta = vec![0.0; gradient.len()];
    let mut direction = gradient.clone();
    let first = norm(&gradient);
    let mut square = first * first;
    for _ in 0..ITERATIONS {
        // The loop also ends on NaN, which the caller finds in δ.
        if square.is_nan() || square.sqrt() <= FORCING * first {
            break;
        }
        let moved = jacobian.times(&direction);
        let curvature = norm(&moved).powi(2) + lambda * norm(&direction).powi(2);
        let step = square / curvature;
        delta.iter_mut().zip(&direction).for_each(|(d, v)| *d += step * v);
        rest.iter_mut().zip(&moved).for_each(|(r, m)| *r -= step * m);
        gradient = jacobian.transpose_times(&rest);
        gradient.iter_mut().zip(&delta).for_each(|(g, d)| *g -= lambda * d);
        let next = norm(&gradient).powi(2);
        let turn = next / square;
        direction.iter_mut().zip(&gradient).for_each(|(d, g)| *d = g + turn * *d);
        square = next;
    }
    if square.is_nan() { vec![f64::NAN; delta.len()] } else { delta }
}
