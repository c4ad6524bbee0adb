//! Published benchmarks of PDE solvers with networks, as a user of the library writes them.
//!
//! Equations, points and networks follow the comparisons of energy natural gradients, Kronecker
//! factors and SPRING on physics-informed networks (arXiv 2405.15603, 2505.12149). Errors are root
//! mean squares over 4000 points that no fit sees. Only public traits of the library are used.

use pushforward::network::{Inputs, Jets, Networks, Tanh, Unknown};
use pushforward::num::{Channels, Purpose, Scalar, Stream};
use pushforward::optim::{Damping, GaussNewton, GaussNewtonState, GaussNewtonWorkspace, LeastSquares};
use pushforward::residual::{ErasedSystem, Point, System};
use pushforward::training::{Assembler, CollocationPoints};
use std::f64::consts::PI;
use std::time::Instant;

/// −Δu = f inside and u = g on the faces of the unit cube: data [1, f] inside, [0, g] on the faces.
pub struct Poisson {
    pub dim: usize,
}

impl Poisson {
    /// The exact (u, −Δu): Π sin πx_i in the plane, Σ cos πx_i elsewhere.
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
        vec![Unknown { inputs: Inputs::Space, ..Unknown::scalar_field("u", channels) }]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let [inside, right] = point.data else { panic!("a point has the data [inside, right]") };
        let u = jets.scalar_field(0);
        out[0] = if *inside == 1.0 { -u.laplacian() } else { u.value() } - *right;
    }
}

/// ∂q/∂t − d/2 − ½∇q·x − |∇q|² − Δq = 0 on [0, 1]×[−5, 5]^d with q = log N(0, I) + tφ, which
/// satisfies the condition at t = 0 by construction.
pub struct FokkerPlanck {
    pub dim: usize,
}

impl FokkerPlanck {
    /// The exact q = log N(0, (2 − e^−t) I).
    fn solution(&self, t: f64, x: &[f64]) -> f64 {
        let variance = 2.0 - (-t).exp();
        let square: f64 = x.iter().map(|v| v * v).sum();
        -0.5 * square / variance - 0.5 * self.dim as f64 * (2.0 * PI * variance).ln()
    }
}

impl System for FokkerPlanck {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![Unknown::scalar_field("phi", Channels::with_laplacian(self.dim))]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (t, d, phi) = (point.time, self.dim as f64, jets.scalar_field(0));
        let mut right = phi.laplacian() * t - d + 0.5 * d;
        for (i, x) in point.x.iter().enumerate() {
            let slope = phi.grad(i) * t - *x;
            right = right + slope.clone() * (slope + 0.5 * x);
        }
        out[0] = phi.value() + phi.dt() * t - right;
    }
}

/// The error against the exact solution, written as a system: a·u − b with data [a, b].
struct Error {
    unknowns: Vec<Unknown>,
}

impl System for Error {
    fn unknowns(&self) -> Vec<Unknown> {
        self.unknowns.clone()
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let [a, b] = point.data else { panic!("a point has the data [a, b]") };
        out[0] = jets.scalar_field(0).value() * *a - *b;
    }
}

/// A published problem and its settings here.
pub struct Problem {
    /// The name of the problem.
    pub name: &'static str,
    /// The points of a step, in words.
    pub points_as_text: &'static str,
    /// The default limit of a solve, in seconds.
    pub seconds: f64,
    networks: Networks,
    system: Box<dyn ErasedSystem>,
    points: Box<dyn Fn(u64) -> CollocationPoints>,
    /// The number of steps on a batch of points before the next batch is made.
    steps_per_batch: usize,
    first_damping: f64,
    /// The momentum of the steps; 0 if the points are kept, because the next step then sees all
    /// that momentum remembers.
    momentum: f64,
    /// Test points with data [a, b]; the exact solution has a·u = b.
    tests: CollocationPoints,
}

