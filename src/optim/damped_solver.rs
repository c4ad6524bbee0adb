//! A linearisation that is prepared for directions at several dampings.

use super::gram_matrix::{GramMatrix, Side};
use super::nystrom::Nystrom;
use super::{Direction, DirectionError, DirectionWorkspace, Jacobian, conjugate_gradients, orthogonal};
use crate::num::{Spectrum, norm, pairwise_sum, times, transpose_times};

/// A direction with the figures that check it.
#[derive(Clone, Debug)]
pub struct Solve {
    /// The direction δ, as long as θ.
    pub delta: Vec<f64>,
    /// Reduction of ½|r|² that the linear model r + Jδ predicts for the full step; ≥ 0 for a zero
    /// centre.
    pub predicted: f64,
    /// Backward error of the linear system, measured after the solve; 0 for the inexact directions.
    pub solve_residual: f64,
}

/// A linearisation that is prepared for directions at several dampings.
pub struct DampedSolver<'a> {
    jacobian: Jacobian<'a>,
    solver: Solver<'a>,
}

enum Solver<'a> {
    Cholesky(GramMatrix<'a>),
    Spectral(GramMatrix<'a>, Option<Spectrum>),
    Orthogonal,
    LowRank(Result<Nystrom, DirectionError>),
    Iterative,
}

/// A larger backward error means that the factorisation failed, not that the system is
/// ill-conditioned: Cholesky is backward stable, and n·ε is 1e-12 for n = 5000.
const SOLVE_BOUND: f64 = 1e-10;

/// λ per trace of JᵀJ below which the Gram matrix has no digits left: its rounding is ε times its
/// trace.
const SQUARING_BOUND: f64 = 1e-14;

impl<'a> DampedSolver<'a> {
    /// Forms and factorises what the method needs.
    ///
    /// # Panics
    /// If the method needs J as a matrix and only products are given.
    ///
    /// # Cost
    /// P²N flops for the normal equations, N²P for the kernel, n²m + 9n³ for the spectrum (n the
    /// smaller and m the larger of N and P), N²P for the low rank, none for QR and conjugate
    /// gradients.
    pub fn new(
        jacobian: Jacobian<'a>,
        method: Direction,
        memory: &'a mut DirectionWorkspace,
    ) -> DampedSolver<'a> {
        let solver = match method {
            Direction::Normal => Solver::Cholesky(GramMatrix::new(jacobian, Side::Params, memory)),
            Direction::Kernel => Solver::Cholesky(GramMatrix::new(jacobian, Side::Residuals, memory)),
            Direction::Spectral => {
                let transposed = jacobian.transposed();
                let wide = transposed.nrows() > transposed.ncols();
                let side = if wide { Side::Residuals } else { Side::Params };
                let gram = GramMatrix::new(jacobian, side, memory);
                let spectrum = gram.spectrum();
                Solver::Spectral(gram, spectrum)
            }
            Direction::Qr => Solver::Orthogonal,
            Direction::Nystrom => Solver::LowRank(Nystrom::new(&jacobian)),
            Direction::ConjugateGradients => Solver::Iterative,
        };
        DampedSolver { jacobian, solver }
    }

    /// The δ that minimises ½|r + Jδ|² + ½λ|δ − centre|², λ > 0. An empty centre means 0.
    ///
    /// δ = centre − (JᵀJ + λI)⁻¹Jᵀ(r + J centre).
    ///
    /// # Errors
    /// [`DirectionError`] with the cause.
    ///
    /// # Panics
    /// If the centre is neither empty nor as long as θ.
    ///
    /// # Cost
    /// n³/3 flops with n = min(N, P) for a new λ, n² for the spectrum, and 2·min²·(N + P) for QR.
    pub fn solve(&mut self, lambda: f64, centre: &[f64]) -> Result<Solve, DirectionError> {
        let (mut delta, solve_residual) = self.damped(lambda, &self.forward(centre))?;
        delta.iter_mut().zip(centre).for_each(|(d, c)| *d += c);
        let moved = self.jacobian.times(&delta);
        // The difference ½|r|² − ½|r + Jδ|², without cancellation: −Jδ·(r + ½Jδ).
        let terms: Vec<f64> =
            moved.iter().zip(self.jacobian.residuals()).map(|(m, r)| -m * (r + 0.5 * m)).collect();
        Ok(Solve { delta, predicted: pairwise_sum(&terms), solve_residual })
    }

    /// The vector −(JᵀJ + λI)⁻¹Jᵀb for other residuals b than r; cheap for the λ of the last call.
    ///
    /// # Errors
    /// The errors of [`DampedSolver::solve`].
    pub fn correction(&mut self, lambda: f64, b: &[f64]) -> Result<Vec<f64>, DirectionError> {
        self.damped(lambda, b).map(|(delta, _)| delta)
    }

    /// The length |δ − centre| at λ: n operations for the spectrum, a whole solve otherwise.
    ///
    /// # Errors
    /// The errors of [`DampedSolver::solve`].
    pub fn length(&mut self, lambda: f64, centre: &[f64]) -> Result<f64, DirectionError> {
        let forward = self.forward(centre);
        if let Solver::Spectral(gram, Some(spectrum)) = &self.solver {
            let coefficients = transpose_times(spectrum.vectors.as_ref(), &gram.right(&forward));
            return Ok(gram.square_length(&spectrum.values, &coefficients, lambda).sqrt());
        }
        Ok(norm(&self.damped(lambda, &forward)?.0))
    }

    /// Whether λ is below the precision that rounding leaves to the Gram matrix.
    pub fn gram_precision_exhausted(&self, lambda: f64) -> bool {
        match &self.solver {
            Solver::Cholesky(gram) | Solver::Spectral(gram, _) => lambda < SQUARING_BOUND * gram.trace(),
            _ => false,
        }
    }

    /// The residuals r, N numbers.
    pub fn residuals(&self) -> &'a [f64] {
        self.jacobian.residuals()
    }

    /// The product J·v, N numbers.
    ///
    /// # Panics
    /// If v is not as long as θ.
    pub fn jacobian_times(&self, v: &[f64]) -> Vec<f64> {
        self.jacobian.times(v)
    }

    /// The residuals of the linear model at the centre, r + J·centre.
    fn forward(&self, centre: &[f64]) -> Vec<f64> {
        let mut residuals = self.jacobian.residuals().to_vec();
        if !centre.is_empty() {
            residuals.iter_mut().zip(self.jacobian.times(centre)).for_each(|(r, a)| *r += a);
        }
        residuals
    }

    fn damped(&mut self, lambda: f64, b: &[f64]) -> Result<(Vec<f64>, f64), DirectionError> {
        let jacobian = &self.jacobian;
        let (delta, error) = match &mut self.solver {
            Solver::Cholesky(gram) => gram.solve(lambda, b)?,
            Solver::Spectral(gram, spectrum) => {
                by_spectrum(gram, spectrum.as_ref().ok_or(DirectionError::NotFinite)?, lambda, b)
            }
            Solver::Orthogonal => orthogonal::solve(jacobian, lambda, b),
            Solver::LowRank(nystrom) => (nystrom.as_ref().map_err(|e| *e)?.solve(jacobian, lambda, b)?, 0.0),
            Solver::Iterative => (conjugate_gradients::solve(jacobian, lambda, b), 0.0),
        };
        if !delta.iter().all(|v| v.is_finite()) {
            return Err(DirectionError::NotFinite);
        }
        if error.is_nan() || error > SOLVE_BOUND {
            return Err(DirectionError::Inaccurate { residual: error });
        }
        Ok((delta, error))
    }
}

