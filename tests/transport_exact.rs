//! Transport where it must be exact: the closed Gaussian flow, and two routes to the same weight.

use pushforward::autodiff::Var;
use pushforward::density::{Gaussian, Target};
use pushforward::evolution::{AnnealedOde, Evolution, GaussianCase, GeneralOde, Path, log_prior};
use pushforward::nalgebra::{DMatrix, DVector};
use pushforward::network::{Jets, Networks, Tanh, Unknown, naive_jets};
use pushforward::num::{Purpose, Stream};
use pushforward::residual::{ErasedSystem, Point};
use pushforward::transport::{Tolerance, VelocityField, integrate, move_ensemble};

/// `general-ode` with the closed-form velocity in place of the networks'.
struct Closed {
    case: GaussianCase,
    learned: GeneralOde,
}

impl ErasedSystem for Closed {
    fn unknowns(&self) -> Vec<Unknown> {
        self.learned.unknowns()
    }
    fn n_scalars(&self) -> usize {
        1
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals_real(&self, point: Point<'_>, jets: &Jets<'_, f64>, out: &mut [f64]) {
        self.learned.residuals_real(point, jets, out);
    }
    fn residuals_on_tape<'t>(&self, point: Point<'_>, jets: &Jets<'_, Var<'t>>, out: &mut [Var<'t>]) {
        self.learned.residuals_on_tape(point, jets, out);
    }
}

impl Evolution for Closed {
    fn path(&self) -> Path {
        Path::default()
    }
    fn name(&self) -> &'static str {
        "closed"
    }
    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }
    fn velocity_unknowns(&self) -> Vec<usize> {
        self.learned.velocity_unknowns()
    }
    fn velocity(&self, point: Point<'_>, _: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let numbers = self.case.general_ode(point.time, point.x);
        let d = velocity.len();
        velocity.copy_from_slice(&numbers[numbers.len() - 1 - d..numbers.len() - 1]);
        numbers[numbers.len() - 1]
    }
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        self.learned.learned_log_z(networks, theta)
    }
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        self.learned.guess_log_z(networks, theta, log_z);
    }
}

fn networks(evolution: &dyn Evolution, dim: usize) -> (Networks, Vec<f64>) {
    let networks = Networks::new(evolution.unknowns(), evolution.n_scalars(), dim, &[6; 2], &Tanh);
    let theta = networks.initial_parameters(3);
    (networks, theta)
}

#[test]
fn the_closed_flow_gives_every_draw_the_weight_z() {
    let case = GaussianCase::asymmetric(3);
    let evolution = Closed { case: case.clone(), learned: GeneralOde::new(3) };
    let (networks, theta) = networks(&evolution, 3);
    let field = VelocityField { evolution: &evolution, networks: &networks, theta: &theta };
    let worst = |tolerance: f64| {
        let tolerance = Tolerance { absolute: tolerance, relative: tolerance };
        let moved = move_ensemble(field, 100, 5, Purpose::Audit, tolerance).unwrap();
        let rows = moved.x.chunks_exact(3).zip(&moved.log_q);
        rows.map(|(x, log_q)| (case.data(x)[0] - log_q - case.log_z()).abs()).fold(0.0, f64::max)
    };
    // Errors of positions count with the score, up to 30 here, and add up over some tens of steps.
    assert!(worst(1e-6) < 1e-3 && worst(1e-10) < 1e-7, "{:e} {:e}", worst(1e-6), worst(1e-10));
    assert!(worst(1e-2) > 1e-7, "the check cannot fail");
}

#[test]
fn weights_from_densities_and_from_residuals_agree() {
    // log ρ(x₁) − log q(x₁) = log Z of the ansatz + ∫R dt along the path, whatever the networks are.
    let dim = 2;
    let covariance = DMatrix::from_row_slice(2, 2, &[0.8, 0.3, 0.3, 0.5]);
    let target = Gaussian::new(DVector::from_vec(vec![0.4, -0.7]), &covariance).unwrap().with_log_z(0.9);
    for evolution in [&GeneralOde::new(dim) as &dyn Evolution, &AnnealedOde::new(dim)] {
        let (networks, mut theta) = networks(evolution, dim);
        evolution.guess_log_z(&networks, &mut theta, 0.35);
        let scalars = &theta[networks.scalars()];
        let mut stream = Stream::new(8, Purpose::Audit, 0);
        for _ in 0..10 {
            let start = [stream.normal(), stream.normal()];
            let mut y = vec![start[0], start[1], 0.0, 0.0];
            let tolerance = Tolerance { absolute: 1e-11, relative: 1e-11 };
            let along = |t: f64, y: &[f64], dy: &mut [f64]| {
                let (mut value, mut score) = ([0.0], [0.0; 2]);
                target.values_and_scores(&y[..2], &mut value, &mut score);
                let point = Point { time: t, x: &y[..2], data: &[value[0], score[0], score[1]] };
                let numbers = naive_jets(&networks, &theta, t, &y[..2]);
                let read = evolution.velocity_unknowns()[0];
                let first: usize = networks.unknowns()[..read].iter().map(Unknown::count).sum();
                let count = networks.unknowns()[read].count();
                let velocity_jets =
                    Jets::new(&networks.unknowns()[read..=read], &numbers[first..first + count], scalars);
                let (velocity, rest) = dy.split_at_mut(2);
                rest[0] = evolution.velocity(point, &velocity_jets, velocity);
                let all = Jets::new(networks.unknowns(), &numbers, scalars);
                evolution.residuals_real(point, &all, &mut rest[1..]);
            };
            integrate(&mut y, tolerance, along, |_, _| ()).unwrap();
            let mut value = [0.0];
            target.values(&y[..2], &mut value);
            let by_density = value[0] - (log_prior(&start) - y[2]);
            let by_residual = evolution.learned_log_z(&networks, &theta) + y[3];
            assert!(
                (by_density - by_residual).abs() < 1e-8,
                "{}: {by_density} {by_residual}",
                evolution.name()
            );
        }
    }
}
