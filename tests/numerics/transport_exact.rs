//! Transport where it must be exact: the closed Gaussian flow, and two routes to the same weight.

use pushforward::autodiff::Var;
use pushforward::density::{Gaussian, Refusal, Target, named_target};
use pushforward::evolution::{
    AnnealedSde, Bridge, ClosedForm, Description, Diffusion, ErasedEvolution, GaussianCase, GaussianSolution,
    GeneralSde, LogZ, PreparedEvolution, TargetData, TargetSummary, built_in_evolutions, log_prior,
};
use pushforward::nalgebra::{DMatrix, DVector};
use pushforward::network::{Jets, Networks, Tanh, Unknown, naive_jets};
use pushforward::num::{BLOCK, Purpose, Stream};
use pushforward::residual::{ErasedSystem, Point};
use pushforward::transport::{Scheme, TimeGrid, Tolerance, VelocityField, integrate, integrate_ensemble};

/// An evolution with its closed form between Gaussians in place of what the networks say.
struct Closed {
    case: GaussianCase,
    form: Box<dyn ClosedForm>,
    learned: Box<dyn PreparedEvolution>,
}

impl Closed {
    fn with<T>(&self, point: Point<'_>, run: impl FnOnce(&Jets<'_, f64>) -> T) -> T {
        // The ends, where the closed form of φ is 0/0, are as good as reached.
        let t = point.time.clamp(1e-9, 1.0 - 1e-9);
        let GaussianSolution { numbers, scalars } = self.form.gaussian_solution(&self.case, t, point.x);
        run(&Jets::new(&self.learned.unknowns(), &numbers, &scalars))
    }
}

impl ErasedSystem for Closed {
    fn unknowns(&self) -> Vec<Unknown> {
        self.learned.unknowns()
    }
    fn n_scalars(&self) -> usize {
        self.learned.n_scalars()
    }
    fn n_equations(&self) -> usize {
        self.learned.n_equations()
    }
    fn residuals_real(&self, point: Point<'_>, jets: &Jets<'_, f64>, out: &mut [f64]) {
        self.learned.residuals_real(point, jets, out);
    }
    fn residuals_on_tape<'t>(&self, point: Point<'_>, jets: &Jets<'_, Var<'t>>, out: &mut [Var<'t>]) {
        self.learned.residuals_on_tape(point, jets, out);
    }
}

impl PreparedEvolution for Closed {
    fn description(&self) -> &Description {
        self.learned.description()
    }
    fn target(&self) -> TargetSummary {
        self.learned.target()
    }
    fn flow(&self, point: Point<'_>, _: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        self.with(point, |jets| self.learned.flow(point, jets, velocity))
    }
    fn log_density(&self, point: Point<'_>, _: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        self.with(point, |jets| self.learned.log_density(point, jets, gradient))
    }
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        self.learned.learned_log_z(networks, theta)
    }
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        self.learned.guess_log_z(networks, theta, log_z);
    }
}

/// The target of the closed forms.
struct Asymmetric(GaussianCase);

impl Target for Asymmetric {
    fn dim(&self) -> usize {
        self.0.dim()
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        points.chunks_exact(self.dim()).zip(values).for_each(|(x, value)| *value = self.0.data(x)[0]);
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        let d = self.dim();
        for ((x, value), score) in points.chunks_exact(d).zip(values).zip(scores.chunks_exact_mut(d)) {
            let data = self.0.data(x);
            *value = data[0];
            score.copy_from_slice(&data[1..=d]);
        }
        Ok(())
    }
    fn has_laplacian(&self) -> bool {
        true
    }
    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        assert_eq!(*root, DMatrix::identity(self.dim(), self.dim()));
        points
            .chunks_exact(self.dim())
            .zip(laplacians)
            .for_each(|(x, l)| *l = self.0.data(x)[1 + self.dim()]);
        Ok(())
    }
}

fn networks(evolution: &dyn PreparedEvolution) -> (Networks, Vec<f64>) {
    let networks = evolution.networks(&[6; 2], &Tanh);
    let theta = networks.initial_parameters(3);
    (networks, theta)
}

fn closed(form: Box<dyn ClosedForm>) -> Closed {
    let learned = form.prepare(summary(3, 0.3));
    Closed { case: GaussianCase::asymmetric(3), form, learned }
}

fn summary(dim: usize, feature_variance: f64) -> TargetSummary {
    TargetSummary { dim, feature_variance }
}

/// log weight − log Z of 100 draws.
fn errors(evolution: &Closed, scheme: &Scheme) -> Vec<f64> {
    let case = &evolution.case;
    let target = Asymmetric(case.clone());
    let (networks, theta) = networks(evolution);
    let field = VelocityField { evolution, networks: &networks, theta: &theta, target: &target };
    let moved = integrate_ensemble(field, 100, 5, Purpose::Audit, scheme).unwrap();
    let rows = moved.x.chunks_exact(3).zip(&moved.log_q);
    rows.map(|(x, log_q)| case.data(x)[0] - log_q - case.log_z()).collect()
}

