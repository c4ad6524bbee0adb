//! The log-continuity equation: what the log density of particles moved by a velocity obeys.

use super::fields::{Fields, inner};
use crate::num::Scalar;

/// `R = ∂V/∂t + div μ + μ·∇V`, nats per unit of time: zero iff V = log p_t for the law p_t of
/// dX = μ dt.
///
/// Never filters: NaN or ±inf comes back as computed.
///
/// # Panics
/// If the fields disagree on the dimension.
///
/// Source: arXiv 2407.07873, eq. (7) with σ = 0; the continuity equation divided by p.
/// Exact case: Gaussian to Gaussian with the affine velocity (tests/gaussian_to_gaussian.rs).
pub fn continuity<S: Scalar>(fields: &Fields<S>) -> S {
    fields.dv_dt.clone() + fields.div_velocity.clone() + inner(&fields.velocity, &fields.grad_v)
}
