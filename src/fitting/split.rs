//! Directions in which a target is Gaussian already, and the part that is left to learn.

use crate::density::{DensityError, Target, values, values_and_scores};
use crate::evolution::log_prior;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// Coordinates (y, z) of x = centre + matrix·(y, z) in which z is N(0, I) and independent of y.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// How many coordinates y has, the active ones.
    pub active: usize,
    /// x of (0, 0).
    pub centre: DVector<f64>,
    /// Columns of y, then of z.
    pub matrix: DMatrix<f64>,
    /// Inverse of `matrix`.
    pub inverse: DMatrix<f64>,
    /// log |det matrix|.
    pub log_det: f64,
}

/// Directions along which the score departs from a linear function by less than this part of its size are Gaussian:
/// the square root of what an eigenvalue of the squared departures can resolve.
const LINEAR: f64 = 1e-7;
/// A linear fit needs so many points for each coefficient before its residuals say anything.
const POINTS_PER_COEFFICIENT: usize = 3;

impl Split {
    /// All of x is active.
    pub fn none(dim: usize) -> Split {
        let identity = DMatrix::identity(dim, dim);
        Split {
            active: dim,
            centre: DVector::zeros(dim),
            inverse: identity.clone(),
            matrix: identity,
            log_det: 0.0,
        }
    }

    /// Finds the directions v in which vᵀ∇log ρ is linear in u over the points, n×d: there log ρ is quadratic.
    ///
    /// With ∇log ρ ≈ b + Au by least squares, V₀ the null vectors of the residuals' covariance and V₁ the others,
    /// P = −V₀ᵀAV₀ and B = V₀ᵀAV₁: z′ given y is N(P⁻¹(V₀ᵀb + By), P⁻¹) for u = V₁y + V₀z′. At least one direction
    /// stays active. If the density is not as it looks at these points, weights say so: they read all of x.
    ///
    /// # Errors
    /// If the density fails at a point.
    ///
    /// # Cost
    /// n·d² + d³.
    pub fn of(target: &dyn Target, points: &[f64]) -> Result<Split, DensityError> {
        let d = target.dim();
        let n = points.len() / d;
        if d == 1 || n < POINTS_PER_COEFFICIENT * (d + 1) {
            return Ok(Split::none(d));
        }
        let (_, scores) = values_and_scores(target, points)?;
        Ok(split_of(&DMatrix::from_row_slice(n, d, points), &DMatrix::from_row_slice(n, d, &scores)))
    }

    /// x of (y, z); `x` is as long as both.
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn join(&self, y: &[f64], z: &[f64], x: &mut [f64]) {
        assert_eq!((y.len(), y.len() + z.len()), (self.active, x.len()), "an active and a Gaussian part");
        if self.is_none() {
            return x.copy_from_slice(y);
        }
        for (i, x) in x.iter_mut().enumerate() {
            let both = y.iter().chain(z).enumerate();
            *x = self.centre[i] + both.map(|(j, v)| self.matrix[(i, j)] * v).sum::<f64>();
        }
    }

    /// (y, z) of x, one after the other.
    pub fn part(&self, x: &[f64]) -> Vec<f64> {
        if self.is_none() {
            return x.to_vec();
        }
        (&self.inverse * (DVector::from_column_slice(x) - &self.centre)).iter().copied().collect()
    }

    /// The same split for x = location + scale·u, if this one is for u.
    pub fn after(&self, location: &DVector<f64>, scale: &DMatrix<f64>) -> Split {
        if self.is_none() {
            return self.clone();
        }
        let matrix = scale * &self.matrix;
        let log_det = self.log_det + scale.diagonal().iter().map(|v| libm::log(*v)).sum::<f64>();
        let inverse = matrix.clone().try_inverse().expect("a product of invertible matrices");
        Split { active: self.active, centre: location + scale * &self.centre, matrix, inverse, log_det }
    }

    /// Whether all is active and x is y.
    pub fn is_none(&self) -> bool {
        self.active == self.centre.len()
    }
}

/// The active part of a target: log ρ(y) = log ρ(x of (y, 0)) + log |det matrix| + ½(d − k) log 2π, with the Gaussian
/// directions integrated out, so that Z is unchanged.
pub struct ActivePart<'a> {
    target: &'a dyn Target,
    split: &'a Split,
}

impl<'a> ActivePart<'a> {
    /// Of `target` under `split`.
    pub fn new(target: &'a dyn Target, split: &'a Split) -> ActivePart<'a> {
        ActivePart { target, split }
    }

    /// Dimension of the target itself.
    pub fn full_dim(&self) -> usize {
        self.target.dim()
    }

    /// The split.
    pub fn split(&self) -> &Split {
        self.split
    }

    /// log ρ(x) + log |det matrix| − log N(z; 0, I) at points x, n×d: what is to be compared with the log density of y.
    ///
    /// # Errors
    /// The density fails.
    pub fn values_beside_gaussian(&self, x: &[f64], z: &[f64]) -> Result<Vec<f64>, DensityError> {
        let gaussian = self.full_dim() - self.dim();
        let values = values(self.target, x)?;
        let beside = |k: usize| self.split.log_det - log_prior(&z[k * gaussian..(k + 1) * gaussian]);
        Ok(values.iter().enumerate().map(|(k, value)| value + beside(k)).collect())
    }

    /// An error met at y, told with the point x that the target saw.
    pub fn in_target_coordinates(&self, error: DensityError) -> DensityError {
        DensityError { at: self.all_joined(&error.at), ..error }
    }

    /// x where the Gaussian part is at its middle.
    fn all_joined(&self, points: &[f64]) -> Vec<f64> {
        let (d, k) = (self.full_dim(), self.dim());
        let middle = vec![0.0; d - k];
        let mut x = vec![0.0; points.len() / k * d];
        points.chunks_exact(k).zip(x.chunks_exact_mut(d)).for_each(|(y, x)| self.split.join(y, &middle, x));
        x
    }

    /// What integrating over z adds.
    fn log_gaussian_part(&self) -> f64 {
        self.split.log_det + 0.5 * (self.full_dim() - self.dim()) as f64 * libm::log(2.0 * PI)
    }
}

