//! A composition of two changes of variables.

use super::change_of_variables::ChangeOfVariables;
use nalgebra::DMatrix;

/// The map x = outer(w), w = inner(u).
///
/// log |det ∂x/∂u| is the sum of both. Scores are pulled back through `outer` and then through
/// `inner`; directions are pushed forward in the opposite order.
///
/// # Cost
/// The cost of both maps, and of `inner` once more for each value, score and Laplacian.
///
/// ```
/// use pushforward::coordinates::{Affine, ChangeOfVariables, Composed, Constraint};
/// use pushforward::nalgebra::{DMatrix, DVector};
///
/// // x = e^w with w = 3 + 2u.
/// let (location, scale) = (DVector::from_vec(vec![3.0]), DMatrix::from_element(1, 1, 2.0));
/// let scaled = Affine::new(location, scale).unwrap();
/// let map = Composed::new(Constraint::Above(0.0).with_length(1), scaled);
/// assert_eq!(map.forward_all(&[-1.5]), [1.0]);
/// assert_eq!(map.inverse_all(&[1.0]), [-1.5]);
/// assert_eq!(map.log_det(&[-1.5]), 2f64.ln());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Composed<Outer, Inner> {
    /// The map w ↦ x, which is applied last.
    pub outer: Outer,
    /// The map u ↦ w, which is applied first.
    pub inner: Inner,
}

impl<Outer: ChangeOfVariables, Inner: ChangeOfVariables> Composed<Outer, Inner> {
    /// Composes two maps to x = outer(inner(u)).
    ///
    /// # Panics
    /// If the number of coordinates that `inner` gives is not that of `outer`.
    #[track_caller]
    pub fn new(outer: Outer, inner: Inner) -> Composed<Outer, Inner> {
        assert_eq!(outer.dim(), inner.dim_x(), "the maps do not meet in as many coordinates");
        Composed { outer, inner }
    }

    /// The coordinates w = inner(u) between the maps.
    fn between(&self, u: &[f64]) -> Vec<f64> {
        let mut w = vec![0.0; self.outer.dim()];
        self.inner.forward(u, &mut w);
        w
    }
}

impl<Outer: ChangeOfVariables, Inner: ChangeOfVariables> ChangeOfVariables for Composed<Outer, Inner> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn dim_x(&self) -> usize {
        self.outer.dim_x()
    }

    fn forward(&self, u: &[f64], x: &mut [f64]) {
        self.outer.forward(&self.between(u), x);
    }

    fn inverse(&self, x: &[f64], u: &mut [f64]) {
        let mut w = vec![0.0; self.outer.dim()];
        self.outer.inverse(x, &mut w);
        self.inner.inverse(&w, u);
    }

    fn log_det(&self, u: &[f64]) -> f64 {
        self.outer.log_det(&self.between(u)) + self.inner.log_det(u)
    }

    fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
        self.outer.jacobian(&self.between(u)) * self.inner.jacobian(u)
    }

    fn pull_back_score(&self, u: &[f64], x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
        let w = self.between(u);
        let mut score_w = vec![0.0; w.len()];
        self.outer.pull_back_score(&w, x, score_x, &mut score_w);
        self.inner.pull_back_score(u, &w, &score_w, score_u);
    }

    fn pull_back_laplacian(
        &self,
        u: &[f64],
        x: &[f64],
        root: &DMatrix<f64>,
        score_x: &[f64],
        laplacian: &mut f64,
    ) {
        let w = self.between(u);
        let mut score_w = vec![0.0; w.len()];
        self.outer.pull_back_score(&w, x, score_x, &mut score_w);
        self.outer.pull_back_laplacian(&w, x, &self.inner.push_forward(u, root), score_x, laplacian);
        self.inner.pull_back_laplacian(u, &w, root, &score_w, laplacian);
    }

    fn is_affine(&self) -> bool {
        self.outer.is_affine() && self.inner.is_affine()
    }

    fn push_forward(&self, u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        self.outer.push_forward(&self.between(u), &self.inner.push_forward(u, root))
    }

    fn pull_back_value(&self, u: &[f64], value: &mut f64) {
        self.outer.pull_back_value(&self.between(u), value);
        self.inner.pull_back_value(u, value);
    }

    fn names(&self, names: &[String]) -> Vec<String> {
        self.inner.names(&self.outer.names(names))
    }

    fn forward_all(&self, u: &[f64]) -> Vec<f64> {
        self.outer.forward_all(&self.inner.forward_all(u))
    }

    fn inverse_all(&self, x: &[f64]) -> Vec<f64> {
        self.inner.inverse_all(&self.outer.inverse_all(x))
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;
    use crate::coordinates::{Affine, Constraint, LogLinearScale, LogLinearScales};
    use nalgebra::DVector;

    fn affine() -> Affine {
        let scale = DMatrix::from_row_slice(3, 3, &[0.8, 0.0, 0.0, -0.4, 0.5, 0.0, 0.3, 0.2, 1.2]);
        Affine::new(DVector::from_vec(vec![0.1, -0.3, 0.2]), scale).unwrap()
    }

    fn scales() -> LogLinearScales {
        let child = LogLinearScale { coordinate: 1, constant: -0.2, slopes: vec![(0, 0.6), (2, -0.4)] };
        LogLinearScales { dim: 3, children: vec![child] }
    }

    /// Tests both orders of a nonlinear and an affine map, two nonlinear maps, and an embedding.
    #[test]
    fn compositions_are_changes_of_variables() {
        let u = [0.4, -0.9, 0.7];
        assert_passes(&Composed::new(affine(), scales()), &u);
        assert_passes(&Composed::new(scales(), affine()), &u);
        assert_passes(&Composed::new(Constraint::Ordered.with_length(3), scales()), &u);
        let simplex = Constraint::Simplex.with_length(4);
        let whole = Composed::new(simplex, Composed::new(affine(), scales()));
        assert_passes(&whole, &u);
        assert_eq!((whole.dim(), whole.dim_x(), whole.is_affine()), (3, 4, false));
        assert!(Composed::new(affine(), affine()).is_affine());
    }

    #[test]
    fn names_go_through_both_maps() {
        let map = Composed::new(Constraint::Above(0.0).with_length(3), affine());
        assert_eq!(
            map.names(&["a", "b", "c"].map(String::from)),
            ["log(a)", "log(b)", "log(c)"].map(String::from)
        );
    }
}
