//! The check of a change of variables: its round trip, determinant, scores and Laplacians are
//! compared with differences.

use super::change_of_variables::ChangeOfVariables;
use super::transformed::Transformed;
use crate::autodiff::{ModeCheck, central_differences};
use crate::density::{Refusal, Target};
use nalgebra::DMatrix;

/// Compares a change of variables at a point u with its definition.
///
/// The comparisons are: u with inverse(forward(u)); the Jacobian with differences of `forward`; log
/// |det| with the determinant of the Jacobian, for a map that is no embedding; directions pushed
/// forward with the Jacobian times them. For an asymmetric density of x in the coordinates u they
/// are also its score with differences of its values, and its Laplacian along skew directions with
/// differences of its score.
///
/// Bounds: computations with the same numbers in another order agree to 1e-10 for numbers of order
/// one. Central differences with step 1e-5 carry rounding 1e-11 and truncation near 1e-10 times a
/// third derivative, and must agree to 1e-6.
///
/// # Panics
/// If the length of u is not the number of coordinates of the map.
///
/// # Cost
/// 4·dim evaluations of the map.
pub fn check_change_of_variables(map: &dyn ChangeOfVariables, u: &[f64]) -> Vec<ModeCheck> {
    const SAME: f64 = 1e-10;
    const DIFFERENCE: f64 = 1e-6;
    let (d, n) = (map.dim(), map.dim_x());
    assert_eq!(u.len(), d, "a point of another dimension");
    let x = map.forward_all(u);
    let jacobian = map.jacobian(u);
    let slopes = central_differences(u, |v| map.forward_all(v));
    let root = DMatrix::from_fn(d, d, |i, j| (0.9 + 0.3 * i as f64 - 0.4 * j as f64) / d as f64);
    let target = SkewTarget { dim: n };
    let ours = Transformed::new(&target, map);
    let ([value], score) = evaluated(&ours, u);
    let ([value_of_x], _) = evaluated(&target, &x);
    let slopes_of_value = central_differences(u, |v| evaluated(&ours, v).0.to_vec());
    let hessian = DMatrix::from_vec(d, d, central_differences(u, |v| evaluated(&ours, v).1));
    let mut laplacian = [0.0];
    ours.laplacians(u, &root, &mut laplacian).expect("the skew target does not refuse");
    let mut checks = vec![
        ModeCheck::new("inverse of forward, and u", &map.inverse_all(&x), u, SAME),
        ModeCheck::new("Jacobian and differences", jacobian.as_slice(), &slopes, DIFFERENCE),
        ModeCheck::new("value and log det", &[value], &[value_of_x + map.log_det(u)], SAME),
        ModeCheck::new(
            "directions and the Jacobian times them",
            map.push_forward(u, &root).as_slice(),
            (&jacobian * &root).as_slice(),
            SAME,
        ),
        ModeCheck::new("score and differences", &score, &slopes_of_value, DIFFERENCE),
        ModeCheck::new(
            "Laplacian and differences",
            &laplacian,
            &[(root.transpose() * hessian * &root).trace()],
            DIFFERENCE,
        ),
    ];
    if n == d {
        let log_det = libm::log(jacobian.determinant().abs());
        checks.push(ModeCheck::new("log det and determinant", &[map.log_det(u)], &[log_det], SAME));
    }
    checks
}

fn evaluated(target: &dyn Target, x: &[f64]) -> ([f64; 1], Vec<f64>) {
    let (mut value, mut score) = ([0.0], vec![0.0; x.len()]);
    target.values_and_scores(x, &mut value, &mut score).expect("the skew target does not refuse");
    (value, score)
}

/// The density log ρ(x) = sin(k·x) − ½ Σ a_i (x_i − 0.3)² with unequal k_i and a_i. It is symmetric
/// in no two coordinates and has third derivatives.
struct SkewTarget {
    dim: usize,
}

impl SkewTarget {
    fn wave(i: usize) -> f64 {
        0.9 / (1.0 + i as f64)
    }

    fn precision(i: usize) -> f64 {
        0.4 + 0.15 * (i % 5) as f64
    }

    fn phase(x: &[f64]) -> f64 {
        x.iter().enumerate().map(|(i, x)| SkewTarget::wave(i) * x).sum()
    }
}

impl Target for SkewTarget {
    fn dim(&self) -> usize {
        self.dim
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (x, value) in points.chunks_exact(self.dim).zip(values) {
            let square = |(i, x): (usize, &f64)| SkewTarget::precision(i) * (x - 0.3) * (x - 0.3);
            *value = libm::sin(SkewTarget::phase(x)) - 0.5 * x.iter().enumerate().map(square).sum::<f64>();
        }
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        for (x, score) in points.chunks_exact(self.dim).zip(scores.chunks_exact_mut(self.dim)) {
            let slope = libm::cos(SkewTarget::phase(x));
            for (i, (x, score)) in x.iter().zip(score).enumerate() {
                *score = slope * SkewTarget::wave(i) - SkewTarget::precision(i) * (x - 0.3);
            }
        }
        self.values(points, values)
    }

