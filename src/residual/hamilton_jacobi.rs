//! The Hamilton-Jacobi-Bellman equation, which the potential of an optimal velocity obeys.

use super::fields::inner;
use crate::num::Scalar;

/// `R = ∂Φ/∂t + ½|∇Φ|² + ½σ²ΔΦ`. It is zero iff the velocity ∇Φ has the least mean ∫½|velocity|² dt
/// among those that join the same two distributions under noise σ (`variance_rate` = σ²; 0 for
/// optimal transport).
///
/// Nothing is filtered: NaN or ±inf is returned as computed.
///
/// Source: arXiv 2407.07873, section 3; Benamou & Brenier 2000 for σ = 0.
/// Differs: Φ here is σ² times theirs, so that the velocity is ∇Φ with noise and without.
/// Exact case: Gaussian to Gaussian (tests/gaussian_to_gaussian.rs).
pub fn hamilton_jacobi<S: Scalar>(dphi_dt: &S, grad_phi: &[S], laplacian_phi: &S, variance_rate: f64) -> S {
    let terms = [dphi_dt.clone(), inner(grad_phi, grad_phi), laplacian_phi.clone()];
    S::weighted_sum(&[1.0, 0.5, 0.5 * variance_rate], &terms)
}
