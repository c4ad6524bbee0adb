//! Damped Gauss-Newton directions: three ways to the same δ.

use super::least_squares::Linearisation;
use crate::num::{
    Mat, NonPositivePivot, Qr, cholesky_in_place, gram, pairwise_sum, solve_cholesky, times, transpose_times,
};
use std::fmt;

/// How δ = −(JᵀJ + λI)⁻¹Jᵀr is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Cholesky of the P×P matrix JᵀJ + λI; cheapest for P ≤ N. Squaring J halves the digits.
    Normal,
    /// Cholesky of the N×N matrix JJᵀ + λI, δ = −Jᵀ(JJᵀ + λI)⁻¹r (push-through identity); for N < P.
    Kernel,
    /// QR of [J; √λI] (of [Jᵀ; √λI] for N < P): all digits, at several times the cost.
    Qr,
}

impl Direction {
    /// The cheaper of the two Cholesky directions.
    pub fn cheapest(n_residuals: usize, n_params: usize) -> Direction {
        if n_params <= n_residuals { Direction::Normal } else { Direction::Kernel }
    }
}

/// Why no direction could be computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DirectionError {
    /// The damped matrix is not positive definite to working precision.
    Pivot(NonPositivePivot),
    /// r or J has a value that is not finite.
    NotFinite,
    /// The solve left a relative residual above its bound.
    Inaccurate {
        /// |Aδ − b|/|b|.
        residual: f64,
    },
}

impl fmt::Display for DirectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DirectionError::Pivot(pivot) => write!(f, "{pivot}"),
            DirectionError::NotFinite => write!(f, "residuals or derivatives are not finite"),
            DirectionError::Inaccurate { residual } => {
                write!(
                    f,
                    "the linear solve left a relative residual of {residual:.1e}; try a larger damping or QR"
                )
            }
        }
    }
}
impl std::error::Error for DirectionError {}

/// A direction with its proof.
#[derive(Clone, Debug)]
pub struct Solve {
    /// δ.
    pub delta: Vec<f64>,
    /// Reduction of ½|r|² that the linear model r + Jδ promises for the full step, ≥ 0.
    pub predicted: f64,
    /// |Aδ − b|/|b| of the linear system solved, measured after the solve.
    pub solve_residual: f64,
}

/// Memory for squared matrices and their factors, reused from step to step.
#[derive(Clone, Debug)]
pub struct DirectionMemory {
    /// Lower triangle of JᵀJ or JJᵀ.
    squared: Mat<f64>,
    factor: Mat<f64>,
}

impl Default for DirectionMemory {
    fn default() -> DirectionMemory {
        DirectionMemory { squared: Mat::new(), factor: Mat::new() }
    }
}

/// A linearisation made ready for directions at several dampings.
pub struct Linearised<'a> {
    lin: &'a Linearisation,
    method: Direction,
    memory: &'a mut DirectionMemory,
}

/// A relative residual above this means that the factorisation went wrong, not that the system is
/// ill-conditioned: Cholesky is backward stable, n·ε is 1e-12 for n = 5000.
const SOLVE_BOUND: f64 = 1e-8;

