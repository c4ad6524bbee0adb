//! A target in other coordinates: the one place that applies a change of variables to a density.

use super::change_of_variables::ChangeOfVariables;
use crate::density::{PointError, Refusal, Target};
use nalgebra::DMatrix;

/// The target ρ_u(u) = ρ(x(u)) |det ∂x/∂u| of a target ρ of x and a change of variables.
///
/// Z is unchanged. Values, scores and Laplacians follow the lines in [`ChangeOfVariables`]. The
/// constrained quantities at u are those of the target at x(u). A refusal passes through, since a
/// point keeps its index in a batch; [`Transformed::in_user_coordinates`] maps an error that names
/// a point u back to x.
///
/// # Cost
/// The cost of the map at each point, besides that of the target. For a map that is not affine a
/// Laplacian also takes a value and a score, and evaluates the target point by point.
///
/// ```
/// use pushforward::coordinates::{Constraint, Transformed};
/// use pushforward::density::{LogDensity, Target, values, values_and_scores};
/// use pushforward::num::Scalar;
///
/// /// ρ(x) = x² e^(−x) for x > 0, a Gamma density with Z = 2.
/// struct Gamma;
///
/// impl LogDensity for Gamma {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn log_density<S: Scalar>(&self, x: &[S]) -> S {
///         x[0].ln() * 2.0 - x[0].clone()
///     }
/// }
///
/// // In u = log x any real number will do: ρ_u(u) = exp(3u − e^u), which is largest at u = log 3.
/// let free = Transformed::new(&Gamma, Constraint::Above(0.0).with_length(1));
/// let top = 3f64.ln();
/// let (value, score) = values_and_scores(&free, &[top])?;
/// assert!((value[0] - (3.0 * top - 3.0)).abs() < 1e-14 && score[0].abs() < 1e-14);
/// assert!((free.constrain(&[top])[0] - 3.0).abs() < 1e-14);
/// assert_eq!(free.names(), ["log(x1)"]);
///
/// // At u = 800 x is +inf and log ρ = inf − inf is NaN: the error names x, which the user knows.
/// let error = values(&free, &[800.0]).unwrap_err();
/// assert_eq!(free.in_user_coordinates(error).at, [f64::INFINITY]);
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
pub struct Transformed<'a> {
    target: &'a dyn Target,
    map: Box<dyn ChangeOfVariables + 'a>,
}

impl<'a> Transformed<'a> {
    /// The target in the coordinates u of `map`, which may be given by reference.
    ///
    /// # Panics
    /// If the map and the target have different numbers of coordinates x.
    #[track_caller]
    pub fn new(target: &'a dyn Target, map: impl ChangeOfVariables + 'a) -> Transformed<'a> {
        assert_eq!(map.dim_x(), target.dim(), "the change of variables is one of another dimension");
        Transformed { target, map: Box::new(map) }
    }

    /// The change of variables u ↦ x.
    pub fn map(&self) -> &(dyn ChangeOfVariables + 'a) {
        &*self.map
    }

    /// Returns an error of an evaluation at u with the point x at which the target was evaluated.
    pub fn in_user_coordinates<E: PointError>(&self, error: E) -> E {
        error.map_point(&|u| self.map.forward_all(u))
    }
}

