//! Errors that name a point, whose coordinates can be changed.

/// An error that may name a point of a target.
///
/// A target in other coordinates fails at a point u of these, and the user wants to read the point
/// x of the target. This trait maps the error back, so that every error type of the crate is mapped
/// in the same way.
///
/// ```
/// use pushforward::density::{DensityError, DensityFailure, PointError};
///
/// let at_u = DensityError { what: DensityFailure::NotANumber, at: vec![0.5] };
/// let at_x = at_u.map_point(&|u| vec![3.0 + 2.0 * u[0]]);
/// assert_eq!(at_x.at, [4.0]);
/// ```
pub trait PointError {
    /// The same error with its point replaced by `map` of it; an error without a point is returned
    /// as it is.
    fn map_point(self, map: &dyn Fn(&[f64]) -> Vec<f64>) -> Self;
}
