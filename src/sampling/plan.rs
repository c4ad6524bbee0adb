//! What a fit would be, before anything of the target is looked for: its sizes, and the time of one
//! step.

use super::fit::{check, check_evolution};
use super::sampler::sampler;
use crate::density::Target;
use crate::evolution::{ErasedEvolution, TargetSummary};
use crate::num::{Purpose, Stream};
use crate::optim::{Damping, Direction, GaussNewtonWorkspace, LeastSquares, Method, OptimiserState};
use crate::training::{
    Assembler, CollocationPoints, FIRST_DAMPING, FitError, FitSettings, LARGEST, Sampler, unknowns,
};
use std::time::{Duration, Instant};

/// What a fit would be if no direction of the target is Gaussian and no part of it independent of
/// the rest; fewer dimensions, or several small fits, are learned if some are.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Dimension of the target.
    pub dim: usize,
    /// Names of the learned functions.
    pub unknowns: Vec<String>,
    /// Free numbers beside the networks.
    pub n_scalars: usize,
    /// The number of parameters of all networks and free scalars.
    pub n_params: usize,
    /// Number of collocation points of the first batch, and of the largest.
    pub points: [usize; 2],
    /// Residuals of the first set, and of the largest.
    pub n_residuals: [usize; 2],
    /// How the steps of the first set, and of the largest, are found.
    pub directions: [&'static str; 2],
    /// Bytes for J and the squared matrices on the first set, and on the largest.
    pub bytes: [f64; 2],
    /// How draws would be moved.
    pub sampler: Sampler,
    /// Time of one step on the first set; its density is constant, so that the time is that of the
    /// algebra alone.
    pub step: Duration,
    /// Time of what the equations read of the target at the points of the first set, drawn from
    /// N(0, I); none if the density fails there.
    pub density: Option<Duration>,
}

/// Plans a fit, and makes one step of it with another density to see how long it takes.
///
/// # Errors
/// [`FitError`], if the settings are wrong or the evolution needs what the target does not have.
///
/// # Cost
/// One step of the fit.
pub fn plan(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Result<Plan, FitError> {
    check(target, settings)?;
    let dim = target.dim();
    let (evolution, networks) = unknowns(evolution, TargetSummary::smooth(dim), settings);
    let description = evolution.description();
    check_evolution(description, target, settings)?;
    let n = settings.points;
    let mut stream = Stream::new(settings.seed, Purpose::Audit, 0);
    let mut x = vec![0.0; n * dim];
    stream.fill_normal(&mut x);
    let width = description.reads.count(dim);
    let (mut points, constant) = (CollocationPoints::new(dim, width), vec![0.0; width]);
    x.chunks_exact(dim).for_each(|x| points.push(stream.uniform(), x, &constant, 1.0));
    let problem = Assembler::new(&*evolution, &networks, &points);
    let theta = networks.initial_parameters(settings.seed);
    let mut state = OptimiserState::new(theta, Damping::new(FIRST_DAMPING));
    let start = Instant::now();
    settings.optimiser.step(&problem, &mut state, &mut GaussNewtonWorkspace::default());
    let step = start.elapsed();
    let start = Instant::now();
    let read = description.reads.read(target, &x, &mut Vec::new());
    let density = read.ok().map(|_| start.elapsed());
    let (n_params, largest) = (problem.n_params(), LARGEST * n);
    let n_residuals = [problem.n_residuals(), problem.n_residuals() * LARGEST];
    let of = |n_residuals: usize| direction(&settings.optimiser.method, n_residuals, n_params);
    Ok(Plan {
        dim,
        unknowns: description.unknowns.iter().map(|unknown| unknown.name.to_string()).collect(),
        n_scalars: description.n_scalars,
        n_params,
        points: [n, largest],
        n_residuals,
        directions: n_residuals.map(|n| of(n).0),
        bytes: n_residuals.map(|n| of(n).1),
        sampler: sampler(description, settings),
        step,
        density,
    })
}

/// The direction that would be used, and the bytes it needs for matrices.
fn direction(method: &Method, n_residuals: usize, n_params: usize) -> (&'static str, f64) {
    let (r, p) = (n_residuals as f64, n_params as f64);
    let n = r.min(p);
    match method {
        Method::Adam(_) => (method.name(), 0.0),
        Method::SelfScaledBroyden => (method.name(), 8.0 * p * p),
        Method::GaussNewton(method) => {
            let automatic = || Direction::automatic(n_residuals, n_params, method.memory, false);
            let direction = method.direction.unwrap_or_else(automatic);
            let bytes = match direction {
                Direction::ConjugateGradients => 0.0,
                _ => 8.0 * (r * p + 2.0 * n * n),
            };
            (direction.name(), bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::gauss;
    use crate::evolution::{AnnealedOde, Bridge, GeneralOde};
    use crate::sampling::fit;
    use crate::training::Control;

    #[test]
    fn the_plan_is_what_the_fit_does() {
        let evolutions: [&dyn ErasedEvolution; 3] = [&GeneralOde, &Bridge::default(), &AnnealedOde];
        for evolution in evolutions {
            let settings = FitSettings {
                steps: 1,
                points: 64,
                width: 4,
                depth: 1,
                time_steps: 4,
                ..FitSettings::default()
            };
            let plan = plan(&gauss(2), evolution, &settings).unwrap();
            let target = gauss(2);
            let fit = fit(&target, evolution, &settings, &mut |_| Control::Continue).unwrap();
            // One of the two directions of a Gaussian is left to learn: the plan does not know.
            let active = fit.factorisation.active();
            let (_, networks) = unknowns(evolution, TargetSummary::smooth(2), &settings);
            assert!(active == 1 && plan.n_params > fit.n_params());
            assert_eq!((plan.n_params, plan.points), (networks.n_params(), [64, 256]));
            assert_eq!(plan.directions[1], fit.history()[0].record.direction);
            assert!(plan.step > Duration::ZERO);
            assert!(plan.density.is_some());
            assert!(plan.bytes[0] < plan.bytes[1]);
        }
        let wrong = FitSettings { points: 3, ..FitSettings::default() };
        assert!(plan(&gauss(2), &GeneralOde, &wrong).is_err());
    }

    #[test]
    fn bytes_follow_the_direction() {
        let method = |name: &str| Method::named(name, Default::default()).unwrap();
        assert_eq!(direction(&method("auto"), 100, 300), ("kernel", 8.0 * (30_000.0 + 20_000.0)));
        assert_eq!(direction(&method("cg"), 100, 300), ("cg", 0.0));
        assert_eq!(direction(&method("broyden"), 100, 300), ("broyden", 720_000.0));
        assert_eq!(direction(&method("adam"), 100, 300), ("adam", 0.0));
    }
}
