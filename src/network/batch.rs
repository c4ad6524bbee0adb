//! The batched network: one forward pass over a block of points as jets, then reverse sweeps.

use super::contraction::{Block, Contraction};
use super::{ActivationTable, Form, Network};
use crate::num::{Channels, MatMut, MatRef, Write, multiply, vectorized};

/// The results of a forward pass over a block of points, which reverse sweeps read.
///
/// Layer l holds its jets before the activation as a column-major matrix units×(C·B), channel after
/// channel, so that a dense layer is one product over all channels. The first layer stores no
/// tangents: they are columns of W. Buffers keep their memory from block to block.
#[derive(Debug, Default)]
pub struct NetworkTape {
    points: usize,
    inputs: Vec<f64>,
    /// For each layer, the jets before the activation (for the last layer, the outputs).
    before: Vec<Vec<f64>>,
    /// For each hidden layer, the jets after the activation.
    after: Vec<Vec<f64>>,
    tables: Vec<ActivationTable>,
    /// The divergence at each point, for [`Form::Divergence`].
    divergence: Vec<f64>,
    adjoint: Vec<f64>,
    adjoint_below: Vec<f64>,
}

impl NetworkTape {
    /// A tape without buffers; the first forward pass allocates them.
    pub fn new() -> NetworkTape {
        NetworkTape::default()
    }

    /// Runs the network at the given times and points (B and B×d numbers).
    ///
    /// # Cost
    /// 2·C·B·(number of hidden weights) flops and one table of activations.
    pub fn forward(&mut self, network: &Network, theta: &[f64], times: &[f64], points: &[f64]) {
        self.points = times.len();
        self.read_inputs(network, times, points);
        let last = network.layers.len() - 1;
        self.before.resize_with(last + 1, Vec::new);
        self.after.resize_with(last, Vec::new);
        self.tables.resize_with(last, ActivationTable::default);
        self.first_layer(network, theta);
        for l in 1..=last {
            self.activate(network, l - 1);
            if l == last && network.unknown.form == Form::Divergence {
                self.divergence_layer(network, theta);
            } else {
                self.linear(network, theta, l);
            }
        }
    }

    /// Appends the jets at point `p` to `out`, in the order that [`Jets`](super::Jets) reads.
    pub fn gather(&self, network: &Network, p: usize, out: &mut Vec<f64>) {
        let (rows, channels) = (network.unknown.outputs, network.unknown.channels.count());
        let outputs = &self.before[network.layers.len() - 1];
        match network.unknown.form {
            Form::Full => (0..channels).for_each(|c| {
                out.extend_from_slice(&outputs[(c * self.points + p) * rows..][..rows]);
            }),
            Form::Divergence => {
                out.extend_from_slice(&outputs[p * rows..][..rows]);
                out.push(self.divergence[p]);
            }
        }
    }

    /// One reverse sweep. `seeds` holds for each point the adjoints of the numbers that
    /// [`NetworkTape::gather`] appended.
    ///
    /// # Panics
    /// If the number of seeds does not fit the last forward pass.
    ///
    /// # Cost
    /// The cost of the forward pass, plus the contraction.
    pub fn reverse(
        &mut self,
        network: &Network,
        theta: &[f64],
        seeds: &[f64],
        contraction: &mut Contraction<'_>,
    ) {
        assert_eq!(seeds.len(), self.points * network.unknown.count(), "one seed per number gathered");
        let channels = network.unknown.channels;
        let last = network.layers.len() - 1;
        self.seed_outputs(network, seeds);
        for l in (0..=last).rev() {
            let layer = &network.layers[l];
            let g = self.block(&self.adjoint, layer.rows, channels.count());
            if l == 0 {
                let inputs = self.block(&self.inputs, layer.cols, 1);
                contraction.first_layer(layer, inputs, &tangents(network), g);
                break;
            }
            let z = self.block(&self.after[l - 1], layer.cols, channels.count());
            contraction.layer(layer, z, g);
            let weight = weight_matrix(network, theta, l);
            let columns = channels.count() * self.points;
            self.adjoint_below.resize(layer.cols * columns, 0.0);
            let below = MatMut::from_column_major_slice_mut(&mut self.adjoint_below, layer.cols, columns);
            let above = MatRef::from_column_major_slice(&self.adjoint, layer.rows, columns);
            multiply(below, Write::Replace, weight.transpose(), above, 1.0);
            let size = layer.cols * self.points;
            activation_reverse(
                channels,
                &self.tables[l - 1],
                &self.before[l - 1],
                &mut self.adjoint_below,
                size,
            );
            std::mem::swap(&mut self.adjoint, &mut self.adjoint_below);
        }
    }

