//! The log-Fokker-Planck equation, which the log density of particles with drift and noise obeys.

use super::continuity;
use super::fields::{Fields, inner};
use crate::num::Scalar;

/// `R = ∂V/∂t + div μ + μ·∇V − ½σ²(ΔV + |∇V|²)`, nats per unit of time. It is zero iff V = log p_t
/// for the distribution p_t of dX = μ dt + σ dW. `variance_rate` is σ², `fields.velocity` the drift
/// μ.
///
/// It is the continuity equation of the probability flow μ − ½σ²∇V.
/// Nothing is filtered: NaN or ±inf is returned as computed.
///
/// # Panics
/// If the fields have different dimensions.
///
/// Source: arXiv 2407.07873, eq. (7); the Fokker-Planck equation divided by p.
/// Exact case: Gaussian to Gaussian (tests/gaussian_to_gaussian.rs).
pub fn fokker_planck<S: Scalar>(fields: &Fields<S>, laplacian_v: &S, variance_rate: f64) -> S {
    let spread = laplacian_v.clone() + inner(&fields.grad_v, &fields.grad_v);
    continuity(fields) - spread * (0.5 * variance_rate)
}
