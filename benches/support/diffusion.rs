//! The residual on which the engine is timed: a variance-preserving diffusion with one tanh
//! network, at a given size.

use pushforward::network::{Jets, Networks, Tanh, Unknown};
use pushforward::num::{Channels, Purpose, Scalar, Stream};
use pushforward::residual::{Point, System};
use pushforward::training::{Assembler, CollocationPoints};

/// R = ∂V/∂t + ½(d + x·∇V) + ½(ΔV + |∇V|²), the equation of a noised density with β = S = 1.
struct Diffusion {
    dim: usize,
}

impl System for Diffusion {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![Unknown::scalar_field("v", Channels::with_laplacian(self.dim))]
    }
    fn n_equations(&self) -> usize {
        1
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let v = jets.scalar_field(0);
        let mut sum = v.laplacian() + self.dim as f64;
        for (i, x) in point.x.iter().enumerate() {
            let slope = v.grad(i);
            sum = sum + slope.clone() * (slope + *x);
        }
        out[0] = v.dt() + sum * 0.5;
    }
}

/// The sizes that determine the cost.
#[derive(Clone, Copy)]
pub struct Size {
    pub dim: usize,
    pub width: usize,
    /// The number of hidden layers.
    pub layers: usize,
    pub points: usize,
}

impl Size {
    /// Useful flops of a gradient, 3·2·(d + 3)·N·width²·(layers − 1): one forward and two backward
    /// products between each two hidden layers, in d + 3 channels of jets.
    pub fn gradient_flops(self) -> f64 {
        let hidden = self.width * self.width * (self.layers - 1);
        6.0 * (self.dim + 3) as f64 * self.points as f64 * hidden as f64
    }

    /// Useful flops of a Gauss-Newton step with J squared over its shorter side n: those of the
    /// gradient, n²·max(N, P), and n³/3.
    pub fn step_flops(self, n_params: usize) -> f64 {
        let (short, long) = (self.points.min(n_params) as f64, self.points.max(n_params) as f64);
        self.gradient_flops() + short * short * long + short * short * short / 3.0
    }
}

/// The parts of a problem; its points are normal in space and uniform in time.
pub struct Problem {
    system: Diffusion,
    networks: Networks,
    points: CollocationPoints,
    pub theta: Vec<f64>,
}

impl Problem {
    pub fn new(size: Size) -> Problem {
        let Size { dim, width, layers, points: n } = size;
        let system = Diffusion { dim };
        let networks = Networks::new(System::unknowns(&system), 0, dim, &vec![width; layers], &Tanh);
        let theta = networks.initial_parameters(0);
        let mut stream = Stream::new(0, Purpose::Audit, 0);
        let mut points = CollocationPoints::new(dim, 0);
        for _ in 0..n {
            let x: Vec<f64> = (0..dim).map(|_| stream.normal()).collect();
            points.push(stream.uniform(), &x, &[], 1.0);
        }
        Problem { system, networks, points, theta }
    }

    pub fn assembler(&self) -> Assembler<'_> {
        Assembler::new(&self.system, &self.networks, &self.points)
    }
}
