//! A formula that runs on any scalar, so that it can be differentiated in every mode.

use crate::num::Scalar;

/// A real function of x that is generic in the scalar.
pub trait Formula {
    /// The value of the formula at x.
    fn at<S: Scalar>(&self, x: &[S]) -> S;
}
