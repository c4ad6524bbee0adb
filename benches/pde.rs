//! The solver by itself: published PDE benchmarks as users' own equations, error against time.
//!
//! `cargo bench --bench pde -- poisson2 poisson5 poisson5-deep fokker-planck` runs the ones named, all without a
//! name. Errors are root mean square over 4000 points that no fit has seen.

use pushforward::fitting::{Assembler, Points};
use pushforward::network::{Form, Inputs, Jets, Networks, Tanh, Unknown, naive_jets};
use pushforward::num::{Channels, Purpose, Scalar, Stream};
use pushforward::optim::{Damping, Direction, GaussNewton, GaussNewtonMemory, GaussNewtonState};
use pushforward::residual::{Point, System};
use std::f64::consts::PI;
use std::time::Instant;

/// −Δu = f inside, u = g on the faces of the unit cube: data [1, f] inside, [0, g] on the faces.
struct Poisson {
    dim: usize,
}

impl Poisson {
    /// (u, −Δu): the product of sines in the plane, the sum of cosines elsewhere.
    fn solution(&self, x: &[f64]) -> (f64, f64) {
        let (u, factor) = match self.dim {
            2 => (x.iter().map(|v| (PI * v).sin()).product(), 2.0),
            _ => (x.iter().map(|v| (PI * v).cos()).sum(), 1.0),
        };
        (u, factor * PI * PI * u)
    }
}

impl System for Poisson {
    fn unknowns(&self) -> Vec<Unknown> {
        let channels = Channels { space: self.dim, time: false, laplacian: true };
        vec![Unknown { name: "u", outputs: 1, inputs: Inputs::Space, channels, form: Form::Full }]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let right = point.data[1];
        out[0] = if point.data[0] == 1.0 { -jets.laplacian(0, 0) } else { jets.value(0, 0) } - right;
    }
}

/// ∂q/∂t − d/2 − ½∇q·x − |∇q|² − Δq = 0 on [0, 1]×[−5, 5]^d with q = log N(0, I) + tφ, which has q(·, 0) built in.
struct FokkerPlanck {
    dim: usize,
}

impl FokkerPlanck {
    fn solution(&self, t: f64, x: &[f64]) -> f64 {
        let variance = 2.0 - (-t).exp();
        let square: f64 = x.iter().map(|v| v * v).sum();
        -0.5 * square / variance - 0.5 * self.dim as f64 * (2.0 * PI * variance).ln()
    }
}

impl System for FokkerPlanck {
    fn unknowns(&self) -> Vec<Unknown> {
        let channels = Channels::with_laplacian(self.dim);
        vec![Unknown { name: "phi", outputs: 1, inputs: Inputs::TimeSpace, channels, form: Form::Full }]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (t, d) = (point.time, self.dim as f64);
        let mut right = jets.laplacian(0, 0) * t - d + 0.5 * d;
        for (i, x) in point.x.iter().enumerate() {
            let slope = jets.dx(0, 0, i) * t - *x;
            right = right + slope.clone() * (slope + 0.5 * x);
        }
        out[0] = jets.value(0, 0) + jets.dt(0, 0) * t - right;
    }
}

/// How a problem is fitted, and what is reported.
struct Run<'a> {
    name: &'a str,
    networks: Networks,
    seconds: f64,
    first_damping: f64,
    /// Steps on one set of points; a fresh set after that.
    keep: usize,
}

const DIGITS: [f64; 7] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

impl Run<'_> {
    fn go<S: System>(
        &self,
        system: &S,
        points: impl Fn(u64) -> Points,
        predict: impl Fn(&[f64], f64, &[f64]) -> f64,
        exact: impl Fn(f64, &[f64]) -> f64,
        tests: &Points,
    ) {
        let error = |theta: &[f64]| {
            let square = |k: usize| {
                let at = tests.point(k);
                (predict(theta, at.time, at.x) - exact(at.time, at.x)).powi(2)
            };
            ((0..tests.len()).map(square).sum::<f64>() / tests.len() as f64).sqrt()
        };
        let mut memory = GaussNewtonMemory::default();
        let mut state =
            GaussNewtonState::new(self.networks.initial_parameters(0), Damping::new(self.first_damping));
        let mut method = GaussNewton::default();
        let mut spent = 0.0;
        let (mut step, mut best) = (0, f64::INFINITY);
        let mut reached: Vec<Option<f64>> = vec![None; DIGITS.len()];
        let mut set = points(0);
        while spent < self.seconds {
            let start = Instant::now();
            if step > 0 && step % self.keep == 0 {
                set = points(step as u64);
            }
            let problem = Assembler::new(system, &self.networks, &set);
            let (next, record) = method.step(&problem, &state, &mut memory);
            state = next;
            spent += start.elapsed().as_secs_f64();
            step += 1;
            // Squaring J has no digits left once λ is down to rounding: then QR.
            if record.scale == 0.0 && method.direction != Some(Direction::Qr) {
                method.direction = Some(Direction::Qr);
                state.damping.lambda *= 1e-3;
            } else if record.outcome.is_some() {
                break;
            }
            if step % 10 == 0 || record.loss < 1e-12 {
                best = error(&state.theta).min(best);
                for (slot, digits) in reached.iter_mut().zip(DIGITS) {
                    if best <= digits {
                        slot.get_or_insert(spent);
                    }
                }
            }
            if std::env::var("VERBOSE").is_ok() && step % 50 == 0 {
                println!(
                    "{step} {:.1}s loss {:.2e} lam {:.1e} scale {} best {best:.2e}",
                    spent, record.loss, record.damping, record.scale
                );
            }
        }
        let times: Vec<String> =
            reached.iter().map(|t| t.map_or("-".to_string(), |t| format!("{t:.1}"))).collect();
        println!(
            "{:<14} {:>6} parameters {step:>5} steps {spent:>6.1} s  rms {best:.1e}  seconds to 1e-2 … 1e-8: {}",
            self.name,
            self.networks.n_params(),
            times.join(" / ")
        );
    }
}

