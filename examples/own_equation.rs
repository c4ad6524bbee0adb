//! An equation of one's own: the Poisson problem −Δu = 2π² sin πx₁ sin πx₂ on the unit square, u =
//! 0 on its boundary.
//!
//! The solution is u = sin πx₁ sin πx₂. A network with one hidden layer of 64 units is fitted by
//! Gauss-Newton to the residuals inside and on the boundary; no derivative is written by hand.

use pushforward::network::{Inputs, Jets, Networks, Tanh, Unknown, naive_jets};
use pushforward::num::{Channels, Purpose, Scalar, Stream};
use pushforward::optim::{Damping, GaussNewton, GaussNewtonState, GaussNewtonWorkspace};
use pushforward::residual::{Point, System};
use pushforward::training::{Assembler, CollocationPoints};
use std::f64::consts::PI;

/// a·(−Δu) + b·u − f = 0, with the data [a, b, f] of each point: (1, 0) inside, (0, 1) on the
/// boundary.
struct Poisson;

const STEPS: usize = 600;

impl System for Poisson {
    fn unknowns(&self) -> Vec<Unknown> {
        let channels = Channels { space: 2, time: false, laplacian: true };
        vec![Unknown { inputs: Inputs::Space, ..Unknown::scalar_field("u", channels) }]
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let [a, b, f] = point.data else { panic!("a point has the data [a, b, f]") };
        let u = jets.scalar_field(0);
        out[0] = u.laplacian() * -a + u.value() * *b - *f;
    }
}

fn solution(x: &[f64]) -> f64 {
    (PI * x[0]).sin() * (PI * x[1]).sin()
}

/// Uniform points: 900 inside and 30 on each side, both with the same weight in the loss.
fn points() -> CollocationPoints {
    let (inside, per_side) = (900, 30);
    let mut stream = Stream::new(0, Purpose::Points, 0);
    let mut points = CollocationPoints::new(2, 3);
    let n = (inside + 4 * per_side) as f64;
    for _ in 0..inside {
        let x = [stream.uniform(), stream.uniform()];
        points.push(0.0, &x, &[1.0, 0.0, 2.0 * PI * PI * solution(&x)], n / inside as f64);
    }
    for _ in 0..per_side {
        let s = stream.uniform();
        for x in [[s, 0.0], [s, 1.0], [0.0, s], [1.0, s]] {
            points.push(0.0, &x, &[0.0, 1.0, 0.0], n / (4 * per_side) as f64);
        }
    }
    points
}

fn main() {
    let (system, points) = (Poisson, points());
    let mut networks = Networks::new(system.unknowns(), system.n_scalars(), 2, &[64], &Tanh);
    // The unit square becomes [−1, 1]²; the first entry is for t, which u does not read.
    networks.scale_inputs(&[0.0, 0.5, 0.5], &[1.0, 2.0, 2.0]);
    let problem = Assembler::new(&system, &networks, &points);

    let method = GaussNewton::default();
    let mut memory = GaussNewtonWorkspace::default();
    let mut state = GaussNewtonState::new(networks.initial_parameters(0), Damping::new(1.0));
    for _ in 0..STEPS {
        let (next, record) = method.step(&problem, &state, &mut memory);
        state = next;
        if record.outcome.is_some() {
            break;
        }
    }

    println!("parameters             {}", networks.n_params());
    println!("points                 {}", points.len());
    let error = rms_error(&networks, &state.theta);
    println!("rms error below 1e-5   {}", error < 1e-5);
}

/// The root mean square error over a grid of 50² points on which the network was not fitted.
fn rms_error(networks: &Networks, theta: &[f64]) -> f64 {
    let ticks: Vec<f64> = (0..50).map(|k| (f64::from(k) + 0.5) / 50.0).collect();
    let square = |x: [f64; 2]| (naive_jets(networks, theta, 0.0, &x)[0] - solution(&x)).powi(2);
    let sum: f64 = ticks.iter().flat_map(|&a| ticks.iter().map(move |&b| [a, b])).map(square).sum();
    (sum / (ticks.len() * ticks.len()) as f64).sqrt()
}
