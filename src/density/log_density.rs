//! The two doors for a density: a formula generic in the scalar, or batches of values and scores.

use crate::autodiff::{self, Formula};
use crate::num::Scalar;
use nalgebra::DMatrix;

/// An unnormalised log density written once; every derivative comes from autodiff.
///
/// `log_density` is log ρ(x) in nats, any constant omitted at will: log Z is relative to it. −inf means
/// outside the support; NaN and +inf are failures that callers report with the point.
pub trait LogDensity: Send + Sync {
    /// The dimension d of x.
    fn dim(&self) -> usize;

    /// log ρ(x) for `x` of length d.
    fn log_density<S: Scalar>(&self, x: &[S]) -> S;

    /// Names of the coordinates.
    fn names(&self) -> Vec<String> {
        numbered_names(self.dim())
    }

    /// Names of the quantities of [`LogDensity::constrain`]: those of the coordinates if x itself is what the user asked about.
    fn constrained_names(&self) -> Vec<String> {
        self.names()
    }

    /// What the user asked about at one point x: x itself, unless x is a change of variables that lifts constraints
    /// (log σ for σ > 0). As many numbers as there are [`LogDensity::constrained_names`].
    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        x.to_vec()
    }
}

/// What the program works with: values and scores of log ρ over a batch.
///
/// Points stand one after another, n×d numbers. Every [`LogDensity`] is a `Target`; a black box
/// implements it directly. The same point must give the same bits, on any thread.
pub trait Target: Send + Sync {
    /// The dimension d of x.
    fn dim(&self) -> usize;

    /// Names of the coordinates.
    fn names(&self) -> Vec<String> {
        numbered_names(self.dim())
    }

    /// Names of the quantities of [`Target::constrain`]: those of the coordinates if x itself is what the user asked about.
    fn constrained_names(&self) -> Vec<String> {
        self.names()
    }

    /// What the user asked about at one point x: x itself, unless x is a change of variables that lifts constraints
    /// (log σ for σ > 0). As many numbers as there are [`Target::constrained_names`].
    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        x.to_vec()
    }

    /// log ρ at each point, nats.
    fn values(&self, points: &[f64], values: &mut [f64]);

    /// log ρ and its gradient (n×d, point after point) at each point.
    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]);

    /// Whether [`Target::laplacians`] is available.
    fn has_laplacian(&self) -> bool {
        false
    }

    /// tr(Lᵀ ∇²log ρ L) at each point, for L = `root` with d rows: the Laplacian in u of x = L·u; Δ log ρ if L is the
    /// identity.
    ///
    /// # Panics
    /// If `has_laplacian` is false.
    fn laplacians(&self, _points: &[f64], _root: &DMatrix<f64>, _laplacians: &mut [f64]) {
        panic!("this target has no Laplacian; ask has_laplacian first");
    }
}

/// x1, x2, …
fn numbered_names(dim: usize) -> Vec<String> {
    (1..=dim).map(|i| format!("x{i}")).collect()
}

/// A density as the formula that it is.
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

    fn values(&self, points: &[f64], values: &mut [f64]) {
        for (x, value) in points.chunks_exact(LogDensity::dim(self)).zip(values) {
            *value = self.log_density(x);
        }
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        autodiff::values_and_gradients(&Written(self), LogDensity::dim(self), points, values, scores);
    }

    fn has_laplacian(&self) -> bool {
        true
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
        assert_eq!(root.nrows(), LogDensity::dim(self), "a row for each coordinate");
        autodiff::laplacians(&Written(self), points, root, laplacians);
    }
}