/// The state of a solve.
#[derive(Clone, Copy, Debug)]
pub struct Reached {
    /// The number of steps made.
    pub steps: usize,
    /// Seconds spent on steps and points, without those for measuring errors.
    pub seconds: f64,
    /// The root mean square error over the test points.
    pub error: f64,
    /// The loss of the last step, ½ mean square of the residual.
    pub loss: f64,
    /// The direction of the last step.
    pub direction: &'static str,
}

impl Problem {
    /// All problems, from easy to hard.
    pub fn all() -> Vec<Problem> {
        vec![poisson_2(), poisson_5(), poisson_5_deep(), fokker_planck()]
    }

    /// The number of parameters, the length of θ.
    pub fn n_params(&self) -> usize {
        self.networks.n_params()
    }

    /// Makes steps until `watch` returns false or no step helps; returns the last state. `watch` is
    /// called at every tenth step.
    pub fn solve(&self, mut watch: impl FnMut(&Reached) -> bool) -> Reached {
        let judge = Error { unknowns: self.system.unknowns() };
        let judge = Assembler::new(&judge, &self.networks, &self.tests);
        let method = GaussNewton { momentum: self.momentum, ..GaussNewton::default() };
        let mut memory = GaussNewtonWorkspace::default();
        let mut state =
            GaussNewtonState::new(self.networks.initial_parameters(0), Damping::new(self.first_damping));
        let mut reached =
            Reached { steps: 0, seconds: 0.0, error: f64::INFINITY, loss: f64::INFINITY, direction: "" };
        let mut batch = (self.points)(0);
        loop {
            let start = Instant::now();
            if reached.steps > 0 && reached.steps.is_multiple_of(self.steps_per_batch) {
                batch = (self.points)((reached.steps / self.steps_per_batch) as u64);
            }
            let problem = Assembler::new(&*self.system, &self.networks, &batch);
            let (next, record) = method.step(&problem, &state, &mut memory);
            state = next;
            reached.steps += 1;
            reached.seconds += start.elapsed().as_secs_f64();
            (reached.loss, reached.direction) = (record.loss, record.direction);
            let ends = record.outcome.is_some();
            if ends || reached.steps.is_multiple_of(10) {
                // The loss is ½ mean (a·u − b)², as everywhere.
                let errors = judge.residuals(&state.theta);
                reached.error = errors.iter().map(|e| e * e).sum::<f64>().sqrt();
                if ends || !watch(&reached) {
                    return reached;
                }
            }
        }
    }
}

/// A 2-64-1 network with 900 points inside and 120 on the sides, kept for the whole solve.
fn poisson_2() -> Problem {
    let how = PoissonRun { dim: 2, widths: &[64], inside: 900, on_faces: 120, face_weight: 1.0 };
    let text = "900+120, kept";
    Problem {
        steps_per_batch: usize::MAX,
        momentum: 0.0,
        seconds: 30.0,
        ..poisson("2-d Poisson", text, &how)
    }
}

/// A 5-64-1 network with 3000 points inside and 500 on the faces, kept for the whole solve.
fn poisson_5() -> Problem {
    let how = PoissonRun { dim: 5, widths: &[64], inside: 3000, on_faces: 500, face_weight: 1.0 };
    let text = "3000+500, kept";
    Problem {
        steps_per_batch: usize::MAX,
        momentum: 0.0,
        seconds: 30.0,
        ..poisson("5-d Poisson, one layer", text, &how)
    }
}

/// A 5-64-64-48-48-1 network. It has more parameters than points, so that every step gets a fresh,
/// small batch.
///
/// The faces determine the error: an error on them spreads inside, while the inverse Laplacian
/// damps a residual inside, by 1/(5π²) for the slowest mode.
fn poisson_5_deep() -> Problem {
    let how =
        PoissonRun { dim: 5, widths: &[64, 64, 48, 48], inside: 600, on_faces: 400, face_weight: 100.0 };
    Problem {
        steps_per_batch: 1,
        seconds: 200.0,
        ..poisson("5-d Poisson, four layers", "600+400, fresh", &how)
    }
}

