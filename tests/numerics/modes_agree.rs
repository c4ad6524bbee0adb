//! The batched engine against the naive network over jets and tape: r, J, and the contractions of J.

use pushforward::network::{Activation, Elementwise, Form, Inputs, Jets, Networks, Tanh, Unknown};
use pushforward::num::{Channels, Elementary, Purpose, Scalar, Stream, times, transpose_times};
use pushforward::optim::{LeastSquares, Linearisation};
use pushforward::residual::{ErasedSystem, Point, System};
use pushforward::training::{Assembler, CollocationPoints};

const UNIFORM: [usize; 3] = [9; 3];
/// Wider and narrower than the layer before, none a multiple of the 8 numbers of a vector.
const UNEQUAL: [usize; 3] = [7, 12, 5];

/// Two asymmetric equations that read every channel of three networks and two scalars.
struct Everything {
    dim: usize,
}

impl System for Everything {
    fn unknowns(&self) -> Vec<Unknown> {
        let unknown =
            |name, outputs, inputs, channels, form| Unknown { name, outputs, inputs, channels, form };
        let d = self.dim;
        vec![
            unknown("v", 2, Inputs::TimeSpace, Channels::with_laplacian(d), Form::Full),
            unknown("mu", d, Inputs::TimeSpace, Channels::space_only(d), Form::Divergence),
            unknown("rate", 1, Inputs::Time, Channels { space: 0, time: true, laplacian: false }, Form::Full),
        ]
    }
    fn n_scalars(&self) -> usize {
        2
    }
    fn n_equations(&self) -> usize {
        2
    }
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (first, second) = (jets.component(0, 0), jets.component(0, 1));
        let (mu, rate) = (jets.vector_field(1), jets.scalar_field(2));
        let mut sum = mu.divergence() * jets.scalar(0) + rate.dt();
        for i in 0..self.dim {
            sum = sum + second.grad(i) * mu.value(i) * (1.0 + i as f64) + first.grad(i).square();
        }
        out[0] = sum + first.dt() * second.laplacian() * point.data[0];
        out[1] = first.laplacian() * 0.5 - rate.value().exp() + jets.scalar(1) * second.value();
    }
}

fn points(dim: usize, n: usize) -> CollocationPoints {
    let mut stream = Stream::new(4, Purpose::Audit, dim as u64);
    let mut points = CollocationPoints::new(dim, 1);
    for _ in 0..n {
        let x: Vec<f64> = (0..dim).map(|_| stream.normal()).collect();
        points.push(stream.uniform(), &x, &[stream.normal()], 0.2 + stream.uniform());
    }
    points
}

fn networks(
    system: &dyn ErasedSystem,
    dim: usize,
    widths: &[usize],
    activation: &'static dyn Activation,
) -> (Networks, Vec<f64>) {
    let networks = Networks::new(system.unknowns(), system.n_scalars(), dim, widths, activation);
    let mut theta = networks.initial_parameters(7);
    let mut stream = Stream::new(5, Purpose::Audit, 0);
    theta.iter_mut().for_each(|v| *v += 0.1 * stream.normal());
    (networks, theta)
}

/// Largest difference relative to the largest entry.
fn relative(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let worst = a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    worst / scale
}

fn check_against_naive(dim: usize, widths: &[usize], activation: &'static dyn Activation) {
    let system = Everything { dim };
    let (networks, theta) = networks(&system, dim, widths, activation);
    // 64 + 7 points: a full block, and a partial one that finds the scratch dirty.
    let points = points(dim, 71);
    let problem = Assembler::new(&system, &networks, &points);
    let fast = problem.linearise(&theta);
    let naive: Linearisation = problem.naive_linearise(&theta);
    assert!(relative(&problem.residuals(&theta), &problem.naive_residuals(&theta)) < 1e-12);
    assert!(relative(&fast.residuals, &naive.residuals) < 1e-12);
    assert!(
        relative(&fast.jacobian, &naive.jacobian) < 1e-12,
        "{}",
        relative(&fast.jacobian, &naive.jacobian)
    );
    let mut wrong = naive.jacobian.clone();
    wrong[3] += 1e-9 * wrong.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    assert!(relative(&fast.jacobian, &wrong) > 1e-12, "the check cannot fail");

    let mut stream = Stream::new(6, Purpose::Audit, 0);
    let v: Vec<f64> = theta.iter().map(|_| stream.normal()).collect();
    let u: Vec<f64> = fast.residuals.iter().map(|_| stream.normal()).collect();
    assert!(relative(&problem.jacobian_times(&theta, &v), &transpose_times(fast.transposed(), &v)) < 1e-12);
    assert!(relative(&problem.transpose_times(&theta, &u), &times(fast.transposed(), &u)) < 1e-12);
    let (loss, gradient) = problem.loss_and_gradient(&theta);
    assert!(relative(&gradient, &times(fast.transposed(), &fast.residuals)) < 1e-12);
    let exact: f64 = fast.residuals.iter().map(|r| 0.5 * r * r).sum();
    assert!((loss - exact).abs() < 1e-12 * exact);
}

#[test]
fn engine_equals_naive_in_one_dimension() {
    check_against_naive(1, &UNIFORM, &Tanh);
}

#[test]
fn engine_equals_naive_in_two_dimensions() {
    check_against_naive(2, &UNIFORM, &Tanh);
}

#[test]
fn engine_equals_naive_in_seven_dimensions() {
    check_against_naive(7, &UNIFORM, &Tanh);
}

#[test]
fn engine_equals_naive_for_another_activation() {
    check_against_naive(2, &UNIFORM, &Elementwise(Elementary::Sin));
}

#[test]
fn engine_equals_naive_for_unequal_layers() {
    // The five last units are more than the outputs in one and two dimensions, fewer in seven.
    for dim in [1, 2, 7] {
        check_against_naive(dim, &UNEQUAL, &Tanh);
    }
    check_against_naive(2, &UNEQUAL, &Elementwise(Elementary::Sin));
}

#[test]
fn engine_equals_naive_for_one_layer_one_unit_and_a_wide_layer() {
    check_against_naive(2, &[13], &Tanh);
    // 70 units of 10 channels make blocks of 32 points.
    check_against_naive(7, &[3, 70, 1, 6], &Tanh);
}

#[test]
fn jacobian_is_the_slope_of_the_residuals() {
    let system = Everything { dim: 3 };
    let (networks, theta) = networks(&system, 3, &UNEQUAL, &Tanh);
    let points = points(3, 5);
    let problem = Assembler::new(&system, &networks, &points);
    let exact = problem.linearise(&theta);
    for k in (0..theta.len()).step_by(17) {
        let shifted = |h: f64| {
            let mut moved = theta.clone();
            moved[k] += h;
            problem.residuals(&moved)
        };
        let (plus, minus) = (shifted(1e-5), shifted(-1e-5));
        for row in 0..exact.residuals.len() {
            let slope = (plus[row] - minus[row]) / 2e-5;
            let ours = exact.jacobian[row * theta.len() + k];
            assert!(
                (slope - ours).abs() < 1e-7 * (1.0 + ours.abs()),
                "row {row}, parameter {k}: {slope} {ours}"
            );
        }
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let system = Everything { dim: 2 };
    let (networks, theta) = networks(&system, 2, &UNEQUAL, &Tanh);
    let points = points(2, 300);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let problem = Assembler::new(&system, &networks, &points);
            let lin = problem.linearise(&theta);
            (lin.residuals, lin.jacobian, problem.loss_and_gradient(&theta))
        })
    };
    assert_eq!(run(1), run(3));
}