#[test]
fn the_closed_flow_gives_every_draw_the_weight_z() {
    let all = built_in_evolutions(summary(3, 0.3)).into_iter();
    for form in all.filter(|form| form.name() != "diffusion") {
        let name = form.name();
        let evolution = closed(form);
        let worst = |tolerance: f64| {
            let scheme = Scheme::Flow(Tolerance { absolute: tolerance, relative: tolerance });
            errors(&evolution, &scheme).into_iter().fold(0.0, |m: f64, e| m.max(e.abs()))
        };
        // Errors of positions count with the score, up to 30 here, and add up over some tens of steps.
        let (coarse, fine) = (worst(1e-6), worst(1e-10));
        assert!(coarse < 1e-3 && fine < 1e-6, "{name}: {coarse:e} {fine:e}");
        assert!(worst(1e-2) > 1e-7, "the check cannot fail");
    }
}

/// The chain's weights are those of the continuous process up to its step: their spread falls like √h, from the
/// anisotropic part of the trace that a step takes with its noise.
#[test]
fn the_closed_noisy_chain_gives_nearly_every_draw_the_weight_z() {
    let forms: [Box<dyn ClosedForm>; 3] =
        [Box::new(GeneralSde::default()), Box::new(AnnealedSde::default()), Box::new(Bridge::default())];
    for form in forms {
        let name = form.name();
        let evolution = closed(form);
        let spread = |steps: usize| {
            let errors =
                errors(&evolution, &Scheme::Noise { grid: TimeGrid::uniform(steps), resample_below: 0.0 });
            (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt()
        };
        let (coarse, fine) = (spread(200), spread(1600));
        // On coarser grids terms of order h and above show, the more the smaller the noise. Eight times as many steps leave 1/√8; 100 draws know each spread to 7 %.
        assert!(fine < 0.05, "{name}: {coarse:e} {fine:e}");
        assert!((2.1..4.0).contains(&(coarse / fine)), "{name}: {coarse:e} {fine:e}");
    }
}

/// Networks that know nothing, four steps: the weights are wild, and their mean is Z; whether populations are resampled
/// on the way or not, and at every place of a population.
#[test]
fn a_noisy_chain_is_unbiased_whatever_the_networks_say() {
    let dim = 2;
    let covariance = DMatrix::from_row_slice(2, 2, &[0.8, 0.2, 0.2, 0.6]);
    let target = Gaussian::new(DVector::from_vec(vec![0.3, -0.2]), &covariance).unwrap().with_log_z(0.9);
    let mut noisy = 0;
    for evolution in built_in_evolutions(summary(dim, 0.5)) {
        let evolution = &*evolution.prepare(summary(dim, 0.5));
        let name = evolution.description().name;
        if !evolution.description().noise.is_some() {
            continue;
        }
        noisy += 1;
        let (networks, mut theta) = networks(evolution);
        evolution.guess_log_z(&networks, &mut theta, 0.2);
        let field = VelocityField { evolution, networks: &networks, theta: &theta, target: &target };
        let moved = [0.0, 0.97].map(|resample_below| {
            let scheme = Scheme::Noise { grid: TimeGrid::uniform(4), resample_below };
            integrate_ensemble(field, 40_000, 7, Purpose::Audit, &scheme).unwrap()
        });
        assert_ne!(moved[0].x, moved[1].x, "{name}: nothing was resampled");
        for moved in moved {
            let mut values = vec![0.0; moved.log_q.len()];
            target.values(&moved.x, &mut values).unwrap();
            // w/Z, whose mean is 1, and (x₀ − 0.3)w/Z, whose mean is 0.
            let weights: Vec<f64> =
                values.iter().zip(&moved.log_q).map(|(v, q)| (v - q - 0.9).exp()).collect();
            let firsts = weights.iter().zip(moved.x.chunks_exact(2)).map(|(w, x)| w * (x[0] - 0.3));
            let firsts: Vec<f64> = firsts.collect();
            let sd = has_mean(1.0, weights.chunks(BLOCK).map(mean), name);
            assert!(sd > 0.005, "{name}: the check cannot fail");
            has_mean(0.0, firsts.chunks(BLOCK).map(mean), name);
            has_mean(1.0, weights.iter().step_by(BLOCK).copied(), name);
            has_mean(0.0, firsts.iter().step_by(BLOCK).copied(), name);
        }
    }
    assert_eq!(noisy, 5);
}

/// Beyond the walls of a well the drift grows like x³: in steps of 1/16 it would carry a draw at x = 3 to −20, and the next
/// step to 10⁴.
#[test]
fn a_noisy_chain_comes_back_from_walls_steeper_than_its_steps() {
    let target = named_target("double-well", &Default::default()).unwrap();
    let evolution = &*Diffusion::default().prepare(summary(target.dim(), 0.1));
    let (networks, theta) = networks(evolution);
    let field = VelocityField { evolution, networks: &networks, theta: &theta, target: &*target };
    let scheme = Scheme::Noise { grid: TimeGrid::uniform(16), resample_below: 0.0 };
    let moved = integrate_ensemble(field, 20_000, 3, Purpose::Audit, &scheme).unwrap();
    let furthest = moved.x.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    assert!(furthest < 10.0, "{furthest}");
    let mut values = vec![0.0; moved.log_q.len()];
    target.values(&moved.x, &mut values).unwrap();
    let log_z = target.facts().log_z.unwrap();
    let weights = values.iter().zip(&moved.log_q).map(|(v, q)| (v - q - log_z).exp());
    has_mean(1.0, weights, "double-well");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Holds the mean of independent numbers against the exact one, and returns their standard deviation.
fn has_mean(exact: f64, values: impl Iterator<Item = f64>, name: &str) -> f64 {
    let values: Vec<f64> = values.collect();
    let (n, mean) = (values.len() as f64, mean(&values));
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let score = (mean - exact) / (sd / n.sqrt());
    assert!(score.abs() < 4.0, "{name}: mean {mean}, sd {sd}, score {score}");
    sd
}

#[test]
fn weights_from_densities_and_from_residuals_agree() {
    // log ρ(x₁) − log q(x₁) = z + ∫R dt along the path + V(x₀, 0) − log p_prior(x₀), whatever the networks are.
    let dim = 2;
    let covariance = DMatrix::from_row_slice(2, 2, &[0.8, 0.3, 0.3, 0.5]);
    let target = Gaussian::new(DVector::from_vec(vec![0.4, -0.7]), &covariance).unwrap().with_log_z(0.9);
    for evolution in built_in_evolutions(summary(dim, 0.3)) {
        let evolution = &*evolution.prepare(summary(dim, 0.3));
        let name = evolution.description().name;
        let (networks, mut theta) = networks(evolution);
        evolution.guess_log_z(&networks, &mut theta, 0.35);
        let scalars = &theta[networks.scalars()];
        let start_of_v = |x: &[f64]| {
            let mut data = Vec::new();
            TargetData::Score.read(&target, x, &mut data).unwrap();
            let point = Point { time: 0.0, x, data: &data };
            let numbers = naive_jets(&networks, &theta, 0.0, x);
            let jets = Jets::new(networks.unknowns(), &numbers, scalars);
            evolution.log_density(point, &jets, &mut [0.0; 2]) - log_prior(x)
        };
        // Only the end of a noising is free.
        let first = start_of_v(&[0.4, -1.1]);
        assert_eq!(first == 0.0, name != "diffusion", "{name}: {first:e}");
        let mut stream = Stream::new(8, Purpose::Audit, 0);
        for _ in 0..10 {
            let start = [stream.normal(), stream.normal()];
            let mut y = vec![start[0], start[1], 0.0, 0.0];
            let tolerance = Tolerance { absolute: 1e-11, relative: 1e-11 };
            let along = |t: f64, y: &[f64], dy: &mut [f64]| {
                let mut data = Vec::new();
                evolution.description().reads.read(&target, &y[..2], &mut data).unwrap();
                let point = Point { time: t, x: &y[..2], data: &data };
                let numbers = naive_jets(&networks, &theta, t, &y[..2]);
                let jets = Jets::new(networks.unknowns(), &numbers, scalars);
                let (velocity, rest) = dy.split_at_mut(2);
                rest[0] = evolution.flow(point, &jets, velocity);
                let mut residuals = vec![0.0; evolution.n_equations()];
                evolution.residuals_real(point, &jets, &mut residuals);
                rest[1] = residuals[0];
            };
            integrate(&mut y, tolerance, along, |_, _| ()).unwrap();
            let mut value = [0.0];
            target.values(&y[..2], &mut value).unwrap();
            let by_density = value[0] - (log_prior(&start) - y[2]);
            let by_residual = level(evolution, &networks, &theta) + y[3] + start_of_v(&start);
            assert!((by_density - by_residual).abs() < 1e-8, "{name}: {by_density} {by_residual}");
        }
    }
}

/// log Z as far as it is not in V(·, 0): the scalar z, or ∫c with it.
fn level(evolution: &dyn PreparedEvolution, networks: &Networks, theta: &[f64]) -> f64 {
    match evolution.description().ansatz.log_z {
        LogZ::Constant { scalar } => theta[networks.scalars()][scalar],
        LogZ::Rate { .. } => evolution.learned_log_z(networks, theta),
    }
}
