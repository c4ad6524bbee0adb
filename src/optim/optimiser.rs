//! The optimiser of a fit: a method after a warm-up.

use super::{
    Adam, Damping, Direction, GaussNewton, GaussNewtonState, GaussNewtonWorkspace, InverseHessian,
    LeastSquares, Moments, StepRecord, StepRule,
};

/// The method that makes the steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Damped Gauss-Newton: a direction and a step rule.
    GaussNewton(GaussNewton),
    /// Self-scaled Broyden on gradients, with a P×P matrix.
    SelfScaledBroyden,
    /// Adam, which uses only gradients.
    Adam(Adam),
}

impl Method {
    /// Names of all methods in settings and records. A name of a direction means Gauss-Newton with
    /// this direction.
    pub const NAMES: [&'static str; 9] =
        ["auto", "normal", "kernel", "qr", "spectral", "nystrom", "cg", "broyden", "adam"];

    /// The method of this name; `like` gives the settings that the name leaves open.
    pub fn named(name: &str, like: GaussNewton) -> Option<Method> {
        let with = |direction| Some(Method::GaussNewton(GaussNewton { direction, ..like }));
        match name {
            "auto" => with(None),
            "broyden" => Some(Method::SelfScaledBroyden),
            "adam" => Some(Method::Adam(Adam::default())),
            _ => with(Some(Direction::ALL.into_iter().find(|d| d.name() == name)?)),
        }
    }

    /// Name of the method in settings and records.
    pub fn name(&self) -> &'static str {
        match self {
            Method::GaussNewton(method) => method.direction.map_or("auto", Direction::name),
            Method::SelfScaledBroyden => "broyden",
            Method::Adam(_) => "adam",
        }
    }

    /// The step rule, for a method that has a choice.
    pub fn step_rule(&self) -> Option<StepRule> {
        match self {
            Method::GaussNewton(method) => Some(method.step_rule),
            _ => None,
        }
    }
}

/// A method after some steps of warm-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimiser {
    /// The method that makes the steps.
    pub method: Method,
    /// Number of steps of Adam before the method.
    pub warm_up: usize,
}

impl Default for Optimiser {
    fn default() -> Optimiser {
        Optimiser { method: Method::GaussNewton(GaussNewton::default()), warm_up: 0 }
    }
}

/// θ and the state of the methods.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimiserState {
    /// θ and the state of Gauss-Newton.
    pub gauss_newton: GaussNewtonState,
    pub(super) moments: Moments,
    pub(super) inverse_hessian: Option<InverseHessian>,
    pub(super) steps: usize,
}

impl OptimiserState {
    /// The state before the first step.
    pub fn new(theta: Vec<f64>, damping: Damping) -> OptimiserState {
        OptimiserState {
            gauss_newton: GaussNewtonState::new(theta, damping),
            moments: Moments::default(),
            inverse_hessian: None,
            steps: 0,
        }
    }

    /// The current parameters θ.
    pub fn theta(&self) -> &[f64] {
        &self.gauss_newton.theta
    }
}

impl Optimiser {
    /// The optimiser without momentum. Methods that have none are unchanged.
    pub fn without_momentum(self) -> Optimiser {
        let method = match self.method {
            Method::GaussNewton(method) => Method::GaussNewton(GaussNewton { momentum: 0.0, ..method }),
            other => other,
        };
        Optimiser { method, ..self }
    }

    /// Makes one step on `problem`.
    pub fn step(
        &self,
        problem: &dyn LeastSquares,
        state: &mut OptimiserState,
        memory: &mut GaussNewtonWorkspace,
    ) -> StepRecord {
        state.steps += 1;
        let warming = state.steps <= self.warm_up;
        let method = if warming { Method::Adam(Adam::default()) } else { self.method };
        let OptimiserState { gauss_newton, moments, inverse_hessian, .. } = state;
        match method {
            Method::GaussNewton(method) => {
                let (next, record) = method.step(problem, gauss_newton, memory);
                *gauss_newton = next;
                record
            }
            Method::SelfScaledBroyden => inverse_hessian
                .get_or_insert_with(|| InverseHessian::new(problem.n_params()))
                .step(problem, &mut gauss_newton.theta),
            Method::Adam(adam) => adam.step(problem, &mut gauss_newton.theta, moments),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_its_method() {
        for name in Method::NAMES {
            assert_eq!(Method::named(name, GaussNewton::default()).unwrap().name(), name);
        }
        assert_eq!(Method::named("lbfgs", GaussNewton::default()), None);
    }
}
