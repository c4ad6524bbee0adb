//! Contractions of the input jets z and the output adjoints g of a linear node after a reverse
//! sweep.

use super::Layer;
use crate::num::{MatMut, MatRef, Write, multiply, vectorized};
use std::ops::Range;

/// The result of one reverse sweep, from θ̄ = Σ over points and channels of g ⊗ z:
pub enum Contraction<'a> {
    /// Adds the sum over the points of the block: the gradient Jᵀu, if the seeds were scaled by u.
    Gradient(&'a mut [f64]),
    /// Adds to row p of J for each point p.
    Rows {
        /// The rows of J, each as long as θ.
        rows: &'a mut [f64],
        /// Distance from the start of one point's row to the start of the next one.
        stride: usize,
    },
    /// Adds to entry p the product of row p of J with `direction`: Jv.
    Direction {
        /// The direction v, as long as θ.
        direction: &'a [f64],
        /// The products Jv, one number per point.
        products: &'a mut [f64],
    },
}

/// A block of jets in one layer: units×(channels·points), channel after channel.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub numbers: &'a [f64],
    pub units: usize,
    pub channels: usize,
    pub points: usize,
}

impl<'a> Block<'a> {
    pub fn matrix(&self) -> MatRef<'a, f64> {
        MatRef::from_column_major_slice(self.numbers, self.units, self.channels * self.points)
    }

    /// Channel `c` as units×points.
    pub fn channel(&self, c: usize) -> MatRef<'a, f64> {
        MatRef::from_column_major_slice(self.channel_numbers(c), self.units, self.points)
    }

    pub fn channel_numbers(&self, c: usize) -> &'a [f64] {
        let size = self.units * self.points;
        &self.numbers[c * size..(c + 1) * size]
    }

    /// Numbers of all units at point `p` in channel `c`.
    pub fn column(&self, c: usize, p: usize) -> &'a [f64] {
        let start = (c * self.points + p) * self.units;
        &self.numbers[start..start + self.units]
    }
}

impl Contraction<'_> {
    /// Contracts a layer whose inputs carry all channels.
    pub(super) fn layer(&mut self, layer: &Layer, z: Block<'_>, g: Block<'_>) {
        match self {
            Contraction::Gradient(sum) => {
                let weight = &mut sum[layer.weight.clone()];
                let out = MatMut::from_column_major_slice_mut(weight, layer.rows, layer.cols);
                multiply(out, Write::Add, g.matrix(), z.matrix().transpose(), 1.0);
            }
            Contraction::Rows { rows, stride } => {
                for p in 0..z.points {
                    outer_sum(&mut rows[p * *stride..][layer.weight.clone()], z, g, p);
                }
            }
            Contraction::Direction { direction, products } => {
                let v =
                    MatRef::from_column_major_slice(&direction[layer.weight.clone()], layer.rows, layer.cols);
                let columns = z.channels * z.points;
                let mut moved = vec![0.0; layer.rows * columns];
                let out = MatMut::from_column_major_slice_mut(&mut moved, layer.rows, columns);
                multiply(out, Write::Replace, v, z.matrix(), 1.0);
                let moved = Block { numbers: &moved, ..g };
                for (p, product) in products.iter_mut().enumerate() {
                    *product += (0..g.channels).map(|c| dot(g.column(c, p), moved.column(c, p))).sum::<f64>();
                }
            }
        }
        self.bias(layer, g);
    }

    /// Contracts the first layer. `inputs` has only values; the derivative of input j in channel
    /// `tangents[k] = (channel, j, slope)` is the constant `slope`.
    pub(super) fn first_layer(
        &mut self,
        layer: &Layer,
        inputs: Block<'_>,
        tangents: &[(usize, usize, f64)],
        g: Block<'_>,
    ) {
        let values = Block { numbers: g.channel_numbers(0), channels: 1, ..g };
        self.layer(layer, inputs, values);
        let column =
            |j: usize| layer.weight.start + j * layer.rows..layer.weight.start + (j + 1) * layer.rows;
        for &(c, j, slope) in tangents {
            self.units(column(j), slope, c, g);
        }
    }

    /// The bias enters only the value channel.
    fn bias(&mut self, layer: &Layer, g: Block<'_>) {
        self.units(layer.bias.clone(), 1.0, 0, g);
    }

    /// Contracts parameters that enter the units of channel `c` with the factor `slope`, one for
    /// each unit.
    fn units(&mut self, place: Range<usize>, slope: f64, c: usize, g: Block<'_>) {
        match self {
            Contraction::Gradient(sum) => add_columns(&mut sum[place], slope, g.channel_numbers(c)),
            Contraction::Rows { rows, stride } => {
                for p in 0..g.points {
                    add_columns(&mut rows[p * *stride..][place.clone()], slope, g.column(c, p));
                }
            }
            Contraction::Direction { direction, products } => {
                for (p, product) in products.iter_mut().enumerate() {
                    *product += slope * dot(g.column(c, p), &direction[place.clone()]);
                }
            }
        }
    }
}

