//! Self-scaled Broyden: a quasi-Newton method that uses only gradients.

use super::{LeastSquares, Outcome, StepRecord};
use crate::num::{Mat, dot, times};
use rayon::prelude::*;

/// The inverse Hessian, learned from pairs of steps and changes of the gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct InverseHessian {
    /// The matrix H, symmetric, P×P.
    pub(super) matrix: Mat<f64>,
    /// Whether H has seen a pair. Before the first it is the identity, without a scale.
    pub(super) scaled: bool,
}

/// Fraction of the linear decrease that a step must reach (Nocedal & Wright 2006, section 3.1).
const ARMIJO: f64 = 1e-4;
/// Fraction of the slope that may remain after a step (their value for quasi-Newton methods).
const CURVATURE: f64 = 0.9;
const TRIALS: usize = 12;

impl InverseHessian {
    /// The identity, before any step.
    pub fn new(n_params: usize) -> InverseHessian {
        InverseHessian { matrix: Mat::identity(n_params, n_params), scaled: false }
    }

    /// Makes one step from θ, in place. The line search looks for Wolfe's conditions by bisection.
    ///
    /// # Cost
    /// Two gradients or more, 8P² bytes and 10P² flops.
    pub fn step(&mut self, problem: &dyn LeastSquares, theta: &mut [f64]) -> StepRecord {
        let (loss, gradient) = problem.loss_and_gradient(theta);
        let mut record = StepRecord::none("broyden", loss, 0.0);
        if !loss.is_finite() {
            record.outcome = Some(Outcome::NotFinite);
            return record;
        }
        let mut direction = times(self.matrix.as_ref(), &gradient);
        direction.iter_mut().for_each(|d| *d = -*d);
        let mut slope = dot(&direction, &gradient);
        if slope.is_nan() || slope >= 0.0 {
            *self = InverseHessian::new(theta.len());
            direction = gradient.iter().map(|g| -g).collect();
            slope = -dot(&gradient, &gradient);
        }
        // Without a scale, the first trial step has a length of at most one.
        let first = if self.scaled { 1.0 } else { 1f64.min(1.0 / dot(&direction, &direction).sqrt()) };
        let Some(trial) = search(problem, theta, loss, slope, &direction, first) else {
            record.outcome = (!self.scaled).then_some(Outcome::Stalled { damping: 0.0 });
            *self = InverseHessian::new(theta.len());
            return record;
        };
        let step: Vec<f64> = direction.iter().map(|d| trial.scale * d).collect();
        let change: Vec<f64> = trial.gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        self.update(&step, &change, -trial.scale * dot(&step, &gradient));
        theta.iter_mut().zip(&step).for_each(|(t, s)| *t += s);
        record.loss = trial.loss;
        record.scale = trial.scale;
        // The quadratic model predicts half of the slope for the full step.
        record.ratio = (loss - trial.loss) / (-0.5 * slope * trial.scale);
        record
    }

    /// Updates H from a step s, the change of the gradient y, and s·Bs, such that H y = s.
    ///
    /// The scaling τ and Broyden's φ are those of Al-Baali 1998 as in Urbán, Stefanou & Pons 2025
    /// (SSBroyden). A pair without positive curvature is left out.
    fn update(&mut self, s: &[f64], y: &[f64], s_b_s: f64) {
        let y_s = dot(y, s);
        if y_s.is_nan() || y_s <= f64::EPSILON * (dot(y, y) * dot(s, s)).sqrt() {
            return;
        }
        if !self.scaled {
            // Nocedal & Wright 2006, eq. 6.20.
            let scale = y_s / dot(y, y);
            self.matrix = Mat::from_fn(s.len(), s.len(), |i, j| if i == j { scale } else { 0.0 });
            self.scaled = true;
        }
        let h_y = times(self.matrix.as_ref(), y);
        let y_h_y = dot(y, &h_y);
        let (h, b) = (y_h_y / y_s, s_b_s / y_s);
        let (tau, phi) = scaling(h, b, s.len());
        let v: Vec<f64> = s.iter().zip(&h_y).map(|(s, hy)| s / y_s - hy / y_h_y).collect();
        self.matrix.as_mut().par_col_chunks_mut(64).enumerate().for_each(|(k, mut chunk)| {
            for column in 0..chunk.ncols() {
                let j = 64 * k + column;
                let (hy_j, v_j, s_j) = (h_y[j] / y_h_y, phi * y_h_y * v[j], s[j] / y_s);
                for i in 0..s.len() {
                    let kept = chunk[(i, column)] - h_y[i] * hy_j + v[i] * v_j;
                    chunk[(i, column)] = kept / tau + s[i] * s_j;
                }
            }
        });
    }
}