fn poisson(name: &str, dim: usize, widths: &[usize], inside: usize, faces: usize, seconds: f64) {
    let system = Poisson { dim };
    let mut networks = Networks::new(System::unknowns(&system), 0, dim, widths, &Tanh);
    networks.scale_inputs(&vec![0.5; dim + 1], &vec![2.0; dim + 1]);
    let points = |round: u64| {
        let mut stream = Stream::new(0, Purpose::Points, round);
        let mut points = Points::new(dim, 2);
        let n = (inside + faces) as f64;
        for k in 0..inside + faces {
            let mut x: Vec<f64> = (0..dim).map(|_| stream.uniform()).collect();
            if k < inside {
                points.push(0.0, &x, &[1.0, system.solution(&x).1], n / inside as f64);
            } else {
                x[k / 2 % dim] = (k % 2) as f64;
                points.push(0.0, &x, &[0.0, system.solution(&x).0], n / faces as f64);
            }
        }
        points
    };
    let tests = {
        let mut stream = Stream::new(1, Purpose::Audit, 0);
        let mut tests = Points::new(dim, 0);
        (0..4000).for_each(|_| {
            let x: Vec<f64> = (0..dim).map(|_| stream.uniform()).collect();
            tests.push(0.0, &x, &[], 1.0);
        });
        tests
    };
    let run = Run { name, networks: networks.clone(), seconds, first_damping: 1.0, keep: usize::MAX };
    let predict = |theta: &[f64], t: f64, x: &[f64]| naive_jets(&networks, theta, t, x)[0];
    run.go(&system, points, predict, |_, x| system.solution(x).0, &tests);
}

fn fokker_planck(seconds: f64) {
    let dim = 9;
    let system = FokkerPlanck { dim };
    let mut networks = Networks::new(System::unknowns(&system), 0, dim, &[48; 2], &Tanh);
    let (mut centre, mut slope) = (vec![0.0; dim + 1], vec![0.2; dim + 1]);
    (centre[0], slope[0]) = (0.5, 2.0);
    networks.scale_inputs(&centre, &slope);
    let uniform =
        |stream: &mut Stream| -> Vec<f64> { (0..dim).map(|_| 10.0 * stream.uniform() - 5.0).collect() };
    let set = |n: usize, purpose: Purpose, round: u64| {
        let mut stream = Stream::new(0, purpose, round);
        let mut points = Points::new(dim, 0);
        for _ in 0..n {
            let x = uniform(&mut stream);
            points.push(stream.uniform(), &x, &[], 1.0);
        }
        points
    };
    let tests = set(4000, Purpose::Audit, 0);
    let run =
        Run { name: "fokker-planck", networks: networks.clone(), seconds, first_damping: 100.0, keep: 2 };
    let start = |x: &[f64]| system.solution(0.0, x);
    let predict = |theta: &[f64], t: f64, x: &[f64]| start(x) + t * naive_jets(&networks, theta, t, x)[0];
    run.go(&system, |round| set(4000, Purpose::Points, round), predict, |t, x| system.solution(t, x), &tests);
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
    if wanted("poisson2") {
        poisson("poisson2", 2, &[64], 900, 120, 20.0);
    }
    if wanted("poisson5") {
        poisson("poisson5", 5, &[64], 3000, 500, 30.0);
    }
    if wanted("poisson5-deep") {
        poisson("poisson5-deep", 5, &[56; 4], 3000, 500, 120.0);
    }
    if wanted("fokker-planck") {
        fokker_planck(120.0);
    }
}