impl<'a> Linearised<'a> {
    /// Forms the squared matrix if the method needs one.
    ///
    /// # Cost
    /// P²N flops for the normal equations, N²P for the kernel, none for QR.
    pub fn new(lin: &'a Linearisation, method: Direction, memory: &'a mut DirectionMemory) -> Linearised<'a> {
        let transposed = lin.transposed();
        let factors = match method {
            Direction::Normal => Some(transposed.transpose()),
            Direction::Kernel => Some(transposed),
            Direction::Qr => None,
        };
        if let Some(columns) = factors {
            let n = columns.ncols();
            if memory.squared.nrows() != n {
                *memory = DirectionMemory { squared: Mat::zeros(n, n), factor: Mat::zeros(n, n) };
            }
            gram(columns, memory.squared.as_mut());
        }
        Linearised { lin, method, memory }
    }

    /// The δ that minimises ½|r + Jδ|² + ½λ|δ − centre|², λ > 0; an empty centre is 0.
    ///
    /// δ = centre − (JᵀJ + λI)⁻¹Jᵀ(r + J centre).
    ///
    /// # Errors
    /// [`DirectionError`], with what went wrong.
    ///
    /// # Panics
    /// If the centre is neither empty nor as long as θ.
    ///
    /// # Cost
    /// n³/3 flops with n = min(N, P) squared; for QR 2·min²·(N + P).
    pub fn solve(&mut self, lambda: f64, centre: &[f64]) -> Result<Solve, DirectionError> {
        let mut residuals = self.lin.residuals.clone();
        if !centre.is_empty() {
            let ahead = transpose_times(self.lin.transposed(), centre);
            residuals.iter_mut().zip(&ahead).for_each(|(r, a)| *r += a);
        }
        let (mut delta, solve_residual) = match self.method {
            Direction::Qr => self.by_qr(lambda, &residuals),
            _ => self.by_cholesky(lambda, &residuals)?,
        };
        delta.iter_mut().zip(centre).for_each(|(d, c)| *d += c);
        if !delta.iter().all(|v| v.is_finite()) {
            return Err(DirectionError::NotFinite);
        }
        if solve_residual.is_nan() || solve_residual > SOLVE_BOUND {
            return Err(DirectionError::Inaccurate { residual: solve_residual });
        }
        let moved = transpose_times(self.lin.transposed(), &delta);
        // ½|r|² − ½|r + Jδ|², without cancellation: −Jδ·(r + ½Jδ).
        let terms: Vec<f64> =
            moved.iter().zip(&self.lin.residuals).map(|(m, r)| -m * (r + 0.5 * m)).collect();
        Ok(Solve { delta, predicted: pairwise_sum(&terms), solve_residual })
    }

    fn by_cholesky(&mut self, lambda: f64, r: &[f64]) -> Result<(Vec<f64>, f64), DirectionError> {
        let transposed = self.lin.transposed();
        let DirectionMemory { squared, factor } = &mut *self.memory;
        factor.copy_from(&*squared);
        (0..factor.nrows()).for_each(|i| factor[(i, i)] += lambda);
        cholesky_in_place(factor.as_mut()).map_err(DirectionError::Pivot)?;
        let right = match self.method {
            Direction::Normal => times(transposed, r),
            _ => r.to_vec(),
        };
        let mut solution = right.clone();
        solve_cholesky(factor.as_ref(), &mut solution);
        let residual = relative_residual(squared, lambda, &solution, &right);
        let mut delta = match self.method {
            Direction::Normal => solution,
            _ => times(transposed, &solution),
        };
        delta.iter_mut().for_each(|v| *v = -*v);
        Ok((delta, residual))
    }

    fn by_qr(&self, lambda: f64, r: &[f64]) -> (Vec<f64>, f64) {
        let transposed = self.lin.transposed();
        let (p, n) = (transposed.nrows(), transposed.ncols());
        let root = lambda.sqrt();
        let tall = |rows: usize, cols: usize, at: &dyn Fn(usize, usize) -> f64| {
            Mat::from_fn(rows + cols, cols, |i, j| match i {
                i if i < rows => at(i, j),
                i if i - rows == j => root,
                _ => 0.0,
            })
        };
        if p <= n {
            // min |[J; √λI]δ + [r; 0]|
            let qr = Qr::new(tall(n, p, &|i, j| transposed[(j, i)]));
            let mut right: Vec<f64> = r.iter().map(|v| -v).collect();
            right.resize(n + p, 0.0);
            qr.apply_transpose(&mut right);
            let mut delta = right[..p].to_vec();
            qr.solve_r(&mut delta);
            let residual = self.normal_residual(lambda, r, &delta);
            (delta, residual)
        } else {
            // [Jᵀ; √λI] = QR gives JJᵀ + λI = RᵀR, so δ = −Q₁R⁻ᵀr with Q₁ the first P rows of Q.
            let qr = Qr::new(tall(p, n, &|i, j| transposed[(i, j)]));
            let mut half = r.to_vec();
            qr.solve_r_transpose(&mut half);
            half.resize(n + p, 0.0);
            qr.apply(&mut half);
            let delta: Vec<f64> = half[..p].iter().map(|v| -v).collect();
            let residual = self.normal_residual(lambda, r, &delta);
            (delta, residual)
        }
    }

    /// |Jᵀ(Jδ + r) + λδ| relative to what is added up in it.
    fn normal_residual(&self, lambda: f64, r: &[f64], delta: &[f64]) -> f64 {
        let transposed = self.lin.transposed();
        let moved = transpose_times(transposed, delta);
        let sum: Vec<f64> = moved.iter().zip(r).map(|(m, r)| m + r).collect();
        let gradient = times(transposed, &sum);
        let left: Vec<f64> = gradient.iter().zip(delta).map(|(g, d)| g + lambda * d).collect();
        let size = transposed.norm_l2() * (norm(&moved) + norm(r));
        if size == 0.0 { 0.0 } else { norm(&left) / size }
    }
}

