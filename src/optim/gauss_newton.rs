//! Damped Gauss-Newton: linearise, solve, step, adapt the damping.

use super::least_squares::half_square;
use super::{
    Damping, Direction, DirectionMemory, LeastSquares, Linearisation, Linearised, Outcome, StepRule,
};

/// The method: a direction paired with a step rule. It has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussNewton {
    /// The direction, or none for the cheaper Cholesky.
    pub direction: Option<Direction>,
    /// How far to go.
    pub step_rule: StepRule,
    /// Directions tried at growing damping before the step counts as stalled.
    pub retries: usize,
    /// Fraction of the last step at which the next one's damping is centred (SPRING, arXiv 2401.10190): steps
    /// on few points remember what earlier points taught. 0 is plain Gauss-Newton.
    pub momentum: f64,
}

impl Default for GaussNewton {
    fn default() -> GaussNewton {
        GaussNewton { direction: None, step_rule: StepRule::default(), retries: 4, momentum: 0.0 }
    }
}

/// What passes from one step to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussNewtonState {
    /// θ.
    pub theta: Vec<f64>,
    /// λ.
    pub damping: Damping,
    /// The last step taken; empty before the first.
    pub last_step: Vec<f64>,
}

impl GaussNewtonState {
    /// At the start.
    pub fn new(theta: Vec<f64>, damping: Damping) -> GaussNewtonState {
        GaussNewtonState { theta, damping, last_step: Vec::new() }
    }
}

/// Memory that steps reuse; it carries nothing from one to the next.
#[derive(Clone, Debug, Default)]
pub struct GaussNewtonMemory {
    lin: Linearisation,
    directions: DirectionMemory,
}

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepRecord {
    /// ½|r|² before.
    pub loss_before: f64,
    /// ½|r|² after, on the same residuals.
    pub loss: f64,
    /// Fraction of the direction taken; 0 if none reduced the loss.
    pub scale: f64,
    /// λ of the direction taken.
    pub damping: f64,
    /// True over predicted reduction for the step taken.
    pub ratio: f64,
    /// Relative residual of the linear solve.
    pub solve_residual: f64,
    /// Set if the iteration should end.
    pub outcome: Option<Outcome>,
}

impl GaussNewton {
    /// One step on `problem`.
    pub fn step(
        &self,
        problem: &dyn LeastSquares,
        state: &GaussNewtonState,
        memory: &mut GaussNewtonMemory,
    ) -> (GaussNewtonState, StepRecord) {
        let GaussNewtonMemory { lin, directions } = memory;
        problem.linearise_into(&state.theta, lin);
        let loss_before = half_square(&lin.residuals);
        let mut record = StepRecord {
            loss_before,
            loss: loss_before,
            scale: 0.0,
            damping: state.damping.lambda,
            ratio: 0.0,
            solve_residual: 0.0,
            outcome: None,
        };
        if !loss_before.is_finite() {
            record.outcome = Some(Outcome::NotFinite);
            return (state.clone(), record);
        }
        let method =
            self.direction.unwrap_or_else(|| Direction::cheapest(problem.n_residuals(), problem.n_params()));
        let mut linearised = Linearised::new(lin, method, directions);
        let mut damping = state.damping;
        let mut centre: Vec<f64> = state.last_step.iter().map(|v| self.momentum * v).collect();
        for _ in 0..=self.retries {
            record.damping = damping.lambda;
            let Ok(solve) = linearised.solve(damping.lambda, &centre) else {
                damping = damping.after_failure();
                continue;
            };
            record.solve_residual = solve.solve_residual;
            let tried = self.step_rule.choose(loss_before, |scale| {
                half_square(&problem.residuals(&moved(&state.theta, scale, &solve.delta)))
            });
            if tried.scale > 0.0 {
                // Along the direction the model's reduction is scale·(2 − scale) of the full one, up to λ|δ|².
                let promised = solve.predicted * tried.scale * (2.0 - tried.scale);
                record.scale = tried.scale;
                record.loss = tried.loss;
                record.ratio = (loss_before - tried.loss) / promised;
                let theta = moved(&state.theta, tried.scale, &solve.delta);
                let last_step = solve.delta.iter().map(|d| tried.scale * d).collect();
                let damping = damping.after_step(tried.scale, record.ratio);
                return (GaussNewtonState { theta, damping, last_step }, record);
            }
            damping = damping.after_failure();
            // What earlier points taught does not help here.
            centre.clear();
        }
        if damping.exhausted() {
            record.outcome = Some(Outcome::Stalled { damping: damping.lambda });
        }
        (GaussNewtonState { theta: state.theta.clone(), damping, last_step: Vec::new() }, record)
    }
}

fn moved(theta: &[f64], scale: f64, delta: &[f64]) -> Vec<f64> {
    theta.iter().zip(delta).map(|(t, d)| t + scale * d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock: r = (10(b − a²), 1 − a), zero at (1, 1) only; the square is in it.
    struct Rosenbrock;
    impl LeastSquares for Rosenbrock {
        fn n_params(&self) -> usize {
            2
        }
        fn n_residuals(&self) -> usize {
            2
        }
        fn residuals(&self, t: &[f64]) -> Vec<f64> {
            vec![10.0 * (t[1] - t[0] * t[0]), 1.0 - t[0]]
        }
        fn linearise_into(&self, t: &[f64], lin: &mut Linearisation) {
            *lin =
                Linearisation { residuals: self.residuals(t), jacobian: vec![-20.0 * t[0], 10.0, -1.0, 0.0] };
        }
        fn loss_and_gradient(&self, t: &[f64]) -> (f64, Vec<f64>) {
            let lin = self.linearise(t);
            (half_square(&lin.residuals), crate::num::times(lin.transposed(), &lin.residuals))
        }
    }

    #[test]
    fn reaches_the_bottom_of_the_valley_with_every_direction() {
        for direction in [Direction::Normal, Direction::Kernel, Direction::Qr] {
            let method = GaussNewton { direction: Some(direction), ..GaussNewton::default() };
            let mut state = GaussNewtonState::new(vec![-1.2, 1.0], Damping::new(1e-3));
            let mut last = f64::INFINITY;
            for _ in 0..60 {
                let (next, record) = method.step(&Rosenbrock, &state, &mut GaussNewtonMemory::default());
                assert!(record.loss <= record.loss_before && record.loss <= last);
                (state, last) = (next, record.loss);
            }
            assert!(last < 1e-20, "{direction:?} {last:e}");
            assert!((state.theta[0] - 1.0).abs() < 1e-9 && (state.theta[1] - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn says_why_it_stops() {
        let state = GaussNewtonState::new(vec![f64::NAN, 0.0], Damping::new(1e-3));
        let (after, record) =
            GaussNewton::default().step(&Rosenbrock, &state, &mut GaussNewtonMemory::default());
        assert_eq!(record.outcome, Some(Outcome::NotFinite));
        assert!(after.theta[0].is_nan());
    }
}
