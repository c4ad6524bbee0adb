//! Numbers: the scalar trait, elementary functions, logarithms of sums, random streams, ordered
//! sums, matrices, vectors, points, named arrays.

mod arrays;
mod blocks;
mod channels;
mod elementary;
mod gamma;
mod linalg;
mod logspace;
mod points;
mod scalar;
mod seed;
mod simd;
mod spectrum;
mod streams;
mod tanh;
mod vectors;

pub use arrays::{Arrays, ArraysError, as_count};
pub use blocks::{BLOCK, pairwise_sum, sum_blocks};
pub use channels::Channels;
pub use elementary::Elementary;
pub use linalg::{
    Mat, MatMut, MatRef, NonPositivePivot, Qr, Write, cholesky_in_place, gram, multiply,
    multiply_in_parallel, solve_cholesky, solve_lower, times, transpose_times,
};
pub use logspace::{effective_fraction, log_mean_exp, log_sum_exp, log_sum_exp_scalars};
pub use points::{Points, squared_distance};
pub use scalar::Scalar;
pub use seed::Seed;
pub use simd::vectorized;
pub use spectrum::Spectrum;
pub use streams::{Purpose, Stream, indexed_seed};
pub use tanh::{tanh, tanh_in_place};
pub use vectors::{dot, norm};
