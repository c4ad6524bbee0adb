//! From a system and its points to r and J. Only this file applies the ½, the weights and the 1/N.

use super::collocation_points::CollocationPoints;
use crate::autodiff::{Tape, Var};
use crate::network::{Contraction, Jets, NetworkTape, Networks, Unknown, naive_jets};
use crate::num::{BLOCK, Scalar, pairwise_sum, sum_blocks};
use crate::optim::{LeastSquares, Linearisation};
use crate::residual::ErasedSystem;
use rayon::prelude::*;
use std::ops::Range;

/// The least-squares problem `½|r|² = ½ (1/N) Σ_i w_i Σ_k R_k(t_i, x_i)²`, where r stacks √(w_i/N)
/// R_k point by point.
///
/// Residuals that are not finite are passed on unchanged.
pub struct Assembler<'a> {
    system: &'a dyn ErasedSystem,
    networks: &'a Networks,
    points: &'a CollocationPoints,
    /// Number of points that are handled together.
    block: usize,
}

/// Number of jets of one layer that fit the second-level cache together with their adjoints and the
/// neighbours of the layer: 256 KiB. It is a constant of the method, not of the machine, since it
/// fixes the order of sums.
const NUMBERS_PER_LAYER: usize = 32_768;

/// Number of points that are handled together: as many as keep the widest layer of jets within its
/// share of the cache.
fn points_per_block(networks: &Networks) -> usize {
    let jets = networks.list().iter().map(|network| {
        let widest = network.layers.iter().map(|layer| layer.rows).max().unwrap_or(1);
        widest * network.unknown.channels.count()
    });
    let fitting = NUMBERS_PER_LAYER / jets.max().unwrap_or(1).max(1);
    // Below 8 points the matrix products are too thin; above BLOCK nothing is gained.
    (1 << fitting.max(1).ilog2()).clamp(8, BLOCK)
}

/// Scratch space of a thread, reused from block to block.
#[derive(Default)]
struct Workspace {
    networks: Vec<NetworkTape>,
    tape: Tape,
    numbers: Vec<f64>,
    adjoints: Vec<f64>,
    /// For each equation and network, one seed per gathered number, point by point. The last list
    /// holds the seeds of the scalars.
    seeds: Vec<Vec<Vec<f64>>>,
}

