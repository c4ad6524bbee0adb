//! Damped Gauss-Newton: linearise, solve, step, adapt the damping.

use super::geodesic;
use super::least_squares::half_square;
use super::step_rule::line_search;
use super::trust_radius::{RADII, TARGET_RATIO, damping_for_radius};
use super::{
    DampedSolver, Damping, Direction, DirectionWorkspace, Jacobian, LeastSquares, Linearisation, Outcome,
    Solve, StepRecord, StepRule,
};
use crate::num::norm;

/// Damped Gauss-Newton, a direction paired with a step rule. It has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussNewton {
    /// The direction, or `None` for [`Direction::automatic`].
    pub direction: Option<Direction>,
    /// The rule for the length of a step.
    pub step_rule: StepRule,
    /// Fraction of the last step at which the next direction is centred (SPRING, arXiv 2401.10190),
    /// so that steps on few points keep information from earlier points. 0 is plain Gauss-Newton.
    pub momentum: f64,
    /// Limit in bytes for J and the Gram matrices. Above it, the automatic direction forms neither.
    pub memory: usize,
}

impl Default for GaussNewton {
    fn default() -> GaussNewton {
        GaussNewton { direction: None, step_rule: StepRule::Geodesic, momentum: 0.9, memory: 2 << 30 }
    }
}

/// Number of directions that are tried at growing damping before a step fails.
const RETRIES: usize = 4;

/// The state that passes from one step to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussNewtonState {
    /// The parameters θ, P numbers.
    pub theta: Vec<f64>,
    /// The damping λ of the next step.
    pub damping: Damping,
    /// The last step that was taken; empty before the first.
    pub last_step: Vec<f64>,
    /// Trust radius in units of θ; `None` before the first step, whose λ sets it.
    pub radius: Option<f64>,
    /// True once a step came to a damping that the Gram matrix cannot resolve.
    pub gram_precision_exhausted: bool,
}

impl GaussNewtonState {
    /// The state before the first step.
    pub fn new(theta: Vec<f64>, damping: Damping) -> GaussNewtonState {
        GaussNewtonState {
            theta,
            damping,
            last_step: Vec::new(),
            radius: None,
            gram_precision_exhausted: false,
        }
    }
}

/// Memory that steps reuse. It carries no information from one step to the next.
#[derive(Clone, Debug, Default)]
pub struct GaussNewtonWorkspace {
    lin: Linearisation,
    directions: DirectionWorkspace,
}

/// A step that reduces the loss.
struct Found {
    step: Vec<f64>,
    loss: f64,
    scale: f64,
    ratio: f64,
    damping: f64,
    next_damping: Damping,
    radius: Option<f64>,
    solve_residual: f64,
}

/// The data of a search for a step.
struct Search<'a, 'b> {
    problem: &'a dyn LeastSquares,
    state: &'a GaussNewtonState,
    linearised: &'a mut DampedSolver<'b>,
    loss: f64,
}

