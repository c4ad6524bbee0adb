//! The log-continuity equation: what the log density of particles moved by a velocity obeys.

use super::equation::{Equation, Fields, inner};
use crate::num::Scalar;

/// `R = ∂V/∂t + div μ + μ·∇V`, zero iff V = log p_t for the law p_t of dX = μ dt.
///
/// Source: arXiv 2407.07873, eq. (7) with σ = 0; the continuity equation divided by p.
/// Exact case: Gaussian to Gaussian with the affine velocity (tests/gaussian_to_gaussian.rs).
#[derive(Clone, Copy, Debug)]
pub struct Continuity;

impl Equation for Continuity {
    fn residual<S: Scalar>(&self, fields: &Fields<S>) -> S {
        fields.dv_dt.clone() + fields.div_velocity.clone() + inner(&fields.velocity, &fields.grad_v)
    }
}