struct PoissonRun {
    dim: usize,
    widths: &'static [usize],
    inside: usize,
    on_faces: usize,
    /// The weight of the mean square on the faces, relative to that inside.
    face_weight: f64,
}

fn poisson(name: &'static str, points_as_text: &'static str, how: &PoissonRun) -> Problem {
    let &PoissonRun { dim, widths, inside, on_faces, face_weight } = how;
    let system = Poisson { dim };
    let mut networks = Networks::new(System::unknowns(&system), 0, dim, widths, &Tanh);
    // The unit cube becomes [−1, 1]^d; the first entry is for t, which u does not read.
    networks.scale_inputs(&vec![0.5; dim + 1], &vec![2.0; dim + 1]);
    let points = move |round: u64| {
        let mut stream = Stream::new(0, Purpose::Points, round);
        let mut points = CollocationPoints::new(dim, 2);
        let n = (inside + on_faces) as f64;
        for k in 0..inside + on_faces {
            let mut x: Vec<f64> = (0..dim).map(|_| stream.uniform()).collect();
            if k < inside {
                points.push(0.0, &x, &[1.0, Poisson { dim }.solution(&x).1], n / inside as f64);
            } else {
                x[k / 2 % dim] = (k % 2) as f64;
                let weight = face_weight * n / on_faces as f64;
                points.push(0.0, &x, &[0.0, Poisson { dim }.solution(&x).0], weight);
            }
        }
        points
    };
    let mut stream = Stream::new(1, Purpose::Audit, 0);
    let mut tests = CollocationPoints::new(dim, 2);
    for _ in 0..4000 {
        let x: Vec<f64> = (0..dim).map(|_| stream.uniform()).collect();
        tests.push(0.0, &x, &[1.0, system.solution(&x).0], 1.0);
    }
    Problem {
        name,
        points_as_text,
        seconds: 0.0,
        networks,
        system: Box::new(system),
        points: Box::new(points),
        steps_per_batch: 1,
        first_damping: 1.0,
        momentum: 0.9,
        tests,
    }
}

/// A 10-128-1 network for φ in 9 space dimensions with 1537 parameters; every step gets 4000 fresh
/// points.
fn fokker_planck() -> Problem {
    let dim = 9;
    let system = FokkerPlanck { dim };
    let mut networks = Networks::new(System::unknowns(&system), 0, dim, &[128], &Tanh);
    let (mut centre, mut slope) = (vec![0.0; dim + 1], vec![0.2; dim + 1]);
    (centre[0], slope[0]) = (0.5, 2.0);
    networks.scale_inputs(&centre, &slope);
    let random = move |stream: &mut Stream| -> (f64, Vec<f64>) {
        let x = (0..dim).map(|_| 10.0 * stream.uniform() - 5.0).collect();
        (stream.uniform(), x)
    };
    let points = move |round: u64| {
        let mut stream = Stream::new(0, Purpose::Points, round);
        let mut points = CollocationPoints::new(dim, 0);
        for _ in 0..4000 {
            let (t, x) = random(&mut stream);
            points.push(t, &x, &[], 1.0);
        }
        points
    };
    let mut stream = Stream::new(1, Purpose::Audit, 0);
    let mut tests = CollocationPoints::new(dim, 2);
    for _ in 0..4000 {
        let (t, x) = random(&mut stream);
        // The exact solution is q = q₀ + tφ.
        tests.push(t, &x, &[t, system.solution(t, &x) - system.solution(0.0, &x)], 1.0);
    }
    Problem {
        name: "9+1-d log-Fokker-Planck",
        points_as_text: "4000, fresh",
        seconds: 60.0,
        networks,
        system: Box::new(system),
        points: Box::new(points),
        steps_per_batch: 1,
        first_damping: 100.0,
        momentum: 0.9,
        tests,
    }
}
