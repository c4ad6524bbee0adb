//! Directions in which a target is already Gaussian.

use crate::coordinates::Factorisation;
use crate::density::{DensityError, Target, values_and_scores};
use nalgebra::{DMatrix, DVector};

/// A direction is Gaussian if the score along it departs from a linear function by less than this
/// fraction of its size. It is the square root of what an eigenvalue of the squared departures can
/// resolve.
const LINEAR: f64 = 1e-7;
/// The number of points that a linear fit needs for each coefficient before its residuals are
/// informative.
const POINTS_PER_COEFFICIENT: usize = 3;

/// Splits off the directions v in which vᵀ∇log ρ is linear in u over the points, n×d. In them log ρ
/// is quadratic.
///
/// Let ∇log ρ ≈ b + Au by least squares, V₀ the null vectors of the covariance of the residuals, V₁
/// the others, P = −V₀ᵀAV₀ and B = V₀ᵀAV₁. Then z′ given y is N(P⁻¹(V₀ᵀb + By), P⁻¹) for u = V₁y +
/// V₀z′. At least one direction stays active. If the density is not quadratic away from these
/// points, the log weights show it, since they use all of x.
///
/// # Errors
/// If the density fails at a point.
///
/// # Cost
/// n·d² + d³.
pub(super) fn split_off_gaussian(target: &dyn Target, points: &[f64]) -> Result<Factorisation, DensityError> {
    let d = target.dim();
    let n = points.len() / d;
    if d == 1 || n < POINTS_PER_COEFFICIENT * (d + 1) {
        return Ok(Factorisation::identity(d));
    }
    let (_, scores) = values_and_scores(target, points)?;
    Ok(factorisation_of(&DMatrix::from_row_slice(n, d, points), &DMatrix::from_row_slice(n, d, &scores)))
}

fn factorisation_of(u: &DMatrix<f64>, scores: &DMatrix<f64>) -> Factorisation {
    let (n, d) = u.shape();
    let design = u.clone().insert_column(0, 1.0);
    let Ok(fit) = design.clone().svd(true, true).solve(scores, 1e-12) else {
        return Factorisation::identity(d);
    };
    let residuals = scores - &design * &fit;
    let size = scores.norm_squared() / n as f64;
    let eigen = (residuals.transpose() * &residuals / n as f64).symmetric_eigen();
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let nonlinear = order.iter().filter(|k| eigen.eigenvalues[**k] > LINEAR * LINEAR * size).count();
    let active = nonlinear.max(1);
    if active == d {
        return Factorisation::identity(d);
    }
    let vectors =
        DMatrix::from_columns(&order.iter().map(|k| eigen.eigenvectors.column(*k)).collect::<Vec<_>>());
    let (mut v1, v0) =
        (vectors.columns(0, active).into_owned(), vectors.columns(active, d - active).into_owned());
    align(&mut v1);
    let (b, a) = (fit.row(0).transpose(), fit.rows(1, d).transpose());
    let precision = -(v0.transpose() * &a * &v0);
    let symmetric = (&precision + precision.transpose()) * 0.5;
    // A quadratic function that is not concave is no log density: then nothing is split off.
    let Some(factor) = symmetric.cholesky() else { return Factorisation::identity(d) };
    let shear = factor.solve(&(v0.transpose() * &a * &v1));
    let root = factor.l().transpose().try_inverse().expect("a Cholesky factor is invertible");
    let centre = &v0 * factor.solve(&(v0.transpose() * b));
    let (of_y, of_z) = (&v1 + &v0 * shear, &v0 * root);
    let matrix = DMatrix::from_fn(d, d, |i, j| if j < active { of_y[(i, j)] } else { of_z[(i, j - active)] });
    let log_det = -factor.l().diagonal().iter().map(|v| libm::log(*v)).sum::<f64>();
    match matrix.clone().try_inverse() {
        Some(inverse) => {
            let (ranges, reference) = (std::iter::once(0..active).collect(), 0.0);
            Factorisation { ranges, centre, matrix, inverse, log_det, reference }
        }
        None => Factorisation::identity(d),
    }
}