    fn block<'a>(&self, numbers: &'a [f64], units: usize, channels: usize) -> Block<'a> {
        let numbers = &numbers[..units * channels * self.points];
        Block { numbers, units, channels, points: self.points }
    }

    fn read_inputs(&mut self, network: &Network, times: &[f64], points: &[f64]) {
        assert_eq!(points.len(), times.len() * network.dim, "a time for every point");
        self.inputs.clear();
        for (time, x) in times.iter().zip(points.chunks_exact(network.dim)) {
            let start = self.inputs.len();
            self.inputs.extend(network.time_input().map(|_| *time));
            self.inputs.extend(network.space_input(0).into_iter().flat_map(|_| x.iter().copied()));
            let scaling = network.centre.iter().zip(&network.slope);
            self.inputs[start..].iter_mut().zip(scaling).for_each(|(z, (c, s))| *z = (*z - c) * s);
        }
    }

    fn first_layer(&mut self, network: &Network, theta: &[f64]) {
        let layer = &network.layers[0];
        let channels = network.unknown.channels.count();
        let (rows, size) = (layer.rows, layer.rows * self.points);
        let out = &mut self.before[0];
        out.resize(size * channels, 0.0);
        let inputs = MatRef::from_column_major_slice(&self.inputs, layer.cols, self.points);
        let values = MatMut::from_column_major_slice_mut(&mut out[..size], rows, self.points);
        multiply(values, Write::Replace, weight_matrix(network, theta, 0), inputs, 1.0);
        let tangents = tangents(network);
        for c in 1..channels {
            let out = &mut out[c * size..(c + 1) * size];
            match tangents.iter().find(|(channel, ..)| *channel == c) {
                Some((_, j, slope)) => {
                    repeat_column(out, *slope, &theta[layer.weight.start + j * rows..][..rows])
                }
                // The Laplacian of an input, or ∂t of one that does not read t.
                None => out.fill(0.0),
            }
        }
        add_bias(&mut out[..size], &theta[layer.bias.clone()]);
    }

    fn linear(&mut self, network: &Network, theta: &[f64], l: usize) {
        let layer = &network.layers[l];
        let columns = network.unknown.channels.count() * self.points;
        let out = &mut self.before[l];
        out.resize(layer.rows * columns, 0.0);
        let z = MatRef::from_column_major_slice(&self.after[l - 1], layer.cols, columns);
        let target = MatMut::from_column_major_slice_mut(out, layer.rows, columns);
        multiply(target, Write::Replace, weight_matrix(network, theta, l), z, 1.0);
        add_bias(&mut out[..layer.rows * self.points], &theta[layer.bias.clone()]);
    }

    /// Evaluates the last layer of a vector field: its values, and the divergence Σ_i W[i,:]·∂_i z.
    fn divergence_layer(&mut self, network: &Network, theta: &[f64]) {
        let l = network.layers.len() - 1;
        let (layer, channels, points) = (&network.layers[l], network.unknown.channels, self.points);
        let weight = weight_matrix(network, theta, l);
        let z = self.block(&self.after[l - 1], layer.cols, channels.count());
        let out = &mut self.before[l];
        out.resize(layer.rows * points, 0.0);
        let values = MatMut::from_column_major_slice_mut(out, layer.rows, points);
        multiply(values, Write::Replace, weight, z.channel(0), 1.0);
        add_bias(out, &theta[layer.bias.clone()]);
        self.divergence.clear();
        self.divergence.resize(points, 0.0);
        for i in 0..layer.rows {
            let sum = MatMut::from_column_major_slice_mut(&mut self.divergence, 1, points);
            multiply(sum, Write::Add, weight.subrows(i, 1), z.channel(channels.space_index(i)), 1.0);
        }
    }

    fn activate(&mut self, network: &Network, l: usize) {
        let channels = network.unknown.channels;
        let size = network.layers[l].rows * self.points;
        let (before, after, table) = (&self.before[l], &mut self.after[l], &mut self.tables[l]);
        network.activation.tabulate(&before[..size], channels.laplacian, table);
        after.resize(size * channels.count(), 0.0);
        activation_forward(channels, table, before, after, size);
    }

    /// Spreads the seeds over the adjoints of the last layer's outputs.
    fn seed_outputs(&mut self, network: &Network, seeds: &[f64]) {
        let (rows, points) = (network.unknown.outputs, self.points);
        let channels = network.unknown.channels;
        self.adjoint.clear();
        self.adjoint.resize(rows * points * channels.count(), 0.0);
        for (p, seed) in seeds.chunks_exact(network.unknown.count()).enumerate() {
            for (c, part) in seed.chunks(rows).enumerate() {
                match network.unknown.form {
                    Form::Divergence if c == 1 => (0..rows).for_each(|i| {
                        self.adjoint[(channels.space_index(i) * points + p) * rows + i] = part[0];
                    }),
                    _ => self.adjoint[(c * points + p) * rows..][..rows].copy_from_slice(part),
                }
            }
        }
    }
}

fn weight_matrix<'a>(network: &Network, theta: &'a [f64], l: usize) -> MatRef<'a, f64> {
    let layer = &network.layers[l];
    MatRef::from_column_major_slice(&theta[layer.weight.clone()], layer.rows, layer.cols)
}

