//! What is differentiated: a formula that runs on any scalar.

use crate::num::Scalar;

/// A formula in x, generic in the scalar: what an audit needs to run it in every mode.
pub trait Formula {
    /// Its value.
    fn at<S: Scalar>(&self, x: &[S]) -> S;
}