impl<'a> Assembler<'a> {
    /// Combines a system, its networks and points. Nothing is computed yet.
    ///
    /// # Panics
    /// If the networks do not represent the unknowns of the system.
    pub fn new(
        system: &'a dyn ErasedSystem,
        networks: &'a Networks,
        points: &'a CollocationPoints,
    ) -> Assembler<'a> {
        assert_eq!(system.unknowns(), networks.unknowns(), "the networks belong to another system");
        Assembler { system, networks, points, block: points_per_block(networks) }
    }

    /// r by the naive network, the reference for [`LeastSquares::residuals`].
    pub fn naive_residuals(&self, theta: &[f64]) -> Vec<f64> {
        let mut residuals = Vec::new();
        for k in 0..self.points.len() {
            let point = self.points.point(k);
            let numbers = naive_jets(self.networks, theta, point.time, point.x);
            let jets = Jets::new(self.networks.unknowns(), &numbers, &theta[self.networks.scalars()]);
            let mut out = vec![0.0; self.system.n_equations()];
            self.system.residuals_real(point, &jets, &mut out);
            residuals.extend(out.iter().map(|r| r * self.scale(k)));
        }
        residuals
    }

    /// r and J by the naive network on the scalar tape, the reference for
    /// [`LeastSquares::linearise`].
    pub fn naive_linearise(&self, theta: &[f64]) -> Linearisation {
        let mut tape = Tape::new();
        let (mut residuals, mut rows, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
        for k in 0..self.points.len() {
            tape.clear();
            let variables: Vec<Var> = theta.iter().map(|&v| Var::input(&tape, v)).collect();
            let point = self.points.point(k);
            let numbers = naive_jets(self.networks, &variables, point.time, point.x);
            let jets = Jets::new(self.networks.unknowns(), &numbers, &variables[self.networks.scalars()]);
            let mut out = vec![Var::constant(0.0); self.system.n_equations()];
            self.system.residuals_on_tape(point, &jets, &mut out);
            for residual in out {
                let scaled = residual * self.scale(k);
                residuals.push(scaled.value());
                rows.push(vec![0.0; theta.len()]);
                scaled.gradient(&variables, &mut scratch, rows.last_mut().expect("just pushed"));
            }
        }
        Linearisation { residuals, jacobian: rows.concat() }
    }

    /// Factor √(w/N) of the residuals of point `k`.
    fn scale(&self, k: usize) -> f64 {
        (self.points.weight(k) / self.points.len() as f64).sqrt()
    }

    /// Runs `work` on every block in parallel, each with its part of `out`, which has equal parts
    /// per point.
    fn for_blocks(
        &self,
        theta: &[f64],
        out: &mut [f64],
        work: impl Fn(&mut Workspace, Range<usize>, &mut [f64]) + Sync,
    ) {
        let per_point = out.len() / self.points.len().max(1);
        if per_point == 0 {
            return;
        }
        out.par_chunks_mut(self.block * per_point).enumerate().for_each_init(
            Workspace::default,
            |memory, (k, part)| {
                let range = k * self.block..k * self.block + part.len() / per_point;
                self.forward(theta, range.clone(), memory);
                work(memory, range, part);
            },
        );
    }

    fn forward(&self, theta: &[f64], range: Range<usize>, work: &mut Workspace) {
        let networks = self.networks.list();
        work.networks.resize_with(networks.len(), NetworkTape::new);
        let (times, x) = self.points.range(range);
        for (network, tape) in networks.iter().zip(&mut work.networks) {
            tape.forward(network, theta, times, x);
        }
    }

    /// Gathers the jets of all unknowns at point `p` of the block.
    fn gather(&self, tapes: &[NetworkTape], p: usize, numbers: &mut Vec<f64>) {
        numbers.clear();
        for (network, tape) in self.networks.list().iter().zip(tapes) {
            tape.gather(network, p, numbers);
        }
    }

    /// Computes the residuals of a block after its forward pass.
    fn evaluate_points(&self, theta: &[f64], range: Range<usize>, work: &mut Workspace, out: &mut [f64]) {
        let scalars = &theta[self.networks.scalars()];
        let first = range.start;
        for (k, residuals) in range.zip(out.chunks_exact_mut(self.system.n_equations())) {
            self.gather(&work.networks, k - first, &mut work.numbers);
            let jets = Jets::new(self.networks.unknowns(), &work.numbers, scalars);
            self.system.residuals_real(self.points.point(k), &jets, residuals);
            residuals.iter_mut().for_each(|r| *r *= self.scale(k));
        }
    }

    /// Computes the residuals of a block after its forward pass, and the seeds of its reverse
    /// sweeps.
    fn linearise_points(&self, theta: &[f64], range: Range<usize>, work: &mut Workspace, out: &mut [f64]) {
        let counts = self.seed_counts();
        let n_equations = self.system.n_equations();
        work.seeds.resize_with(n_equations, Vec::new);
        for of_equation in &mut work.seeds {
            of_equation.resize_with(counts.len(), Vec::new);
            of_equation.iter_mut().for_each(Vec::clear);
        }
        let scalars = &theta[self.networks.scalars()];
        let first = range.start;
        let Workspace { networks, tape, numbers, adjoints, seeds } = work;
        // The whole block uses one tape. Every point reuses the vectors of its variables, and a
        // gradient goes back no further than to the start of its own point.
        tape.clear();
        let mut inputs = Vec::new();
        let mut on_tape = vec![Var::constant(0.0); n_equations];
        let mut seed = vec![0.0; counts.iter().sum()];
        for (k, residuals) in range.zip(out.chunks_exact_mut(n_equations)) {
            self.gather(networks, k - first, numbers);
            inputs.clear();
            inputs.extend(numbers.iter().chain(scalars).map(|&v| Var::input(tape, v)));
            let (jet_inputs, scalar_inputs) = inputs.split_at(numbers.len());
            let jets = Jets::new(self.networks.unknowns(), jet_inputs, scalar_inputs);
            on_tape.fill(Var::constant(0.0));
            self.system.residuals_on_tape(self.points.point(k), &jets, &mut on_tape);
            let scale = self.scale(k);
            for (equation, residual) in on_tape.iter().enumerate() {
                residuals[equation] = scale * residual.value();
                residual.gradient(&inputs, adjoints, &mut seed);
                let mut start = 0;
                for (count, list) in counts.iter().zip(&mut seeds[equation]) {
                    list.extend(seed[start..start + count].iter().map(|s| scale * s));
                    start += count;
                }
            }
        }
    }

    /// How many numbers are gathered per point for each network, and last for the scalars.
    fn seed_counts(&self) -> Vec<usize> {
        let unknowns = self.networks.unknowns().iter().map(Unknown::count);
        unknowns.chain([self.networks.scalars().len()]).collect()
    }

    /// Calls `take(point of the block, place in θ, seed)` for every scalar at every point.
    fn scalar_seeds(
        &self,
        work: &Workspace,
        equation: usize,
        points: usize,
        mut take: impl FnMut(usize, usize, f64),
    ) {
        let scalars = self.networks.scalars();
        let seeds = work.seeds[equation].last().expect("the scalars have a list, if an empty one");
        for p in 0..points {
            for (j, place) in scalars.clone().enumerate() {
                take(p, place, seeds[p * scalars.len() + j]);
            }
        }
    }

    /// Runs the reverse sweeps of all networks with the seeds of one equation.
    fn sweep(&self, theta: &[f64], work: &mut Workspace, equation: usize, contraction: &mut Contraction<'_>) {
        for (k, network) in self.networks.list().iter().enumerate() {
            work.networks[k].reverse(network, theta, &work.seeds[equation][k], contraction);
        }
    }

    /// r and Jᵀu. The function `u` gives u row by row and may read the residual of the row.
    fn gradient(&self, theta: &[f64], u: impl Fn(usize, f64) -> f64 + Sync) -> (Vec<f64>, Vec<f64>) {
        let n_equations = self.system.n_equations();
        let mut residuals = vec![0.0; self.n_residuals()];
        let mut blocks: Vec<_> = residuals.chunks_mut(self.block * n_equations).enumerate().collect();
        let add = |work: &mut Workspace, (k, residuals): &mut (usize, &mut [f64]), sum: &mut [f64]| {
            let range = *k * self.block..*k * self.block + residuals.len() / n_equations;
            self.forward(theta, range.clone(), work);
            self.linearise_points(theta, range.clone(), work, residuals);
            let first = range.start * n_equations;
            let weights: Vec<f64> = residuals.iter().enumerate().map(|(i, r)| u(first + i, *r)).collect();
            combine_seeds(&mut work.seeds, &weights, range.len());
            self.scalar_seeds(work, 0, range.len(), |_, place, seed| sum[place] += seed);
            self.sweep(theta, work, 0, &mut Contraction::Gradient(sum));
        };
        let gradient = sum_blocks(&mut blocks, theta.len(), add);
        (residuals, gradient)
    }
}

