//! The interface of a log density to the rest of the crate: values, scores and Laplacians.

use super::refusal::Refusal;
use nalgebra::DMatrix;

/// An unnormalised log density, evaluated for batches of points.
///
/// Points are n×d numbers, one point after another; log ρ is in nats. Every
/// [`LogDensity`](super::LogDensity) is a `Target`; a black box, which brings its own derivatives,
/// implements it directly. The same point must give the same bits, on any thread.
///
/// log ρ = −inf means outside of the support. Where numbers cannot be computed, return a
/// [`Refusal`] instead of a panic: the evaluation reports it with the point.
///
/// ```
/// use pushforward::density::{Refusal, Target, values};
///
/// /// ρ(x) = exp(−½x²), by a table that ends at |x| = 8.
/// struct Tabulated;
///
/// impl Target for Tabulated {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
///         for (k, (x, value)) in points.iter().zip(values).enumerate() {
///             if x.abs() > 8.0 {
///                 return Err(Refusal::at(k, format!("the table ends before {x}")));
///             }
///             *value = -0.5 * x * x;
///         }
///         Ok(())
///     }
///     fn values_and_scores(
///         &self,
///         points: &[f64],
///         values: &mut [f64],
///         scores: &mut [f64],
///     ) -> Result<(), Refusal> {
///         scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
///         self.values(points, values)
///     }
/// }
///
/// assert_eq!(values(&Tabulated, &[1.0, 2.0])?, [-0.5, -2.0]);
/// let error = values(&Tabulated, &[1.0, 9.0]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the log density has no answer at x = (9.0): the table ends before 9"
/// );
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
pub trait Target: Send + Sync {
    /// The dimension d of x.
    fn dim(&self) -> usize;

    /// The names of the d coordinates.
    fn names(&self) -> Vec<String> {
        numbered_names(self.dim())
    }

    /// The names of the quantities of [`Target::constrain`]. They are the names of the coordinates
    /// if x itself is what the user asked about.
    fn constrained_names(&self) -> Vec<String> {
        self.names()
    }

    /// The quantities that the user asked about, at one point x, as many as there are
    /// [`Target::constrained_names`]. They are x itself, unless x is a change of variables that
    /// lifts constraints (log σ for σ > 0).
    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        x.to_vec()
    }

    /// Writes log ρ at each point, nats.
    ///
    /// # Errors
    /// [`Refusal`] if there is no number for a point; what was written is then not read.
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal>;

    /// Writes log ρ and its gradient (n×d, point after point) at each point.
    ///
    /// # Errors
    /// As [`Target::values`].
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal>;

    /// Whether [`Target::laplacians`] is available.
    fn has_laplacian(&self) -> bool {
        false
    }

    /// Writes tr(Lᵀ ∇²log ρ L) at each point, for L = `root` with d rows. This is the Laplacian in
    /// u of x = L·u, and Δ log ρ if L is the identity.
    ///
    /// # Errors
    /// As [`Target::values`], and if `has_laplacian` is false.
    fn laplacians(
        &self,
        _points: &[f64],
        _root: &DMatrix<f64>,
        _laplacians: &mut [f64],
    ) -> Result<(), Refusal> {
        Err(Refusal::new("this target has no Laplacian; ask has_laplacian first"))
    }
}

/// The names x1, x2, … of coordinates that have no names of their own.
pub(super) fn numbered_names(dim: usize) -> Vec<String> {
    (1..=dim).map(|i| format!("x{i}")).collect()
}