/// Adds Σ_c g_c ⊗ z_c at point `p` to `out`, column-major.
fn outer_sum(out: &mut [f64], z: Block<'_>, g: Block<'_>, p: usize) {
    // With few channels, a matrix product costs more to set up than to compute.
    match z.channels {
        1 => outer_sum_of::<1>(out, z, g, p),
        2 => outer_sum_of::<2>(out, z, g, p),
        3 => outer_sum_of::<3>(out, z, g, p),
        4 => outer_sum_of::<4>(out, z, g, p),
        5 => outer_sum_of::<5>(out, z, g, p),
        _ => {
            let strided = |b: Block<'_>| {
                let stride = b.units * b.points;
                let numbers = &b.numbers[p * b.units..];
                // SAFETY: column c starts at (c·points + p)·units and has `units` numbers, all of
                // them inside.
                unsafe {
                    MatRef::<f64>::from_raw_parts(numbers.as_ptr(), b.units, b.channels, 1, stride as isize)
                }
            };
            let out = MatMut::from_column_major_slice_mut(out, g.units, z.units);
            multiply(out, Write::Add, strided(g), strided(z).transpose(), 1.0);
        }
    }
}

fn outer_sum_of<const C: usize>(out: &mut [f64], z: Block<'_>, g: Block<'_>, p: usize) {
    let inputs: [&[f64]; C] = std::array::from_fn(|c| z.column(c, p));
    let adjoints: [&[f64]; C] = std::array::from_fn(|c| g.column(c, p));
    vectorized(
        #[inline(always)]
        || {
            for (j, column) in out.chunks_exact_mut(g.units).enumerate() {
                let factor: [f64; C] = std::array::from_fn(|c| inputs[c][j]);
                for (i, entry) in column.iter_mut().enumerate() {
                    let mut sum = *entry;
                    for c in 0..C {
                        sum = factor[c].mul_add(adjoints[c][i], sum);
                    }
                    *entry = sum;
                }
            }
        },
    );
}

/// Number of entries of a sum that stay in vector registers while the columns pass.
const STRIP: usize = 32;

/// Adds scale·(column of `columns`) to `sum`, one column after the other.
fn add_columns(sum: &mut [f64], scale: f64, columns: &[f64]) {
    let rows = sum.len();
    vectorized(
        #[inline(always)]
        || {
            let (strips, rest) = sum.as_chunks_mut::<STRIP>();
            for (k, strip) in strips.iter_mut().enumerate() {
                let mut held = *strip;
                for column in columns.chunks_exact(rows) {
                    let part = &column[k * STRIP..][..STRIP];
                    held.iter_mut().zip(part).for_each(|(h, v)| *h = scale.mul_add(*v, *h));
                }
                *strip = held;
            }
            if !rest.is_empty() {
                for column in columns.chunks_exact(rows) {
                    let part = &column[rows - rest.len()..];
                    rest.iter_mut().zip(part).for_each(|(r, v)| *r = scale.mul_add(*v, *r));
                }
            }
        },
    );
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
