//! A density as a formula that is generic in the scalar, so that its derivatives are exact.

use super::refusal::Refusal;
use super::target::{Target, numbered_names};
use crate::autodiff::{self, Formula};
use crate::num::Scalar;
use nalgebra::DMatrix;

/// An unnormalised log density that is written once; every derivative comes from autodiff.
///
/// `log_density` is log ρ(x) in nats. Any constant may be omitted, since log Z is relative to it.
/// −inf means outside of the support; NaN and +inf are failures that the evaluation reports with
/// the point. A density that has to say why it fails implements [`Target`].
///
/// ```
/// use pushforward::density::{LogDensity, values_and_scores};
/// use pushforward::num::Scalar;
///
/// /// ρ(x, y) = exp(−½x² − ½(y − x²)²/s²): a banana of width s.
/// struct Banana {
///     width: f64,
/// }
///
/// impl LogDensity for Banana {
///     fn dim(&self) -> usize {
///         2
///     }
///     fn log_density<S: Scalar>(&self, x: &[S]) -> S {
///         let bent = (x[1].clone() - x[0].square()) * (1.0 / self.width);
///         (x[0].square() + bent.square()) * -0.5
///     }
/// }
///
/// let (values, scores) = values_and_scores(&Banana { width: 0.5 }, &[1.0, 1.5])?;
/// assert_eq!(values, [-1.0]);
/// assert_eq!(scores, [3.0, -2.0]);
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
pub trait LogDensity: Send + Sync {
    /// The dimension d of x.
    fn dim(&self) -> usize;

    /// log ρ(x) for `x` of length d.
    fn log_density<S: Scalar>(&self, x: &[S]) -> S;

    /// The names of the d coordinates.
    fn names(&self) -> Vec<String> {
        numbered_names(self.dim())
    }

    /// The names of the quantities of [`LogDensity::constrain`]. They are the names of the
    /// coordinates if x itself is what the user asked about.
    fn constrained_names(&self) -> Vec<String> {
        self.names()
    }

    /// The quantities that the user asked about, at one point x, as many as there are
    /// [`LogDensity::constrained_names`]. They are x itself, unless x is a change of variables that
    /// lifts constraints (log σ for σ > 0).
    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        x.to_vec()
    }
}

/// A density as a formula for autodiff.
struct Written<'a, T>(&'a T);

impl<T: LogDensity> Formula for Written<'_, T> {
    fn at<S: Scalar>(&self, x: &[S]) -> S {
        self.0.log_density(x)
    }
}

impl<T: LogDensity> Target for T {
    fn dim(&self) -> usize {
        LogDensity::dim(self)
    }

    fn names(&self) -> Vec<String> {
        LogDensity::names(self)
    }

    fn constrained_names(&self) -> Vec<String> {
        LogDensity::constrained_names(self)
    }

    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        LogDensity::constrain(self, x)
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (x, value) in points.chunks_exact(LogDensity::dim(self)).zip(values) {
            *value = self.log_density(x);
        }
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        autodiff::values_and_gradients(&Written(self), LogDensity::dim(self), points, values, scores);
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        true
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        assert_eq!(root.nrows(), LogDensity::dim(self), "a row for each coordinate");
        autodiff::laplacians(&Written(self), points, root, laplacians);
        Ok(())
    }
}
