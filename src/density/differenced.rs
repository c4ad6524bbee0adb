//! A Laplacian from differences of the score, for a density that has no second derivatives of its
//! own.

use super::refusal::Refusal;
use super::target::Target;
use nalgebra::DMatrix;

/// A target whose Laplacian is a difference of its score:
///
///   tr(Lᵀ ∇²log ρ L) ≈ Σ_k ℓ_k·(s(x + h ℓ_k) − s(x − h ℓ_k)) / 2h,
///   h = ∛(ε max(1, |x|∞/|ℓ_k|∞)),
///
/// with ℓ_k the columns of L and s the score.
///
/// Everything else is that of the target. L maps standardised coordinates to those of the target,
/// so h is a step where the target is of order 1; the factor keeps the rounding of x + hℓ,
/// ε|x|/h|ℓ|, at the size of the truncation h²/6. Differs: the step of textbooks, ∛ε max(1, |x|),
/// is wider than a narrow target far from the origin.
///
/// Accuracy: the truncation is h² times a sixth of the fourth derivatives along ℓ_k, and the
/// rounding ε|s|/h. Nine to ten digits are right where score and derivatives are of order 1. The
/// result is NaN beside the edge of the support: where the score is not finite within h, or a point
/// within h is refused as outside of the support.
///
/// # Cost
/// 2·(columns of L) scores per point, in one batch.
///
/// Exact case: for quadratic log densities, whose score is linear, only rounding remains.
///
/// ```
/// use pushforward::density::{Differenced, gauss, laplacians, values};
///
/// let (exact, differenced) = (gauss(2), Differenced::new(gauss(2)));
/// let points = [0.5, -1.0, 2.0, 0.25];
/// let values = values(&exact, &points)?;
/// let ours = laplacians(&differenced, &points, &values)?;
/// for (ours, exact) in ours.iter().zip(laplacians(&exact, &points, &values)?) {
///     assert!((ours - exact).abs() < 1e-8);
/// }
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
pub struct Differenced<T> {
    target: T,
}

impl<T: Target> Differenced<T> {
    /// Gives a target a Laplacian; one that it has already is not used.
    pub fn new(target: T) -> Differenced<T> {
        Differenced { target }
    }

    /// The target without this Laplacian.
    pub fn inner(&self) -> &T {
        &self.target
    }
}

impl<T: Target> Differenced<T> {
    /// The scores at moved points. Each point of the batch has `pairs` numbers in `moved`, and its
    /// scores are all NaN if one of these lies outside of the support.
    fn moved_scores(&self, moved: &[f64], pairs: usize) -> Result<Vec<f64>, Refusal> {
        let d = self.dim();
        let (mut values, mut scores) = (vec![0.0; moved.len() / d], vec![0.0; moved.len()]);
        match self.target.values_and_scores(moved, &mut values, &mut scores) {
            Err(refusal) if refusal.outside => {}
            answer => return answer.map(|()| scores).map_err(|no| no.map_point(|k| k * d / pairs)),
        }
        for (p, (moved, scores)) in moved.chunks_exact(pairs).zip(scores.chunks_exact_mut(pairs)).enumerate()
        {
            match self.target.values_and_scores(moved, &mut values[..pairs / d], scores) {
                Err(refusal) if refusal.outside => scores.fill(f64::NAN),
                answer => answer.map_err(|no| no.map_point(|_| p))?,
            }
        }
        Ok(scores)
    }
}

/// The largest absolute value; 0 for none.
fn largest<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().fold(0.0, |largest, v| largest.max(v.abs()))
}

/// The step h for a displacement from `x` along `column`.
fn step(x: &[f64], column: &[f64]) -> f64 {
    let ratio = largest(x) / largest(column);
    libm::cbrt(f64::EPSILON * if ratio > 1.0 { ratio } else { 1.0 })
}

impl<T: Target> Target for Differenced<T> {
    fn dim(&self) -> usize {
        self.target.dim()
    }

    fn names(&self) -> Vec<String> {
        self.target.names()
    }

