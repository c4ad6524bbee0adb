//! The trait of an equation in the log density V and the velocity.

use crate::num::Scalar;

/// What the equations of a moving density read at one (t, x).
#[derive(Clone, Debug)]
pub struct Fields<S> {
    /// ∂V/∂t, nats per unit of time.
    pub dv_dt: S,
    /// ∇V, d numbers.
    pub grad_v: Vec<S>,
    /// The velocity, d numbers.
    pub velocity: Vec<S>,
    /// div of the velocity.
    pub div_velocity: S,
}

/// One scalar equation that the fields must satisfy at every (t, x).
///
/// Sign: residual = left − right, as written in each implementor. Loss: ½ · mean(residual²); only
/// `fitting::assemble` applies the ½.
pub trait Equation {
    /// The residual at one point, nats per unit of time.
    ///
    /// Never filters: NaN or ±inf comes back as computed.
    ///
    /// # Panics
    /// If the fields disagree on the dimension.
    fn residual<S: Scalar>(&self, fields: &Fields<S>) -> S;
}

/// Σ_i a_i b_i.
///
/// # Panics
/// If the lengths differ.
pub(super) fn inner<S: Scalar>(a: &[S], b: &[S]) -> S {
    assert_eq!(a.len(), b.len(), "the fields disagree on the dimension");
    a.iter().zip(b).fold(S::constant(0.0), |sum, (a, b)| sum + a.clone() * b.clone())
}
