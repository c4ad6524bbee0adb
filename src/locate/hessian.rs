//! Second derivatives of a density from differences of its score.

use crate::density::{DensityError, Target, values_and_scores};
use nalgebra::{DMatrix, DVector};

/// ∇²log ρ at each of the points, n×d, by central differences of the score with a step for each
/// coordinate, made symmetric. `None` at a point beside the edge of the support, or where rounding
/// hides a step.
///
/// # Errors
/// If the density fails at a point moved by a step.
///
/// # Cost
/// 2·d scores per point, in one batch.
pub(super) fn hessians(
    target: &dyn Target,
    points: &[f64],
    steps: &DVector<f64>,
) -> Result<Vec<Option<DMatrix<f64>>>, DensityError> {
    let d = steps.len();
    let mut moved = Vec::with_capacity(2 * d * points.len());
    for x in points.chunks_exact(d) {
        for i in 0..d {
            for step in [steps[i], -steps[i]] {
                let start = moved.len();
                moved.extend_from_slice(x);
                moved[start + i] += step;
            }
        }
    }
    let (values, scores) = values_and_scores(target, &moved)?;
    let of_point = |p: usize| {
        let rows = p * 2 * d..(p + 1) * 2 * d;
        if values[rows.clone()].iter().any(|v| !v.is_finite()) {
            return None;
        }
        let (moved, scores) = (&moved[rows.start * d..rows.end * d], &scores[rows.start * d..rows.end * d]);
        let slope = |i: usize, j: usize| {
            // The step that remains after rounding.
            let width = moved[2 * i * d + i] - moved[(2 * i + 1) * d + i];
            (scores[2 * i * d + j] - scores[(2 * i + 1) * d + j]) / width
        };
        let hessian = DMatrix::from_fn(d, d, |i, j| 0.5 * (slope(i, j) + slope(j, i)));
        hessian.iter().all(|v| v.is_finite()).then_some(hessian)
    };
    Ok((0..points.len() / d).map(of_point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{LogDensity, gauss};
    use crate::num::Scalar;

    #[test]
    fn of_a_gaussian_they_are_minus_its_precision() {
        let target = gauss(3);
        let precision = (target.factor() * target.factor().transpose()).try_inverse().unwrap();
        let steps = DVector::from_vec(vec![1e-3, 2e-3, 5e-4]);
        for hessian in hessians(&target, &[0.0, 0.5, -1.0, 3.0, 1.0, 2.0], &steps).unwrap() {
            assert!((hessian.unwrap() + &precision).norm() < 1e-10 * precision.norm());
        }
    }

    #[test]
    fn beside_the_edge_of_the_support_there_is_none() {
        struct Half;
        impl LogDensity for Half {
            fn dim(&self) -> usize {
                1
            }
            fn log_density<S: Scalar>(&self, x: &[S]) -> S {
                if x[0].value() < 0.0 { S::constant(f64::NEG_INFINITY) } else { x[0].square() * -0.5 }
            }
        }
        let found = hessians(&Half, &[1e-4, 1.0], &DVector::from_vec(vec![1e-3])).unwrap();
        assert!(found[0].is_none());
        assert!((found[1].as_ref().unwrap()[(0, 0)] + 1.0).abs() < 1e-9);
    }
}