/// δ with V (D + λI)⁻¹ Vᵀ in place of the inverse. Eigenvalues that rounding made negative count as
/// 0.
fn by_spectrum(gram: &GramMatrix<'_>, spectrum: &Spectrum, lambda: f64, b: &[f64]) -> (Vec<f64>, f64) {
    let right = gram.right(b);
    let mut coefficients = transpose_times(spectrum.vectors.as_ref(), &right);
    coefficients.iter_mut().zip(&spectrum.values).for_each(|(c, v)| *c /= v.max(0.0) + lambda);
    let solution = times(spectrum.vectors.as_ref(), &coefficients);
    let error = gram.backward_error(lambda, &solution, &right);
    (gram.direction(solution), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};
    use crate::optim::Linearisation;

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
    fn kernel_normal_qr_and_spectrum_agree_on_a_well_conditioned_jacobian() {
        for (n, p) in [(230, 40), (40, 230), (50, 50)] {
            let lin = problem(n, p);
            let delta = |m, lambda| {
                DampedSolver::new(Jacobian::Matrix(&lin), m, &mut DirectionWorkspace::default())
                    .solve(lambda, &[])
                    .unwrap()
                    .delta
            };
            let normal = delta(Direction::Normal, 0.1);
            assert!(worst_difference(&delta(Direction::Kernel, 0.1), &normal) < 1e-9);
            assert!(worst_difference(&delta(Direction::Qr, 0.1), &normal) < 1e-9);
            assert!(worst_difference(&delta(Direction::Spectral, 0.1), &normal) < 1e-9);
            assert!(worst_difference(&delta(Direction::Qr, 0.1001), &normal) > 1e-9, "the check cannot fail");
        }
    }

    #[test]
    fn prediction_is_the_reduction_of_the_linear_model() {
        let lin = problem(60, 90);
        let solve =
            DampedSolver::new(Jacobian::Matrix(&lin), Direction::Kernel, &mut DirectionWorkspace::default())
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
        for method in [Direction::Normal, Direction::Kernel, Direction::Qr, Direction::Spectral] {
            let mut memory = DirectionWorkspace::default();
            let delta = DampedSolver::new(Jacobian::Matrix(&lin), method, &mut memory)
                .solve(lambda, &centre)
                .unwrap()
                .delta;
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
        for method in Direction::ALL {
            assert_eq!(
                DampedSolver::new(Jacobian::Matrix(&lin), method, &mut DirectionWorkspace::default())
                    .solve(0.1, &[])
                    .unwrap_err(),
                DirectionError::NotFinite
            );
        }
    }

    #[test]
    fn low_rank_is_exact_where_the_kernel_has_that_rank() {
        // 80 residuals depend on 12 combinations of 150 parameters: the rank is 12, below a quarter
        // of 80.
        let (left, right) = (problem(80, 12), problem(12, 150));
        let mut jacobian = vec![0.0; 80 * 150];
        for i in 0..80 {
            for k in 0..12 {
                (0..150).for_each(|j| {
                    jacobian[i * 150 + j] += left.jacobian[i * 12 + k] * right.jacobian[k * 150 + j]
                });
            }
        }
        let lin = Linearisation { residuals: left.residuals, jacobian };
        let delta = |lin: &Linearisation, method| {
            let mut memory = DirectionWorkspace::default();
            DampedSolver::new(Jacobian::Matrix(lin), method, &mut memory).solve(0.5, &[]).unwrap().delta
        };
        let exact = delta(&lin, Direction::Kernel);
        // The shift ν = √N·ε·tr(JJᵀ) is 3e-10, relative to λ = ½.
        assert!(worst_difference(&delta(&lin, Direction::Nystrom), &exact) < 1e-8);
        let full = problem(80, 150);
        let exact = delta(&full, Direction::Kernel);
        assert!(worst_difference(&delta(&full, Direction::Nystrom), &exact) > 1e-2, "the check cannot fail");
    }

    #[test]
    fn conjugate_gradients_leave_a_hundredth_of_the_gradient() {
        for (n, p) in [(120, 40), (40, 120)] {
            let lin = problem(n, p);
            let mut memory = DirectionWorkspace::default();
            let mut linearised =
                DampedSolver::new(Jacobian::Matrix(&lin), Direction::ConjugateGradients, &mut memory);
            let delta = linearised.solve(0.3, &[]).unwrap().delta;
            let moved = transpose_times(lin.transposed(), &delta);
            let rest: Vec<f64> = moved.iter().zip(&lin.residuals).map(|(m, r)| m + r).collect();
            let left: Vec<f64> =
                times(lin.transposed(), &rest).iter().zip(&delta).map(|(g, d)| g + 0.3 * d).collect();
            assert!(norm(&left) <= 1e-2 * norm(&times(lin.transposed(), &lin.residuals)));
            assert!(norm(&left) > 0.0, "it is inexact, and counts on that");
        }
    }

    #[test]
    fn the_length_is_that_of_the_direction_from_its_centre() {
        for (n, p) in [(90, 35), (35, 90)] {
            let lin = problem(n, p);
            let centre: Vec<f64> = (0..p).map(|k| 0.05 * (k % 7) as f64).collect();
            let mut memory = DirectionWorkspace::default();
            let mut linearised = DampedSolver::new(Jacobian::Matrix(&lin), Direction::Spectral, &mut memory);
            let delta = linearised.solve(0.7, &centre).unwrap().delta;
            let from_centre: f64 =
                delta.iter().zip(&centre).map(|(d, c)| (d - c) * (d - c)).sum::<f64>().sqrt();
            let length = linearised.length(0.7, &centre).unwrap();
            assert!((length - from_centre).abs() < 1e-10 * from_centre);
        }
    }
}
