//! Quantities that the equations of a moving density read at a point.

use crate::num::Scalar;

/// The log density V and a velocity at one (t, x).
#[derive(Clone, Debug)]
pub struct Fields<S> {
    /// Time derivative ∂V/∂t, nats per unit of time.
    pub dv_dt: S,
    /// Gradient ∇V of the log density, d numbers.
    pub grad_v: Vec<S>,
    /// The velocity, d numbers.
    pub velocity: Vec<S>,
    /// Divergence of the velocity.
    pub div_velocity: S,
}

/// Inner product Σ_i a_i b_i.
///
/// # Panics
/// If the lengths differ.
pub(super) fn inner<S: Scalar>(a: &[S], b: &[S]) -> S {
    assert_eq!(a.len(), b.len(), "the fields disagree on the dimension");
    a.iter().zip(b).fold(S::constant(0.0), |sum, (a, b)| sum + a.clone() * b.clone())
}