/// Returns (τ, φ) from h = y·Hy/y·s and b = s·Bs/y·s.
fn scaling(h: f64, b: f64, n: usize) -> (f64, f64) {
    // b·h ≥ 1 by Cauchy-Schwarz. Equality means that H is already right along s.
    let a = b * h - 1.0;
    if a <= 1e-12 {
        return (1.0, 1.0);
    }
    let rho = 1f64.min(h * (1.0 - (a / (1.0 + a)).sqrt()));
    let theta = ((1.0 - b) / b).clamp((rho - 1.0) / a, 1.0 / rho);
    let sigma = 1.0 + theta * a;
    let root = sigma.powf(-1.0 / (n as f64 - 1.0).max(1.0));
    let tau = if theta <= 0.0 { (rho * root).min(sigma) } else { rho * root.min(1.0 / theta) };
    (tau, (1.0 - theta) / sigma)
}

struct Trial {
    scale: f64,
    loss: f64,
    gradient: Vec<f64>,
}

/// Bisection for Wolfe's conditions. It returns the best decrease found if they are not met in
/// time.
fn search(
    problem: &dyn LeastSquares,
    theta: &[f64],
    loss: f64,
    slope: f64,
    direction: &[f64],
    first: f64,
) -> Option<Trial> {
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut scale = first;
    let mut best: Option<Trial> = None;
    for _ in 0..TRIALS {
        let there: Vec<f64> = theta.iter().zip(direction).map(|(t, d)| t + scale * d).collect();
        let (here, gradient) = problem.loss_and_gradient(&there);
        let enough = here <= loss + ARMIJO * scale * slope;
        let flat = dot(&gradient, direction) >= CURVATURE * slope;
        if here < best.as_ref().map_or(loss, |b| b.loss) {
            best = Some(Trial { scale, loss: here, gradient });
        }
        match (enough, flat) {
            (true, true) => break,
            (false, _) => high = scale,
            (true, false) => low = scale,
        }
        scale = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * scale };
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::rosenbrock::Rosenbrock;

    #[test]
    fn the_update_satisfies_the_secant_equation_and_stays_symmetric() {
        let mut inverse = InverseHessian::new(3);
        inverse.update(&[1.0, -0.5, 0.25], &[2.0, -0.25, 1.0], 1.3125);
        let (s, y) = (vec![0.3, 0.8, -0.2], vec![0.5, 2.0, -0.1]);
        inverse.update(&s, &y, 0.9);
        let back = times(inverse.matrix.as_ref(), &y);
        assert!(back.iter().zip(&s).all(|(a, b)| (a - b).abs() < 1e-14), "{back:?}");
        assert!((inverse.matrix[(0, 2)] - inverse.matrix[(2, 0)]).abs() < 1e-15);
        let wrong = times(inverse.matrix.as_ref(), &s);
        assert!(wrong.iter().zip(&s).any(|(a, b)| (a - b).abs() > 1e-2), "the check cannot fail");
    }

    #[test]
    fn reaches_the_bottom_of_the_valley() {
        let mut inverse = InverseHessian::new(2);
        let mut theta = vec![-1.2, 1.0];
        let mut loss = f64::INFINITY;
        for _ in 0..60 {
            let record = inverse.step(&Rosenbrock, &mut theta);
            assert!(record.loss <= record.loss_before);
            loss = record.loss;
            if loss < 1e-24 {
                break;
            }
        }
        assert!(loss < 1e-18, "{loss:e}");
    }
}
