//! The solution of an evolution between Gaussians, in closed form.

use super::gaussian_case::GaussianCase;
use crate::evolution::erased::ErasedEvolution;

/// The unknowns of an evolution at one point, where they solve its equations.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianSolution {
    /// Values and derivatives of all unknowns in order, as [`Jets`](crate::network::Jets) reads
    /// them.
    pub numbers: Vec<f64>,
    /// Values of the free scalars, in order.
    pub scalars: Vec<f64>,
}

/// An evolution whose solution between Gaussians is known. Every built-in evolution implements it:
/// its residual must vanish there.
///
/// ```
/// use pushforward::evolution::{ClosedForm, Evolution, GaussianCase, GeneralOde};
/// use pushforward::network::Jets;
/// use pushforward::residual::Point;
///
/// let (case, t, x) = (GaussianCase::asymmetric(2), 0.3, [0.5, -1.2]);
/// let exact = GeneralOde.gaussian_solution(&case, t, &x);
/// let unknowns = GeneralOde.description(2).unknowns;
/// let jets = Jets::new(&unknowns, &exact.numbers, &exact.scalars);
/// // log ρ and its score.
/// let data = &case.data(&x)[..3];
/// let mut residual = [0.0];
/// GeneralOde.residuals(Point { time: t, x: &x, data }, &jets, &mut residual);
/// assert!(residual[0].abs() < 1e-12);
/// ```
pub trait ClosedForm: ErasedEvolution {
    /// The unknowns at (t, x) for the evolution from N(0, I) to the Gaussian of `case`, 0 < t < 1.
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution;
}