impl GaussNewton {
    /// Makes one step on `problem`.
    pub fn step(
        &self,
        problem: &dyn LeastSquares,
        state: &GaussNewtonState,
        memory: &mut GaussNewtonWorkspace,
    ) -> (GaussNewtonState, StepRecord) {
        let GaussNewtonWorkspace { lin, directions } = memory;
        let theta = &state.theta;
        let direction = self.direction.unwrap_or_else(|| {
            Direction::automatic(
                problem.n_residuals(),
                problem.n_params(),
                self.memory,
                state.gram_precision_exhausted,
            )
        });
        let jacobian = if direction.needs_matrix() {
            problem.linearise_into(theta, lin);
            Jacobian::Matrix(lin)
        } else {
            lin.residuals = problem.residuals(theta);
            Jacobian::Products { problem, theta, residuals: &lin.residuals }
        };
        let loss_before = half_square(jacobian.residuals());
        let mut record = StepRecord::none(direction.name(), loss_before, state.damping.lambda);
        if !loss_before.is_finite() {
            record.outcome = Some(Outcome::NotFinite);
            return (state.clone(), record);
        }
        let mut linearised = DampedSolver::new(jacobian, direction, directions);
        let centre: Vec<f64> = state.last_step.iter().map(|v| self.momentum * v).collect();
        let mut search = Search { problem, state, linearised: &mut linearised, loss: loss_before };
        let found = match self.step_rule {
            StepRule::LineSearch => search.along_a_line(centre, false),
            StepRule::Geodesic => search.along_a_line(centre, true),
            StepRule::TrustRadius => search.within_a_radius(centre),
        };
        match found {
            Ok(found) => {
                record.loss = found.loss;
                record.scale = found.scale;
                record.ratio = found.ratio;
                record.damping = found.damping;
                record.solve_residual = found.solve_residual;
                let next = GaussNewtonState {
                    theta: moved(theta, 1.0, &found.step),
                    damping: found.next_damping,
                    last_step: found.step,
                    radius: found.radius,
                    gram_precision_exhausted: state.gram_precision_exhausted
                        || linearised.gram_precision_exhausted(found.damping),
                };
                (next, record)
            }
            Err(damping) => {
                let spent = state.gram_precision_exhausted
                    || linearised.gram_precision_exhausted(state.damping.lambda);
                // With more digits, the λ that failed is tried again, and a smaller one.
                let damping = if spent && !state.gram_precision_exhausted { state.damping } else { damping };
                if damping.exhausted() {
                    record.outcome = Some(Outcome::Stalled { damping: damping.lambda });
                }
                let mut next = GaussNewtonState::new(theta.clone(), damping);
                next.gram_precision_exhausted = spent;
                (next, record)
            }
        }
    }
}

impl Search<'_, '_> {
    fn loss_at(&self, scale: f64, step: &[f64]) -> f64 {
        half_square(&self.problem.residuals(&moved(&self.state.theta, scale, step)))
    }

    /// Tries directions at growing damping until one of their halves reduces the loss. The error is
    /// the damping reached.
    fn along_a_line(&mut self, mut centre: Vec<f64>, bent: bool) -> Result<Found, Damping> {
        let mut damping = self.state.damping;
        for _ in 0..=RETRIES {
            if let Ok(mut solve) = self.linearised.solve(damping.lambda, &centre) {
                if bent {
                    self.bend(&mut solve, damping.lambda);
                }
                let tried = line_search(self.loss, |scale| self.loss_at(scale, &solve.delta));
                if tried.scale > 0.0 {
                    return Ok(self.found(solve, tried.scale, tried.loss, damping));
                }
            }
            damping = damping.after_failure();
            // The information from earlier points does not help here.
            centre.clear();
        }
        Err(damping)
    }

    fn bend(&mut self, solve: &mut Solve, lambda: f64) {
        let theta = &self.state.theta;
        let residuals = self.linearised.residuals();
        let bend = geodesic::correction(self.problem, theta, residuals, self.linearised, lambda, solve);
        if let Some(bend) = bend {
            solve.delta.iter_mut().zip(bend).for_each(|(d, b)| *d += b);
        }
    }

    fn found(&self, solve: Solve, scale: f64, loss: f64, damping: Damping) -> Found {
        // Along the direction, the reduction of the model is scale·(2 − scale) of the full one, up
        // to λ|δ|².
        let ratio = (self.loss - loss) / (solve.predicted * scale * (2.0 - scale));
        Found {
            step: solve.delta.iter().map(|d| scale * d).collect(),
            loss,
            scale,
            ratio,
            damping: damping.lambda,
            next_damping: damping.after_step(scale, ratio),
            radius: self.state.radius,
            solve_residual: solve.solve_residual,
        }
    }