    fn constrained_names(&self) -> Vec<String> {
        self.target.constrained_names()
    }

    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        self.target.constrain(x)
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        self.target.values(points, values)
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        self.target.values_and_scores(points, values, scores)
    }

    fn has_laplacian(&self) -> bool {
        true
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        let (d, columns) = (self.dim(), root.ncols());
        let column = |k: usize| &root.as_slice()[k * d..(k + 1) * d];
        let mut moved = Vec::with_capacity(2 * columns * points.len());
        for x in points.chunks_exact(d) {
            for k in 0..columns {
                let h = step(x, column(k));
                for sign in [h, -h] {
                    moved.extend(x.iter().zip(column(k)).map(|(x, l)| x + sign * l));
                }
            }
        }
        let pairs = 2 * columns * d;
        let scores = self.moved_scores(&moved, pairs)?;
        let rows = points.chunks_exact(d).zip(scores.chunks_exact(pairs));
        for ((x, scores), laplacian) in rows.zip(laplacians) {
            *laplacian = (0..columns)
                .map(|k| {
                    let (plus, minus) = scores[2 * k * d..2 * (k + 1) * d].split_at(d);
                    let slopes = plus.iter().zip(minus).zip(column(k)).map(|((p, m), l)| (p - m) * l);
                    slopes.sum::<f64>() / (2.0 * step(x, column(k)))
                })
                .sum();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{Banana, LogDensity, gauss, gmm9};
    use crate::num::Scalar;

    fn both(target: impl Target + Copy, points: &[f64], root: &DMatrix<f64>) -> (Vec<f64>, Vec<f64>) {
        let n = points.len() / target.dim();
        let (mut exact, mut ours) = (vec![0.0; n], vec![0.0; n]);
        target.laplacians(points, root, &mut exact).unwrap();
        Differenced::new(target).laplacians(points, root, &mut ours).unwrap();
        (exact, ours)
    }

    /// Any target by reference.
    #[derive(Clone, Copy)]
    struct By<'a>(&'a dyn Target);
    impl Target for By<'_> {
        fn dim(&self) -> usize {
            self.0.dim()
        }
        fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
            self.0.values(points, values)
        }
        fn values_and_scores(
            &self,
            points: &[f64],
            values: &mut [f64],
            scores: &mut [f64],
        ) -> Result<(), Refusal> {
            self.0.values_and_scores(points, values, scores)
        }
        fn laplacians(
            &self,
            points: &[f64],
            root: &DMatrix<f64>,
            laplacians: &mut [f64],
        ) -> Result<(), Refusal> {
            self.0.laplacians(points, root, laplacians)
        }
    }

    #[test]
    fn exact_where_the_score_is_linear_and_close_where_it_is_not() {
        let root = DMatrix::from_row_slice(2, 2, &[0.7, 0.0, -1.1, 0.4]);
        let points = [0.3, -1.2, 4.0, 2.5, -6.0, 1.0];
        let (exact, ours) = both(By(&gauss(2)), &points, &root);
        // Rounding of s at |x| ≤ 6: a few ε|s|/h = 2e-16 · 10 / 6e-6.
        exact.iter().zip(&ours).for_each(|(e, o)| assert!((e - o).abs() < 2e-9 * e.abs(), "{e} {o}"));
        let banana = Banana::new(2, 2.0, 0.5);
        for target in [&banana as &dyn Target, &gmm9()] {
            let (exact, ours) = both(By(target), &points, &root);
            exact.iter().zip(&ours).for_each(|(e, o)| {
                assert!((e - o).abs() < 1e-8 * (1.0 + e.abs()), "{e} {o}");
            });
            // The root matters.
            let other = both(By(target), &points, &DMatrix::identity(2, 2)).1;
            assert!((other[0] - ours[0]).abs() > 1e-3);
        }
    }

    /// log cosh around a place far out, of width w: Δ = −1/w² / cosh².
    #[derive(Clone, Copy)]
    struct Narrow {
        place: f64,
        width: f64,
    }
    impl LogDensity for Narrow {
        fn dim(&self) -> usize {
            1
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            let u = (x[0].clone() - self.place) * (1.0 / self.width);
            -((u.clone().exp() + (-u).exp()) * 0.5).ln()
        }
    }

    #[test]
    fn a_narrow_target_far_from_the_origin() {
        for (place, width) in [(0.0, 1.0), (1e6, 1.0), (1e3, 1e-3), (-1e-8, 1e-9)] {
            let target = Narrow { place, width };
            let points: Vec<f64> = [-0.9, 0.2, 1.4].iter().map(|u| place + width * u).collect();
            let (exact, ours) = both(target, &points, &DMatrix::from_element(1, 1, width));
            // h² ≤ (1e6 ε)^⅔ = 4e-7, and as much from rounding.
            exact.iter().zip(&ours).for_each(|(e, o)| assert!((e - o).abs() < 4e-6, "{place}: {e} {o}"));
        }
    }
}
