//! The direction by QR, which never forms a Gram matrix.

use super::Jacobian;
use crate::num::{Mat, Qr, norm};

/// The direction δ = −(JᵀJ + λI)⁻¹Jᵀb and its backward error.
///
/// # Cost
/// 2·min²·(N + P) flops with min = min(N, P), for every λ and b.
pub(super) fn solve(jacobian: &Jacobian<'_>, lambda: f64, b: &[f64]) -> (Vec<f64>, f64) {
    let transposed = jacobian.transposed();
    let (p, n) = (transposed.nrows(), transposed.ncols());
    let root = lambda.sqrt();
    let tall = |rows: usize, cols: usize, at: &dyn Fn(usize, usize) -> f64| {
        Mat::from_fn(rows + cols, cols, |i, j| match i {
            i if i < rows => at(i, j),
            i if i - rows == j => root,
            _ => 0.0,
        })
    };
    let delta: Vec<f64> = if p <= n {
        // The direction minimises |[J; √λI]δ + [b; 0]|.
        let qr = Qr::new(tall(n, p, &|i, j| transposed[(j, i)]));
        let mut right: Vec<f64> = b.iter().map(|v| -v).collect();
        right.resize(n + p, 0.0);
        qr.apply_transpose(&mut right);
        right.truncate(p);
        qr.solve_r(&mut right);
        right
    } else {
        // [Jᵀ; √λI] = QR gives JJᵀ + λI = RᵀR, so δ = −Q₁R⁻ᵀb with Q₁ the first P rows of Q.
        let qr = Qr::new(tall(p, n, &|i, j| transposed[(i, j)]));
        let mut half = b.to_vec();
        qr.solve_r_transpose(&mut half);
        half.resize(n + p, 0.0);
        qr.apply(&mut half);
        half[..p].iter().map(|v| -v).collect()
    };
    let error = normal_error(jacobian, lambda, b, &delta);
    (delta, error)
}

/// The norm |Jᵀ(Jδ + b) + λδ| relative to the terms of the sum.
fn normal_error(jacobian: &Jacobian<'_>, lambda: f64, b: &[f64], delta: &[f64]) -> f64 {
    let moved = jacobian.times(delta);
    let sum: Vec<f64> = moved.iter().zip(b).map(|(m, b)| m + b).collect();
    let gradient = jacobian.transpose_times(&sum);
    let left: Vec<f64> = gradient.iter().zip(delta).map(|(g, d)| g + lambda * d).collect();
    let size = jacobian.transposed().norm_l2() * (norm(&moved) + norm(b));
    if size == 0.0 { 0.0 } else { norm(&left) / size }
}