    /// Takes the longest radius that reaches its predicted reduction, else the one with the lowest
    /// loss. The error is the damping reached.
    fn within_a_radius(&mut self, centre: Vec<f64>) -> Result<Found, Damping> {
        let Damping { lambda, smallest, .. } = self.state.damping;
        let Ok(last) = self.state.radius.map_or_else(|| self.linearised.length(lambda, &centre), Ok) else {
            return Err(self.state.damping.after_failure());
        };
        let mut best: Option<Found> = None;
        let mut start = lambda;
        for factor in RADII {
            let radius = factor * last;
            let solved = damping_for_radius(self.linearised, &centre, radius, start, smallest)
                .and_then(|lambda| Ok((lambda, self.linearised.solve(lambda, &centre)?)));
            let Ok((lambda, solve)) = solved else { continue };
            start = lambda;
            let loss = self.loss_at(1.0, &solve.delta);
            if loss < best.as_ref().map_or(self.loss, |b| b.loss) {
                let damping = Damping { lambda, ..self.state.damping };
                let length =
                    norm(&solve.delta.iter().zip(pad(&centre)).map(|(d, c)| d - c).collect::<Vec<_>>());
                let mut found = self.found(solve, 1.0, loss, damping);
                found.next_damping = damping;
                // At the smallest λ the step is shorter than the radius, and the radius follows.
                found.radius = Some(radius.min(2.0 * length));
                let kept = found.ratio >= TARGET_RATIO;
                best = Some(found);
                if kept {
                    break;
                }
            }
        }
        best.ok_or_else(|| self.state.damping.after_failure())
    }
}

/// The numbers of a centre; an empty one means 0.
fn pad(centre: &[f64]) -> impl Iterator<Item = f64> {
    centre.iter().copied().chain(std::iter::repeat(0.0))
}

fn moved(theta: &[f64], scale: f64, delta: &[f64]) -> Vec<f64> {
    theta.iter().zip(delta).map(|(t, d)| t + scale * d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::rosenbrock::Rosenbrock;

    #[test]
    fn reaches_the_bottom_of_the_valley_with_every_pair() {
        let directions = [Direction::Normal, Direction::Kernel, Direction::Qr, Direction::Spectral];
        for direction in directions {
            for step_rule in StepRule::ALL {
                let method = GaussNewton {
                    direction: Some(direction),
                    step_rule,
                    momentum: 0.0,
                    ..GaussNewton::default()
                };
                let mut state = GaussNewtonState::new(vec![-1.2, 1.0], Damping::new(1e-3));
                let mut last = f64::INFINITY;
                for _ in 0..60 {
                    let (next, record) =
                        method.step(&Rosenbrock, &state, &mut GaussNewtonWorkspace::default());
                    assert!(record.loss <= record.loss_before);
                    assert!(record.loss <= last);
                    (state, last) = (next, record.loss);
                }
                assert!(last < 1e-20, "{direction:?} {step_rule:?} {last:e}");
                assert!((state.theta[0] - 1.0).abs() < 1e-9);
                assert!((state.theta[1] - 1.0).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn geodesic_steps_are_fewer_along_the_valley() {
        let steps = |step_rule| {
            let method = GaussNewton { step_rule, momentum: 0.0, ..GaussNewton::default() };
            let mut state = GaussNewtonState::new(vec![-1.2, 1.0], Damping::new(1.0));
            (1..200)
                .find(|_| {
                    let (next, record) =
                        method.step(&Rosenbrock, &state, &mut GaussNewtonWorkspace::default());
                    state = next;
                    record.loss < 1e-12
                })
                .unwrap()
        };
        assert!(steps(StepRule::Geodesic) < steps(StepRule::LineSearch));
    }

    #[test]
    fn says_why_it_stops() {
        let state = GaussNewtonState::new(vec![f64::NAN, 0.0], Damping::new(1e-3));
        let (after, record) =
            GaussNewton::default().step(&Rosenbrock, &state, &mut GaussNewtonWorkspace::default());
        assert_eq!(record.outcome, Some(Outcome::NotFinite));
        assert!(after.theta[0].is_nan());
    }
}