fn add_bias(values: &mut [f64], bias: &[f64]) {
    vectorized(
        #[inline(always)]
        || {
            for units in values.chunks_exact_mut(bias.len()) {
                units.iter_mut().zip(bias).for_each(|(u, b)| *u += b);
            }
        },
    );
}

/// Writes scale·column to the units of every point.
fn repeat_column(out: &mut [f64], scale: f64, column: &[f64]) {
    vectorized(
        #[inline(always)]
        || {
            for units in out.chunks_exact_mut(column.len()) {
                units.iter_mut().zip(column).for_each(|(u, w)| *u = scale * w);
            }
        },
    );
}

/// The triple (channel, input, slope) of each derivative channel that the inputs seed.
fn tangents(network: &Network) -> Vec<(usize, usize, f64)> {
    let channels = network.unknown.channels;
    let time = channels.time.then(|| network.time_input().map(|j| (channels.time_index(), j)));
    let space = (0..channels.space).map(|i| network.space_input(i).map(|j| (channels.space_index(i), j)));
    time.into_iter().chain(space).flatten().map(|(c, j)| (c, j, network.slope[j])).collect()
}

/// Number of units handled together, so that sums over channels stay in the first-level cache.
const CHUNK: usize = 256;

/// Applies z = σ(y): z_c = σ′y_c for derivatives, z_Δ = σ′y_Δ + σ″Σ_i y_i².
fn activation_forward(
    channels: Channels,
    table: &ActivationTable,
    before: &[f64],
    after: &mut [f64],
    size: usize,
) {
    after[..size].copy_from_slice(&table.value);
    vectorized(
        #[inline(always)]
        || {
            for c in 1..channels.count() {
                let (y, z) = (&before[c * size..(c + 1) * size], &mut after[c * size..(c + 1) * size]);
                for ((z, y), s1) in z.iter_mut().zip(y).zip(&table.first) {
                    *z = s1 * y;
                }
            }
            if channels.laplacian {
                let last = channels.laplacian_index() * size;
                let mut squares = [0.0; CHUNK];
                for start in (0..size).step_by(CHUNK) {
                    let len = CHUNK.min(size - start);
                    sum_of_squares(channels, &before[start..], size, &mut squares[..len]);
                    let z = &mut after[last + start..last + start + len];
                    for ((z, s2), q) in z.iter_mut().zip(&table.second[start..]).zip(&squares) {
                        *z = s2.mul_add(*q, *z);
                    }
                }
            }
        },
    );
}

/// The adjoint of [`activation_forward`]: converts adjoints of z to adjoints of y, in place.
fn activation_reverse(
    channels: Channels,
    table: &ActivationTable,
    before: &[f64],
    g: &mut [f64],
    size: usize,
) {
    vectorized(
        #[inline(always)]
        || {
            let mut squares = [0.0; CHUNK];
            for start in (0..size).step_by(CHUNK) {
                let len = CHUNK.min(size - start);
                let at = |c: usize| c * size + start..c * size + start + len;
                let (s1, s2) = (&table.first[start..start + len], &table.second[start..start + len]);
                let (head, tail) = g.split_at_mut(size);
                let total = &mut head[start..start + len];
                let tail_at = |c: usize| (c - 1) * size + start..(c - 1) * size + start + len;
                for (t, s1) in total.iter_mut().zip(s1) {
                    *t *= s1;
                }
                let mut g_laplacian = [0.0; CHUNK];
                if channels.laplacian {
                    let c = channels.laplacian_index();
                    sum_of_squares(channels, &before[start..], size, &mut squares[..len]);
                    g_laplacian[..len].copy_from_slice(&tail[tail_at(c)]);
                    let y = &before[at(c)];
                    let s3 = &table.third[start..start + len];
                    let out = &mut tail[tail_at(c)];
                    for i in 0..len {
                        total[i] += g_laplacian[i] * s2[i].mul_add(y[i], s3[i] * squares[i]);
                        out[i] = s1[i] * g_laplacian[i];
                    }
                }
                let first_space = channels.count() - channels.space - usize::from(channels.laplacian);
                for c in 1..first_space + channels.space {
                    let y = &before[at(c)];
                    let out = &mut tail[tail_at(c)];
                    if channels.laplacian && c >= first_space {
                        for i in 0..len {
                            total[i] += s2[i] * (y[i] * out[i]);
                            out[i] = s1[i].mul_add(out[i], 2.0 * s2[i] * (y[i] * g_laplacian[i]));
                        }
                    } else {
                        for i in 0..len {
                            total[i] += s2[i] * (y[i] * out[i]);
                            out[i] *= s1[i];
                        }
                    }
                }
            }
        },
    );
}

/// Writes squares[i] = Σ over space channels of y_c[i]².
#[inline(always)]
fn sum_of_squares(channels: Channels, before: &[f64], size: usize, squares: &mut [f64]) {
    squares.fill(0.0);
    for k in 0..channels.space {
        let y = &before[channels.space_index(k) * size..][..squares.len()];
        for (q, y) in squares.iter_mut().zip(y) {
            *q = y.mul_add(*y, *q);
        }
    }
}