impl Target for ActivePart<'_> {
    fn dim(&self) -> usize {
        self.split.active
    }

    fn values(&self, points: &[f64], values: &mut [f64]) {
        if self.split.is_none() {
            return self.target.values(points, values);
        }
        self.target.values(&self.all_joined(points), values);
        values.iter_mut().for_each(|v| *v += self.log_gaussian_part());
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        if self.split.is_none() {
            return self.target.values_and_scores(points, values, scores);
        }
        let x = self.all_joined(points);
        let mut all = vec![0.0; x.len()];
        self.target.values_and_scores(&x, values, &mut all);
        values.iter_mut().for_each(|v| *v += self.log_gaussian_part());
        for (score, all) in scores.chunks_exact_mut(self.dim()).zip(all.chunks_exact(self.full_dim())) {
            for (j, score) in score.iter_mut().enumerate() {
                *score = all.iter().zip(self.split.matrix.column(j).iter()).map(|(s, m)| s * m).sum();
            }
        }
    }

    fn has_laplacian(&self) -> bool {
        self.target.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
        if self.split.is_none() {
            return self.target.laplacians(points, root, laplacians);
        }
        let root = self.split.matrix.columns(0, self.dim()) * root;
        self.target.laplacians(&self.all_joined(points), &root, laplacians);
    }
}

fn split_of(u: &DMatrix<f64>, scores: &DMatrix<f64>) -> Split {
    let (n, d) = u.shape();
    let design = u.clone().insert_column(0, 1.0);
    let Ok(fit) = design.clone().svd(true, true).solve(scores, 1e-12) else { return Split::none(d) };
    let residuals = scores - &design * &fit;
    let size = scores.norm_squared() / n as f64;
    let eigen = (residuals.transpose() * &residuals / n as f64).symmetric_eigen();
    let mut order: Vec<usize> = (0..d).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let nonlinear = order.iter().filter(|k| eigen.eigenvalues[**k] > LINEAR * LINEAR * size).count();
    let active = nonlinear.max(1);
    if active == d {
        return Split::none(d);
    }
    let vectors =
        DMatrix::from_columns(&order.iter().map(|k| eigen.eigenvectors.column(*k)).collect::<Vec<_>>());
    let (mut v1, v0) =
        (vectors.columns(0, active).into_owned(), vectors.columns(active, d - active).into_owned());
    align(&mut v1);
    let (b, a) = (fit.row(0).transpose(), fit.rows(1, d).transpose());
    let precision = -(v0.transpose() * &a * &v0);
    let symmetric = (&precision + precision.transpose()) * 0.5;
    // A quadratic that is not concave has no law: then nothing is split off.
    let Some(factor) = symmetric.cholesky() else { return Split::none(d) };
    let shear = factor.solve(&(v0.transpose() * &a * &v1));
    let root = factor.l().transpose().try_inverse().expect("a Cholesky factor is invertible");
    let centre = &v0 * factor.solve(&(v0.transpose() * b));
    let (of_y, of_z) = (&v1 + &v0 * shear, &v0 * root);
    let matrix = DMatrix::from_fn(d, d, |i, j| if j < active { of_y[(i, j)] } else { of_z[(i, j - active)] });
    let log_det = -factor.l().diagonal().iter().map(|v| libm::log(*v)).sum::<f64>();
    match matrix.clone().try_inverse() {
        Some(inverse) => Split { active, centre, matrix, inverse, log_det },
        None => Split::none(d),
    }
}

/// Turns an orthonormal basis within its span towards the coordinate axes: the span of some axes gets these axes, so that
/// a density that is a product along them stays one.
fn align(basis: &mut DMatrix<f64>) {
    let (d, k) = basis.shape();
    // The projections of the axes onto the span; those best kept come first, and Gram-Schmidt makes them a basis.
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
        let split = Split::of(&Tilted, &points(200, 4)).unwrap();
        assert_eq!(split.active, 1);
        // log ρ(u) − log ρ(y, 0) = −½|z|² at any point.
        for p in points(20, 4).chunks_exact(4) {
            let (mut u, mut middle) = ([0.0; 4], [0.0; 4]);
            split.join(&p[..1], &p[1..], &mut u);
            split.join(&p[..1], &[0.0; 3], &mut middle);
            let difference = Tilted.log_density(&u) - Tilted.log_density(&middle);
            let expected = -0.5 * p[1..].iter().map(|z| z * z).sum::<f64>();
            assert!((difference - expected).abs() < 1e-11, "{difference} {expected}");
            assert!(split.part(&u).iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!((split.matrix.determinant().abs().ln() - split.log_det).abs() < 1e-12);
    }

    #[test]
    fn one_direction_of_a_gaussian_stays_and_nothing_of_few_points_goes() {
        assert_eq!(Split::of(&gauss(3), &points(100, 3)).unwrap().active, 1);
        assert!(Split::of(&gauss(3), &points(8, 3)).unwrap().is_none());
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
        let split = Split::of(&Wells, &points(300, 5)).unwrap();
        assert_eq!(split.active, 2);
        for j in 0..2 {
            let column = split.matrix.column(j);
            assert!((column[1].abs() - 1.0).abs() < 1e-7 || (column[3].abs() - 1.0).abs() < 1e-7, "{column}");
        }
    }
}
