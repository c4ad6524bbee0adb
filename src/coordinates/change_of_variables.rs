//! The trait of changes of variables x(u), with all that a log density needs of one.

use nalgebra::DMatrix;

/// A smooth, one-to-one map u ↦ x(u) from all real numbers u.
///
/// A density ρ of x becomes ρ_u(u) = ρ(x(u)) |det ∂x/∂u| of u, with the same integral Z. With
/// s = ∇_x log ρ and J = ∂x/∂u,
///
/// ```text
/// log ρ_u = log ρ + log |det J|
/// ∇ log ρ_u = Jᵀ s + ∇_u log |det J|
/// tr(Lᵀ ∇²log ρ_u L) = tr((JL)ᵀ ∇²log ρ (JL)) + Σ_i s_i tr(Lᵀ ∇²x_i L) + tr(Lᵀ ∇²log |det J| L)
/// ```
///
/// for any matrix L with a row for each u. The methods `pull_back_*` are these three lines: they
/// turn what is known of log ρ at x into what is needed of log ρ_u at u.
/// [`Transformed`](super::Transformed) applies them to a target;
/// [`check_change_of_variables`](super::check_change_of_variables) compares an implementation with
/// differences.
///
/// x may have more coordinates than u: the map is then an embedding. The implementor defines its
/// `log_det` (a simplex has that of all of its numbers but the last), and the lines above hold with
/// it.
///
/// NaN and ±inf propagate as in IEEE arithmetic.
///
/// ```
/// use pushforward::coordinates::{ChangeOfVariables, check_change_of_variables};
/// use pushforward::nalgebra::DMatrix;
///
/// /// x = e^u > 0: x′ = x″ = e^u, log |det| = u.
/// struct Exponential;
///
/// impl ChangeOfVariables for Exponential {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn forward(&self, u: &[f64], x: &mut [f64]) {
///         x[0] = u[0].exp();
///     }
///     fn inverse(&self, x: &[f64], u: &mut [f64]) {
///         u[0] = x[0].ln();
///     }
///     fn log_det(&self, u: &[f64]) -> f64 {
///         u[0]
///     }
///     fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
///         DMatrix::from_element(1, 1, u[0].exp())
///     }
///     fn pull_back_score(&self, _u: &[f64], x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
///         score_u[0] = x[0] * score_x[0] + 1.0;
///     }
///     fn pull_back_laplacian(
///         &self,
///         _u: &[f64],
///         x: &[f64],
///         root: &DMatrix<f64>,
///         score_x: &[f64],
///         laplacian: &mut f64,
///     ) {
///         *laplacian += score_x[0] * x[0] * root.norm_squared();
///     }
/// }
///
/// for check in check_change_of_variables(&Exponential, &[0.7]) {
///     assert!(check.passed(), "{check:?}");
/// }
/// ```
pub trait ChangeOfVariables: Send + Sync {
    /// The number of coordinates u.
    fn dim(&self) -> usize;

    /// The number of coordinates x, which is that of u, or more for an embedding.
    fn dim_x(&self) -> usize {
        self.dim()
    }

    /// Writes the point x of one point u.
    fn forward(&self, u: &[f64], x: &mut [f64]);

    /// Writes the point u of one point x.
    fn inverse(&self, x: &[f64], u: &mut [f64]);

    /// log |det ∂x/∂u| at u, nats: positive where u is stretched to x.
    fn log_det(&self, u: &[f64]) -> f64;

    /// J = ∂x/∂u at u, with a row for each x and a column for each u.
    fn jacobian(&self, u: &[f64]) -> DMatrix<f64>;

    /// Writes ∇_u log ρ_u = Jᵀ s + ∇_u log |det J| for the score s = `score_x` at x = x(u).
    fn pull_back_score(&self, u: &[f64], x: &[f64], score_x: &[f64], score_u: &mut [f64]);

    /// Adds Σ_i s_i tr(Lᵀ ∇²x_i L) + tr(Lᵀ ∇²log |det J| L) for L = `root` and s = `score_x`.
    ///
    /// `laplacian` is tr((JL)ᵀ ∇²log ρ (JL)) on entry and tr(Lᵀ ∇²log ρ_u L) on return.
    fn pull_back_laplacian(
        &self,
        u: &[f64],
        x: &[f64],
        root: &DMatrix<f64>,
        score_x: &[f64],
        laplacian: &mut f64,
    );

    /// Whether J is the same at every u.
    ///
    /// If so, `pull_back_laplacian` adds nothing, and the Laplacians of many points are one call of
    /// the target.
    fn is_affine(&self) -> bool {
        false
    }

    /// Returns J·`root` at u, which maps directions of u to directions of x.
    fn push_forward(&self, u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        self.jacobian(u) * root
    }

    /// Adds log |det J| to `value` = log ρ. A composed map adds the terms of its maps one after the
    /// other, so that the sum is rounded as if the maps had been applied one by one.
    fn pull_back_value(&self, u: &[f64], value: &mut f64) {
        *value += self.log_det(u);
    }

    /// The names of the coordinates u of x with these `names`: the same ones, or u1, u2, … for an
    /// embedding.
    fn names(&self, names: &[String]) -> Vec<String> {
        if names.len() == self.dim() {
            return names.to_vec();
        }
        (1..=self.dim()).map(|i| format!("u{i}")).collect()
    }

    /// Returns the points x of many points u, n×dim.
    fn forward_all(&self, u: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; u.len() / self.dim() * self.dim_x()];
        let rows = u.chunks_exact(self.dim()).zip(x.chunks_exact_mut(self.dim_x()));
        rows.for_each(|(u, x)| self.forward(u, x));
        x
    }

    /// Returns the points u of many points x, n×dim_x.
    fn inverse_all(&self, x: &[f64]) -> Vec<f64> {
        let mut u = vec![0.0; x.len() / self.dim_x() * self.dim()];
        let rows = x.chunks_exact(self.dim_x()).zip(u.chunks_exact_mut(self.dim()));
        rows.for_each(|(x, u)| self.inverse(x, u));
        u
    }
}

/// A reference to a map is a map too.
impl<M: ChangeOfVariables + ?Sized> ChangeOfVariables for &M {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn dim_x(&self) -> usize {
        (**self).dim_x()
    }
    fn forward(&self, u: &[f64], x: &mut [f64]) {
        (**self).forward(u, x);
    }
    fn inverse(&self, x: &[f64], u: &mut [f64]) {
        (**self).inverse(x, u);
    }
    fn log_det(&self, u: &[f64]) -> f64 {
        (**self).log_det(u)
    }
    fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
        (**self).jacobian(u)
    }
    fn pull_back_score(&self, u: &[f64], x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
        (**self).pull_back_score(u, x, score_x, score_u);
    }
    fn pull_back_laplacian(
        &self,
        u: &[f64],
        x: &[f64],
        root: &DMatrix<f64>,
        score_x: &[f64],
        laplacian: &mut f64,
    ) {
        (**self).pull_back_laplacian(u, x, root, score_x, laplacian);
    }
    fn is_affine(&self) -> bool {
        (**self).is_affine()
    }
    fn push_forward(&self, u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        (**self).push_forward(u, root)
    }
    fn pull_back_value(&self, u: &[f64], value: &mut f64) {
        (**self).pull_back_value(u, value);
    }
    fn names(&self, names: &[String]) -> Vec<String> {
        (**self).names(names)
    }
    fn forward_all(&self, u: &[f64]) -> Vec<f64> {
        (**self).forward_all(u)
    }
    fn inverse_all(&self, x: &[f64]) -> Vec<f64> {
        (**self).inverse_all(x)
    }
}