    fn has_laplacian(&self) -> bool {
        true
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        let along = |column: &[f64]| -> (f64, f64) {
            let square = |(i, v): (usize, &f64)| SkewTarget::precision(i) * v * v;
            (SkewTarget::phase(column), column.iter().enumerate().map(square).sum())
        };
        for (x, laplacian) in points.chunks_exact(self.dim).zip(laplacians) {
            let bend = -libm::sin(SkewTarget::phase(x));
            let columns = root.as_slice().chunks_exact(self.dim).map(along);
            *laplacian = columns.map(|(wave, square)| bend * wave * wave - square).sum();
        }
        Ok(())
    }
}

/// Asserts that every check of a map passes at a point.
#[cfg(test)]
pub(super) fn assert_passes(map: &dyn ChangeOfVariables, u: &[f64]) {
    for check in check_change_of_variables(map, u) {
        assert!(check.passed(), "{}: {:e} > {:e}", check.name, check.figure, check.bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map x = (sinh u₁, u₂ + u₁³), log |det| = log cosh u₁. One of its numbers can be made
    /// wrong.
    #[derive(Default)]
    struct Bent {
        wrong: &'static str,
    }

    impl Bent {
        /// The factor of the number called `what`: 1, or another one that makes it wrong.
        fn spoilt(&self, what: &str) -> f64 {
            if self.wrong == what { 1.001 } else { 1.0 }
        }
    }

    impl ChangeOfVariables for Bent {
        fn dim(&self) -> usize {
            2
        }
        fn forward(&self, u: &[f64], x: &mut [f64]) {
            (x[0], x[1]) = (libm::sinh(u[0]), u[1] + u[0].powi(3));
        }
        fn inverse(&self, x: &[f64], u: &mut [f64]) {
            u[0] = libm::asinh(x[0]) * self.spoilt("inverse of forward, and u");
            u[1] = x[1] - u[0].powi(3);
        }
        fn log_det(&self, u: &[f64]) -> f64 {
            libm::log(libm::cosh(u[0])) * self.spoilt("log det and determinant")
        }
        fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
            let slope = 3.0 * u[0] * u[0] * self.spoilt("Jacobian and differences");
            DMatrix::from_row_slice(2, 2, &[libm::cosh(u[0]), 0.0, slope, 1.0])
        }
        fn pull_back_score(&self, u: &[f64], _: &[f64], score_x: &[f64], score_u: &mut [f64]) {
            let slope = libm::tanh(u[0]) * self.spoilt("score and differences");
            score_u[0] = libm::cosh(u[0]) * score_x[0] + 3.0 * u[0] * u[0] * score_x[1] + slope;
            score_u[1] = score_x[1];
        }
        fn pull_back_laplacian(
            &self,
            u: &[f64],
            _: &[f64],
            root: &DMatrix<f64>,
            score_x: &[f64],
            laplacian: &mut f64,
        ) {
            let bend = libm::cosh(u[0]).powi(-2) * self.spoilt("Laplacian and differences");
            let second = libm::sinh(u[0]) * score_x[0] + 6.0 * u[0] * score_x[1] + bend;
            *laplacian += second * root.row(0).norm_squared();
        }
        fn push_forward(&self, u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
            self.jacobian(u) * root * self.spoilt("directions and the Jacobian times them")
        }
        fn pull_back_value(&self, u: &[f64], value: &mut f64) {
            *value += self.log_det(u) * self.spoilt("value and log det");
        }
    }

    #[test]
    fn a_right_map_passes_and_a_number_that_is_wrong_by_a_thousandth_fails_its_check() {
        let u = [0.7, -0.4];
        assert_passes(&Bent::default(), &u);
        let checks = check_change_of_variables(&Bent::default(), &u);
        assert_eq!(checks.len(), 7);
        for ModeCheck { name, .. } in checks {
            let found = check_change_of_variables(&Bent { wrong: name }, &u);
            let own = found.iter().find(|check| check.name == name).unwrap();
            assert!(!own.passed(), "{name} does not see a wrong number: {own:?}");
        }
    }

    /// The density of the check has the derivatives of its formula; otherwise the check of a map
    /// would test the density.
    #[test]
    fn the_skew_target_is_the_one_of_its_formula() {
        struct Identity;
        impl ChangeOfVariables for Identity {
            fn dim(&self) -> usize {
                3
            }
            fn forward(&self, u: &[f64], x: &mut [f64]) {
                x.copy_from_slice(u);
            }
            fn inverse(&self, x: &[f64], u: &mut [f64]) {
                u.copy_from_slice(x);
            }
            fn log_det(&self, _: &[f64]) -> f64 {
                0.0
            }
            fn jacobian(&self, _: &[f64]) -> DMatrix<f64> {
                DMatrix::identity(3, 3)
            }
            fn pull_back_score(&self, _: &[f64], _: &[f64], score_x: &[f64], score_u: &mut [f64]) {
                score_u.copy_from_slice(score_x);
            }
            fn pull_back_laplacian(&self, _: &[f64], _: &[f64], _: &DMatrix<f64>, _: &[f64], _: &mut f64) {}
        }
        assert_passes(&Identity, &[0.7, -0.4, 1.3]);
    }
}
