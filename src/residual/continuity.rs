//! The log-continuity equation, which the log density of particles moved by a velocity obeys.

use super::fields::{Fields, inner};
use crate::num::Scalar;

/// `R = ∂V/∂t + div μ + μ·∇V`, nats per unit of time. It is zero iff V = log p_t for the
/// distribution p_t of dX = μ dt.
///
/// Nothing is filtered: NaN or ±inf is returned as computed.
///
/// # Panics
/// If the fields have different dimensions.
///
/// Source: arXiv 2407.07873, eq. (7) with σ = 0; the continuity equation divided by p.
/// Exact case: Gaussian to Gaussian with the affine velocity (tests/gaussian_to_gaussian.rs).
pub fn continuity<S: Scalar>(fields: &Fields<S>) -> S {
    fields.dv_dt.clone() + fields.div_velocity.clone() + inner(&fields.velocity, &fields.grad_v)
}