impl Target for Transformed<'_> {
    fn dim(&self) -> usize {
        self.map.dim()
    }

    fn names(&self) -> Vec<String> {
        self.map.names(&self.target.names())
    }

    fn constrained_names(&self) -> Vec<String> {
        self.target.constrained_names()
    }

    fn constrain(&self, u: &[f64]) -> Vec<f64> {
        self.target.constrain(&self.map.forward_all(u))
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        self.target.values(&self.map.forward_all(points), values)?;
        let rows = points.chunks_exact(self.dim()).zip(values);
        rows.for_each(|(u, value)| self.map.pull_back_value(u, value));
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        let (d, n) = (self.map.dim(), self.map.dim_x());
        let x = self.map.forward_all(points);
        let mut scores_x = vec![0.0; x.len()];
        self.target.values_and_scores(&x, values, &mut scores_x)?;
        let at = points.chunks_exact(d).zip(x.chunks_exact(n));
        let of_target = scores_x.chunks_exact(n).zip(scores.chunks_exact_mut(d)).zip(values);
        for ((u, x), ((score_x, score_u), value)) in at.zip(of_target) {
            self.map.pull_back_value(u, value);
            self.map.pull_back_score(u, x, score_x, score_u);
        }
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        self.target.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        let (d, n) = (self.map.dim(), self.map.dim_x());
        let x = self.map.forward_all(points);
        if self.map.is_affine() {
            let Some(u) = points.get(..d) else { return Ok(()) };
            return self.target.laplacians(&x, &self.map.push_forward(u, root), laplacians);
        }
        let (mut values, mut scores) = (vec![0.0; laplacians.len()], vec![0.0; x.len()]);
        self.target.values_and_scores(&x, &mut values, &mut scores)?;
        let at = points.chunks_exact(d).zip(x.chunks_exact(n));
        let rows = at.zip(scores.chunks_exact(n).zip(laplacians.chunks_exact_mut(1)));
        for (p, ((u, x), (score, laplacian))) in rows.enumerate() {
            let root_of_x = self.map.push_forward(u, root);
            self.target.laplacians(x, &root_of_x, laplacian).map_err(|no| no.map_point(|_| p))?;
            self.map.pull_back_laplacian(u, x, root, score, &mut laplacian[0]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinates::{Affine, Composed, Constraint, LogLinearScale, LogLinearScales};
    use crate::density::{DensityFailure, gauss, gmm_unequal, laplacians, values, values_and_scores};
    use nalgebra::DVector;

    /// The Gaussian in the coordinates of its own factor is the standard normal with the same Z.
    #[test]
    fn z_is_unchanged() {
        let target = gauss(5);
        let map = Affine::new(target.mean().clone(), target.factor().clone()).unwrap();
        let u = [0.3, -1.2, 0.8, 2.0, -0.1];
        let found = values(&Transformed::new(&target, &map), &u).unwrap();
        let normal = -0.5 * u.iter().map(|u| u * u).sum::<f64>()
            - 2.5 * libm::log(2.0 * std::f64::consts::PI)
            + target.log_integral();
        assert!((found[0] - normal).abs() < 1e-13, "{} {normal}", found[0]);
    }

    /// Two maps one after the other give the same target as their composition, to the bit.
    #[test]
    fn a_composition_has_the_bits_of_its_maps_one_after_the_other() {
        let target = gmm_unequal();
        let factor = DMatrix::from_row_slice(2, 2, &[1.5, 0.0, -0.7, 0.6]);
        let affine = Affine::new(DVector::from_vec(vec![0.4, -1.1]), factor).unwrap();
        let child = LogLinearScale { coordinate: 1, constant: 0.3, slopes: vec![(0, 0.7)] };
        let scales = LogLinearScales { dim: 2, children: vec![child] };
        let in_w = Transformed::new(&target, &affine);
        let one_by_one = Transformed::new(&in_w, &scales);
        let together = Transformed::new(&target, Composed::new(&affine, &scales));
        let u: Vec<f64> = (0..140).map(|k| libm::sin(f64::from(k)) * 1.3).collect();
        let (found, other) = (values_and_scores(&together, &u), values_and_scores(&one_by_one, &u));
        assert_eq!(found, other);
        let found = found.unwrap().0;
        assert_eq!(laplacians(&together, &u, &found), laplacians(&one_by_one, &u, &found));
        assert_ne!(found, values(&in_w, &u).unwrap(), "the check cannot fail");
    }

    /// A target with log ρ = √x, which is NaN below 0 and is refused beyond 9.
    struct Root;
    impl Target for Root {
        fn dim(&self) -> usize {
            1
        }
        fn constrained_names(&self) -> Vec<String> {
            vec!["twice".to_string()]
        }
        fn constrain(&self, x: &[f64]) -> Vec<f64> {
            vec![2.0 * x[0]]
        }
        fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
            values.iter_mut().zip(points).for_each(|(value, x)| *value = x.sqrt());
            match points.iter().position(|x| *x > 9.0) {
                Some(k) => Err(Refusal::at(k, "beyond 9")),
                None => Ok(()),
            }
        }
        fn values_and_scores(
            &self,
            points: &[f64],
            values: &mut [f64],
            scores: &mut [f64],
        ) -> Result<(), Refusal> {
            scores.iter_mut().zip(points).for_each(|(score, x)| *score = 0.5 / x.sqrt());
            self.values(points, values)
        }
        fn has_laplacian(&self) -> bool {
            true
        }
        fn laplacians(
            &self,
            points: &[f64],
            root: &DMatrix<f64>,
            laplacians: &mut [f64],
        ) -> Result<(), Refusal> {
            for (x, laplacian) in points.iter().zip(laplacians) {
                *laplacian = -0.25 * x.powf(-1.5) * root.norm_squared();
            }
            match points.iter().position(|x| *x > 4.0) {
                Some(k) => Err(Refusal::at(k, "beyond 4")),
                None => Ok(()),
            }
        }
    }

    #[test]
    fn errors_name_the_point_of_the_user_and_refusals_their_place() {
        let inner = Affine::new(DVector::from_vec(vec![5.0]), DMatrix::from_element(1, 1, 2.0)).unwrap();
        let (u, nan) = ([0.0, 0.5, 1.0], [0.0, -3.0]);
        for map in [inner.clone(), Affine::identity(1)] {
            let target = Transformed::new(&Root, Composed::new(&inner, map.clone()));
            let error = target.in_user_coordinates(values(&target, &nan).unwrap_err());
            let x = |u: f64| 5.0 + 2.0 * map.forward_all(&[u])[0];
            let failed = [0.0, -3.0].into_iter().map(x).find(|x| !(0.0..=9.0).contains(x)).unwrap();
            assert_eq!(error.at, [failed]);
            let refused = matches!(error.what, DensityFailure::Refused { .. });
            assert_eq!(refused, failed > 9.0, "{error}");
            assert_eq!(
                (target.constrain(&u[..1]), target.constrained_names()),
                (vec![2.0 * x(0.0)], vec!["twice".to_string()])
            );
        }
        let free = Transformed::new(&Root, Constraint::Above(0.0).with_length(1));
        let second = free.laplacians(&[0.0, 1.0, 2.0], &DMatrix::identity(1, 1), &mut [0.0; 3]);
        assert_eq!(second.unwrap_err(), Refusal::at(2, "beyond 4"));
        let refusal = free.values(&[0.0, 3.0, 2.0], &mut [0.0; 3]).unwrap_err();
        assert_eq!(refusal, Refusal::at(1, "beyond 9"));
    }
}