/// Rotates an orthonormal basis within its span towards the coordinate axes. A span of some axes
/// gets these axes as its basis, so that a density that is a product along them stays one.
fn align(basis: &mut DMatrix<f64>) {
    let (d, k) = basis.shape();
    // These are the projections of the axes onto the span. The ones that keep most of their length
    // come first, and Gram-Schmidt makes them a basis.
    let mut axes: Vec<(f64, usize)> = (0..d).map(|i| (basis.row(i).norm_squared(), i)).collect();
    axes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut columns: Vec<DVector<f64>> = Vec::new();
    for (_, i) in axes {
        let mut v = &*basis * basis.row(i).transpose();
        for _ in 0..2 {
            columns.iter().for_each(|c| v -= c * c.dot(&v));
        }
        if v.norm() > 1e-3 && columns.len() < k {
            columns.push(v.normalize());
        }
    }
    if columns.len() == k {
        *basis = DMatrix::from_columns(&columns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinates::ChangeOfVariables;
    use crate::density::{LogDensity, gauss};
    use crate::num::{Purpose, Scalar, Stream};

    /// A double well along (x₁ + x₂)/√2, coupled linearly to Gaussian directions.
    struct Tilted;
    impl LogDensity for Tilted {
        fn dim(&self) -> usize {
            4
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            let y = (x[0].clone() + x[1].clone()) * 0.5f64.sqrt();
            let z = (x[0].clone() - x[1].clone()) * 0.5f64.sqrt();
            let rest = (z - y.clone() * 0.7).square() + (x[2].clone() * 2.0 - 1.0).square();
            let last = (x[3].clone() + x[2].clone() * 0.3).square();
            -(y.square() - 1.0).square() - (rest + last) * 0.5
        }
    }

    fn points(n: usize, d: usize) -> Vec<f64> {
        let mut x = vec![0.0; n * d];
        Stream::new(2, Purpose::Audit, 0).fill_normal(&mut x);
        x
    }

    #[test]
    fn what_is_left_is_the_well_and_the_rest_is_standard() {
        let factorisation = split_off_gaussian(&Tilted, &points(200, 4)).unwrap();
        assert_eq!(factorisation.active(), 1);
        // log ρ(u) − log ρ(y, 0) = −½|z|² at any point.
        for p in points(20, 4).chunks_exact(4) {
            let (mut u, mut middle) = ([0.0; 4], [0.0; 4]);
            factorisation.forward(p, &mut u);
            factorisation.forward(&[p[0], 0.0, 0.0, 0.0], &mut middle);
            let difference = Tilted.log_density(&u) - Tilted.log_density(&middle);
            let expected = -0.5 * p[1..].iter().map(|z| z * z).sum::<f64>();
            assert!((difference - expected).abs() < 1e-11, "{difference} {expected}");
            assert!(factorisation.inverse_all(&u).iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!((factorisation.matrix.determinant().abs().ln() - factorisation.log_det).abs() < 1e-12);
    }

    #[test]
    fn one_direction_of_a_gaussian_stays_and_nothing_of_few_points_goes() {
        assert_eq!(split_off_gaussian(&gauss(3), &points(100, 3)).unwrap().active(), 1);
        assert!(split_off_gaussian(&gauss(3), &points(8, 3)).unwrap().is_identity());
    }

    #[test]
    fn axes_stay_axes() {
        struct Wells;
        impl LogDensity for Wells {
            fn dim(&self) -> usize {
                5
            }
            fn log_density<S: Scalar>(&self, x: &[S]) -> S {
                let well = |v: &S| -(v.square() - 2.0).square();
                well(&x[1]) + well(&x[3]) - (x[0].square() + x[2].square() + x[4].square()) * 0.5
            }
        }
        let factorisation = split_off_gaussian(&Wells, &points(300, 5)).unwrap();
        assert_eq!(factorisation.active(), 2);
        for j in 0..2 {
            let column = factorisation.matrix.column(j);
            assert!((column[1].abs() - 1.0).abs() < 1e-7 || (column[3].abs() - 1.0).abs() < 1e-7, "{column}");
        }
    }
}