/// |(A + λI)x − b| / |b| for the lower triangle of a symmetric A.
fn relative_residual(lower: &Mat<f64>, lambda: f64, x: &[f64], b: &[f64]) -> f64 {
    let mut left: Vec<f64> = x.iter().zip(b).map(|(x, b)| lambda * x - b).collect();
    for j in 0..x.len() {
        let column = &lower.col_as_slice(j)[j..];
        left[j] += column[0] * x[j];
        let mut below = 0.0;
        for (i, a) in column.iter().enumerate().skip(1) {
            left[j + i] += a * x[j];
            below += a * x[j + i];
        }
        left[j] += below;
    }
    let size = norm(b);
    if size == 0.0 { 0.0 } else { norm(&left) / size }
}

fn norm(v: &[f64]) -> f64 {
    let squares: Vec<f64> = v.iter().map(|v| v * v).collect();
    pairwise_sum(&squares).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    fn problem(n: usize, p: usize) -> Linearisation {
        let mut stream = Stream::new(11, Purpose::Audit, n as u64);
        let jacobian = (0..n * p).map(|_| stream.normal()).collect();
        Linearisation { residuals: (0..n).map(|_| stream.normal()).collect(), jacobian }
    }

    fn worst_difference(a: &[f64], b: &[f64]) -> f64 {
        let scale = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        a.iter().zip(b).map(|(x, y)| (x - y).abs() / scale).fold(0.0, f64::max)
    }

    #[test]
    fn kernel_normal_and_qr_agree_on_a_well_conditioned_jacobian() {
        for (n, p) in [(230, 40), (40, 230), (50, 50)] {
            let lin = problem(n, p);
            let delta = |m, lambda| {
                Linearised::new(&lin, m, &mut DirectionMemory::default()).solve(lambda, &[]).unwrap().delta
            };
            let normal = delta(Direction::Normal, 0.1);
            assert!(worst_difference(&delta(Direction::Kernel, 0.1), &normal) < 1e-9);
            assert!(worst_difference(&delta(Direction::Qr, 0.1), &normal) < 1e-9);
            assert!(worst_difference(&delta(Direction::Qr, 0.1001), &normal) > 1e-9, "the check cannot fail");
        }
    }

    #[test]
    fn prediction_is_the_reduction_of_the_linear_model() {
        let lin = problem(60, 90);
        let solve = Linearised::new(&lin, Direction::Kernel, &mut DirectionMemory::default())
            .solve(0.3, &[])
            .unwrap();
        let moved = transpose_times(lin.transposed(), &solve.delta);
        let loss = |scale: f64| -> f64 {
            moved.iter().zip(&lin.residuals).map(|(m, r)| 0.5 * (r + scale * m) * (r + scale * m)).sum()
        };
        assert!((solve.predicted - (loss(0.0) - loss(1.0))).abs() < 1e-10 * loss(0.0));
        assert!(solve.solve_residual < 1e-13);
    }

    #[test]
    fn a_centre_pulls_the_direction_and_the_gradient_there_is_zero() {
        let (lambda, lin) = (0.2, problem(45, 70));
        let centre: Vec<f64> = (0..70).map(|k| 0.1 * (k % 5) as f64 - 0.15).collect();
        for method in [Direction::Normal, Direction::Kernel, Direction::Qr] {
            let mut memory = DirectionMemory::default();
            let delta = Linearised::new(&lin, method, &mut memory).solve(lambda, &centre).unwrap().delta;
            let moved = transpose_times(lin.transposed(), &delta);
            let sum: Vec<f64> = moved.iter().zip(&lin.residuals).map(|(m, r)| m + r).collect();
            let pull = delta.iter().zip(&centre).map(|(d, c)| lambda * (d - c));
            let gradient = times(lin.transposed(), &sum);
            assert!(gradient.iter().zip(pull).all(|(g, p)| (g + p).abs() < 1e-11));
        }
    }

    #[test]
    fn not_finite_is_an_error() {
        let mut lin = problem(20, 30);
        lin.residuals[3] = f64::NAN;
        for method in [Direction::Normal, Direction::Kernel, Direction::Qr] {
            assert_eq!(
                Linearised::new(&lin, method, &mut DirectionMemory::default()).solve(0.1, &[]).unwrap_err(),
                DirectionError::NotFinite
            );
        }
    }
}
