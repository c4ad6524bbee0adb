//! Derivatives of a formula at many points, by small jets in low dimension and by jets above.

use super::{Formula, JetPoint, SmallJet};
use crate::num::Channels;
use nalgebra::DMatrix;

/// f and ∇f (n×d, point after point) of a formula in `dim` coordinates, with the bits of
/// [`Jet`](super::Jet).
///
/// # Panics
/// If `dim == 0`.
///
/// # Cost
/// One run of the formula per point. Up to 8 coordinates its scalars are [`SmallJet`]s, which are 4
/// to 11 times as fast as jets on a Gaussian and on wells. At 16 coordinates they would be 4 to 10
/// times as fast, and 3 to 6 times at 32; but each size is one more copy of every formula, and
/// those up to 8 already add 240 kB, or 3 %, to the code of the program.
pub fn values_and_gradients(
    formula: &impl Formula,
    dim: usize,
    points: &[f64],
    values: &mut [f64],
    gradients: &mut [f64],
) {
    match dim {
        1 => small_gradients::<1>(formula, points, values, gradients),
        2 => small_gradients::<2>(formula, points, values, gradients),
        3 => small_gradients::<3>(formula, points, values, gradients),
        4 => small_gradients::<4>(formula, points, values, gradients),
        5 => small_gradients::<5>(formula, points, values, gradients),
        6 => small_gradients::<6>(formula, points, values, gradients),
        7 => small_gradients::<7>(formula, points, values, gradients),
        8 => small_gradients::<8>(formula, points, values, gradients),
        _ => gradients_of_jets(formula, dim, points, values, gradients),
    }
}

/// Writes tr(Lᵀ ∇²f L) at each point for L = `root`, which has a row for each coordinate, with the
/// bits of [`Jet`](super::Jet).
///
/// # Panics
/// If `root` has no rows.
///
/// # Cost
/// As [`values_and_gradients`], with the number of columns of `root` in place of the number of
/// coordinates.
pub fn laplacians(formula: &impl Formula, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
    match root.ncols() {
        1 => small_laplacians::<2>(formula, points, root, laplacians),
        2 => small_laplacians::<3>(formula, points, root, laplacians),
        3 => small_laplacians::<4>(formula, points, root, laplacians),
        4 => small_laplacians::<5>(formula, points, root, laplacians),
        5 => small_laplacians::<6>(formula, points, root, laplacians),
        6 => small_laplacians::<7>(formula, points, root, laplacians),
        7 => small_laplacians::<8>(formula, points, root, laplacians),
        8 => small_laplacians::<9>(formula, points, root, laplacians),
        _ => laplacians_of_jets(formula, points, root, laplacians),
    }
}

fn small_gradients<const D: usize>(
    formula: &impl Formula,
    points: &[f64],
    values: &mut [f64],
    gradients: &mut [f64],
) {
    let mut coordinates = SmallJet::<D>::coordinates();
    let rows = points.chunks_exact(D).zip(gradients.chunks_exact_mut(D));
    for ((x, gradient), value) in rows.zip(values) {
        SmallJet::move_to(&mut coordinates, x);
        let jet = formula.at(&coordinates);
        *value = jet.real();
        gradient.iter_mut().enumerate().for_each(|(i, slope)| *slope = jet.dx(i));
    }
}

fn gradients_of_jets(
    formula: &impl Formula,
    dim: usize,
    points: &[f64],
    values: &mut [f64],
    gradients: &mut [f64],
) {
    let rows = points.chunks_exact(dim).zip(gradients.chunks_exact_mut(dim));
    for ((x, gradient), value) in rows.zip(values) {
        let jet = formula.at(&JetPoint::<f64>::new(0.0, x, Channels::space_only(dim)).x);
        *value = jet.real();
        gradient.iter_mut().enumerate().for_each(|(i, slope)| *slope = jet.dx(i));
    }
}

fn small_laplacians<const C: usize>(
    formula: &impl Formula,
    points: &[f64],
    root: &DMatrix<f64>,
    laplacians: &mut [f64],
) {
    let mut coordinates = SmallJet::<C>::along(root);
    for (x, laplacian) in points.chunks_exact(root.nrows()).zip(laplacians) {
        SmallJet::move_to(&mut coordinates, x);
        *laplacian = formula.at(&coordinates).laplacian();
    }
}

fn laplacians_of_jets(formula: &impl Formula, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
    let channels = Channels { space: root.ncols(), time: false, laplacian: true };
    for (x, laplacian) in points.chunks_exact(root.nrows()).zip(laplacians) {
        *laplacian = formula.at(&JetPoint::<f64>::along(x, root, channels).x).laplacian();
    }
}