/// Writes the sum over equations of weight times seed into the seeds of the first equation, so that
/// one sweep serves all equations.
fn combine_seeds(seeds: &mut [Vec<Vec<f64>>], weights: &[f64], points: usize) {
    let n_equations = seeds.len();
    let (first, others) = seeds.split_first_mut().expect("at least one equation");
    for (k, list) in first.iter_mut().enumerate() {
        let count = list.len() / points;
        for (p, seeds) in list.chunks_exact_mut(count.max(1)).enumerate() {
            let weights = &weights[p * n_equations..][..n_equations];
            for (i, seed) in seeds.iter_mut().enumerate() {
                let of_others = others.iter().zip(&weights[1..]).map(|(o, w)| w * o[k][p * count + i]);
                *seed = *seed * weights[0] + of_others.sum::<f64>();
            }
        }
    }
}

impl LeastSquares for Assembler<'_> {
    fn n_params(&self) -> usize {
        self.networks.n_params()
    }

    fn n_residuals(&self) -> usize {
        self.points.len() * self.system.n_equations()
    }

    fn residuals(&self, theta: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.n_residuals()];
        self.for_blocks(theta, &mut out, |work, range, part| self.evaluate_points(theta, range, work, part));
        out
    }

    fn linearise_into(&self, theta: &[f64], lin: &mut Linearisation) {
        let (n_params, n_equations) = (self.n_params(), self.system.n_equations());
        let stride = n_equations * n_params;
        lin.residuals.resize(self.n_residuals(), 0.0);
        lin.jacobian.resize(n_params * self.n_residuals(), 0.0);
        let rows = lin.jacobian.par_chunks_mut(self.block * stride);
        let parts = lin.residuals.par_chunks_mut(self.block * n_equations);
        rows.zip(parts).enumerate().for_each_init(Workspace::default, |work, (k, (rows, residuals))| {
            let range = k * self.block..k * self.block + residuals.len() / n_equations;
            self.forward(theta, range.clone(), work);
            self.linearise_points(theta, range.clone(), work, residuals);
            rows.fill(0.0);
            for equation in 0..n_equations {
                let rows = &mut rows[equation * n_params..];
                self.scalar_seeds(work, equation, range.len(), |p, place, seed| {
                    rows[p * stride + place] = seed
                });
                self.sweep(theta, work, equation, &mut Contraction::Rows { rows, stride });
            }
        });
    }

    fn loss_and_gradient(&self, theta: &[f64]) -> (f64, Vec<f64>) {
        let (residuals, gradient) = self.gradient(theta, |_, residual| residual);
        let squares: Vec<f64> = residuals.iter().map(|r| r * r).collect();
        (0.5 * pairwise_sum(&squares), gradient)
    }

    fn jacobian_times(&self, theta: &[f64], v: &[f64]) -> Vec<f64> {
        assert_eq!(v.len(), theta.len(), "the direction is not as long as the parameters");
        let n_equations = self.system.n_equations();
        let mut out = vec![0.0; self.n_residuals()];
        self.for_blocks(theta, &mut out, |work, range, products| {
            let mut residuals = vec![0.0; products.len()];
            self.linearise_points(theta, range.clone(), work, &mut residuals);
            let mut column = vec![0.0; range.len()];
            for equation in 0..n_equations {
                column.fill(0.0);
                self.scalar_seeds(work, equation, range.len(), |p, j, seed| column[p] += seed * v[j]);
                let mut contraction = Contraction::Direction { direction: v, products: &mut column };
                self.sweep(theta, work, equation, &mut contraction);
                column.iter().enumerate().for_each(|(p, c)| products[p * n_equations + equation] = *c);
            }
        });
        out
    }

    fn transpose_times(&self, theta: &[f64], u: &[f64]) -> Vec<f64> {
        assert_eq!(u.len(), self.n_residuals(), "u is not as long as the residuals");
        self.gradient(theta, |row, _| u[row]).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Form, Inputs, Tanh};
    use crate::num::{Channels, times};
    use crate::residual::{Point, System};

    /// The heat equation with an unknown conductivity: u_t − cΔu = x.
    struct Heat;

    impl System for Heat {
        fn unknowns(&self) -> Vec<Unknown> {
            let (inputs, channels) = (Inputs::TimeSpace, Channels::with_laplacian(1));
            vec![Unknown { name: "u", outputs: 1, inputs, channels, form: Form::Full }]
        }
        fn n_scalars(&self) -> usize {
            1
        }
        fn n_equations(&self) -> usize {
            1
        }
        fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
            let u = jets.scalar_field(0);
            out[0] = u.dt() - jets.scalar(0) * u.laplacian() - point.x[0];
        }
    }

    #[test]
    fn gradient_of_many_blocks_is_that_of_the_jacobian_on_any_number_of_threads() {
        let networks = Networks::new(System::unknowns(&Heat), 1, 1, &[4, 3], &Tanh);
        let mut theta = networks.initial_parameters(1);
        theta[networks.scalars()].fill(0.3);
        let mut points = CollocationPoints::new(1, 0);
        // 300 blocks and a part of one: leaves of two and three.
        for k in 0..300 * BLOCK + 7 {
            let s = k as f64;
            points.push(0.5 + 0.5 * libm::sin(s), &[2.0 * libm::cos(0.7 * s)], &[], 1.0);
        }
        let problem = Assembler::new(&Heat, &networks, &points);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| problem.loss_and_gradient(&theta))
        };
        let (loss, gradient) = run(1);
        assert_eq!((loss, gradient.clone()), run(2));
        assert_eq!((loss, gradient.clone()), run(5));

        let lin = problem.linearise(&theta);
        let exact = times(lin.transposed(), &lin.residuals);
        let largest = exact.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        // As in `tests/modes_agree.rs`.
        let near = |a: &f64, b: &f64| (a - b).abs() < 1e-12 * largest;
        assert!(gradient.iter().zip(&exact).all(|(a, b)| near(a, b)));
        assert!(!near(&(gradient[0] + 1e-9 * largest), &exact[0]), "the check cannot fail");
        assert_eq!(problem.transpose_times(&theta, &lin.residuals), gradient);
    }
}
