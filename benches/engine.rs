//! Gradient and Jacobian of the residual of a variance-preserving diffusion, against the machine's own limit.
//!
//! The same residual, sizes and flop count as the JAX and PyTorch yardsticks use: useful flops of a gradient are
//! 3·2·(d + 3)·N·width²·(layers − 1).

#[path = "support/flops.rs"]
mod flops;
#[path = "support/timing.rs"]
mod timing;

use flops::row;
use pushforward::fitting::{Assembler, Points};
use pushforward::network::{Form, Inputs, Jets, Networks, Tanh, Unknown};
use pushforward::num::{Channels, Mat, Purpose, Scalar, Stream, gram};
use pushforward::optim::{Direction, DirectionMemory, LeastSquares, Linearisation, Linearised};
use pushforward::residual::{Point, System};
use timing::median_seconds;

/// R = ∂V/∂t + ½(d + x·∇V) + ½(ΔV + |∇V|²): the equation of a noised density, β = S = 1.
struct Diffusion {
    dim: usize,
}

impl System for Diffusion {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![Unknown {
            name: "v",
            outputs: 1,
            inputs: Inputs::TimeSpace,
            channels: Channels::with_laplacian(self.dim),
            form: Form::Full,
        }]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let mut sum = jets.laplacian(0, 0) + self.dim as f64;
        for (i, x) in point.x.iter().enumerate() {
            let slope = jets.dx(0, 0, i);
            sum = sum + slope.clone() * (slope + *x);
        }
        out[0] = jets.dt(0, 0) + sum * 0.5;
    }
}

fn main() {
    // `cargo test` runs bench targets too, with this flag: nothing to test here.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let peak = peak();
    let sizes =
        [(2, 64, 4, 2048), (10, 64, 4, 2048), (50, 64, 4, 1024), (2, 32, 3, 2048), (10, 128, 4, 4096)];
    for (dim, width, layers, n) in sizes {
        let system = Diffusion { dim };
        let networks = Networks::new(System::unknowns(&system), 0, dim, &vec![width; layers], &Tanh);
        let theta = networks.initial_parameters(0);
        let mut stream = Stream::new(0, Purpose::Audit, 0);
        let mut points = Points::new(dim, 0);
        for _ in 0..n {
            let x: Vec<f64> = (0..dim).map(|_| stream.normal()).collect();
            points.push(stream.uniform(), &x, &[], 1.0);
        }
        let problem = Assembler::new(&system, &networks, &points);
        let hidden = (width * width * (layers - 1)) as f64;
        let useful = 2.0 * (dim + 3) as f64 * n as f64 * hidden;
        let label = |what: &str| format!("{what} (d {dim}, width {width}, layers {layers}, points {n})");
        let seconds = median_seconds(7, || drop(problem.residuals(&theta)));
        row(&label("residuals"), seconds, useful);
        let seconds = median_seconds(7, || drop(problem.loss_and_gradient(&theta)));
        row(&label("gradient"), seconds, 3.0 * useful);
        println!("{:<58} {:>9.2} of dgemm", "", 3.0 * useful / seconds / peak);
        if n * networks.n_params() > 60_000_000 {
            continue;
        }
        let mut lin = Linearisation::default();
        let seconds = median_seconds(5, || problem.linearise_into(&theta, &mut lin));
        row(&label("J"), seconds, 3.0 * useful);
        let mut memory = DirectionMemory::default();
        let squared = (n * n * networks.n_params() + n * n * n / 3) as f64;
        let seconds = median_seconds(3, || {
            problem.linearise_into(&theta, &mut lin);
            drop(Linearised::new(&lin, Direction::Kernel, &mut memory).solve(1e-2, &[]));
        });
        row(&label("kernel step"), seconds, 3.0 * useful + squared);
    }
}

/// Flops per second of our own symmetric product, counted as a full one is by dgemm.
fn peak() -> f64 {
    let n = 1536;
    let mut stream = Stream::new(0, Purpose::Audit, 1);
    let a = Mat::from_fn(n, n, |_, _| stream.normal());
    let mut out = Mat::zeros(n, n);
    let seconds = median_seconds(7, || gram(a.as_ref(), out.as_mut()));
    let tiles = n.div_ceil(192) as f64;
    let flops = 2.0 * (n as f64).powi(3) * (tiles + 1.0) / (2.0 * tiles);
    row("dgemm peak (tiles of a symmetric product, 1536)", seconds, flops);
    flops / seconds
}
