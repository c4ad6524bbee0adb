//! Finds coordinates whose scale depends on other coordinates, as in funnels and hierarchies.

use crate::coordinates::{LogLinearScale, LogLinearScales};
use nalgebra::{DMatrix, DVector};

/// The least excess kurtosis of a coordinate that is worth scaling. A slope of 0.3 has this excess;
/// that of a thousand normal draws has an error of 0.15.
const LEAST_EXCESS: f64 = 1.2;
/// The number of Newton steps for the likelihood, which is convex; it converges in half of them.
const NEWTON_STEPS: usize = 30;

/// The scales under which the points w, n×d, of location 0 and scale 1, have the same distribution
/// everywhere.
///
/// Coordinate i becomes a child of j if ln|w_i| and w_j are correlated by more than `bound`. Pairs
/// are taken in the order of their correlations, and a parent is never a child itself. Then (c, a)
/// maximise the likelihood of `w_i ~ N(0, e^{2(c + Σ a_j w_j)})`. A normal distribution of varying
/// scale has a kurtosis above 3, and 3 once its scale is undone. Coordinates for which this is not
/// so are left unchanged: in a banana, |w_i| depends on w_j because w_j depends on w_i.
///
/// # Cost
/// n·d² flops for the correlations.
pub(super) fn log_scales(w: &[f64], dim: usize, bound: f64) -> LogLinearScales {
    let columns: Vec<Vec<f64>> = (0..dim).map(|i| w.iter().skip(i).step_by(dim).copied().collect()).collect();
    // A coordinate of exactly 0 tells nothing about its scale; 1e-300 keeps its logarithm finite.
    let logs: Vec<Vec<f64>> =
        columns.iter().map(|c| c.iter().map(|v| libm::log(v.abs().max(1e-300))).collect()).collect();
    let pairs = (0..dim).flat_map(|i| (0..dim).map(move |j| (i, j))).filter(|(i, j)| i != j);
    let mut strong: Vec<(f64, usize, usize)> = pairs
        .map(|(i, j)| (correlation(&logs[i], &columns[j]).abs(), i, j))
        .filter(|(r, _, _)| *r > bound)
        .collect();
    strong.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); dim];
    for (_, i, j) in strong {
        let i_is_parent = parents.iter().any(|of| of.contains(&i));
        if !i_is_parent && parents[j].is_empty() {
            parents[i].push(j);
        }
    }
    let children = parents.iter().enumerate().filter(|(_, of)| !of.is_empty());
    let scales = children.map(|(i, of)| likeliest(&columns, i, of));
    let children = scales.filter(|scale| undoes_heavy_tails(&columns, scale)).collect();
    LogLinearScales { dim, children }
}

/// The most likely centres of the children given their scales e^s, Σ w e^(−2s)/Σ e^(−2s); 0 for all
/// other coordinates. They differ from the means, which depend mostly on the points at which the
/// scale is wide.
pub(super) fn narrow_centres(w: &[f64], dim: usize, scales: &LogLinearScales) -> DVector<f64> {
    let mut centres = DVector::zeros(dim);
    for scale in &scales.children {
        let logs = w.chunks_exact(dim).map(|w| -2.0 * scale.at(w));
        let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut total) = (0.0, 0.0);
        for (w, log) in w.chunks_exact(dim).zip(logs) {
            let weight = libm::exp(log - largest);
            sum += weight * w[scale.coordinate];
            total += weight;
        }
        centres[scale.coordinate] = sum / total;
    }
    centres
}

/// Whether the coordinate has heavy tails, and at most half of their excess is left under its
/// scale.
fn undoes_heavy_tails(columns: &[Vec<f64>], scale: &LogLinearScale) -> bool {
    let before = &columns[scale.coordinate];
    let shrunk = |row: usize| {
        let log = scale.constant + scale.slopes.iter().map(|(j, a)| a * columns[*j][row]).sum::<f64>();
        before[row] * libm::exp(-log)
    };
    let after: Vec<f64> = (0..before.len()).map(shrunk).collect();
    let excess = |w: &[f64]| {
        let moment = |power: i32| w.iter().map(|v| v.powi(power)).sum::<f64>() / w.len() as f64;
        moment(4) / moment(2).powi(2) - 3.0
    };
    excess(before) > LEAST_EXCESS && excess(&after).abs() < 0.5 * excess(before)
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let product = |u: &[f64], mu: f64, v: &[f64], mv: f64| {
        u.iter().zip(v).map(|(u, v)| (u - mu) * (v - mv)).sum::<f64>()
    };
    let r = product(a, ma, b, mb) / (product(a, ma, a, ma) * product(b, mb, b, mb)).sqrt();
    if r.is_nan() { 0.0 } else { r }
}

/// Minimises mean(s + ½w²e^{−2s}), s = c + Σ a_j w_j, by Newton steps of at most one in s at the
/// mean parent.
fn likeliest(columns: &[Vec<f64>], coordinate: usize, parents: &[usize]) -> LogLinearScale {
    let k = 1 + parents.len();
    let mut beta = DVector::zeros(k);
    for _ in 0..NEWTON_STEPS {
        let (mut gradient, mut hessian) = (DVector::zeros(k), DMatrix::zeros(k, k));
        for (row, w) in columns[coordinate].iter().enumerate() {
            let z = DVector::from_fn(k, |q, _| if q == 0 { 1.0 } else { columns[parents[q - 1]][row] });
            let ratio = w * w * libm::exp(-2.0 * z.dot(&beta));
            gradient += &z * (1.0 - ratio);
            hessian += &z * z.transpose() * (2.0 * ratio);
        }
        let Some(factor) = hessian.cholesky() else { break };
        let step = factor.solve(&gradient);
        let length = step.norm();
        beta -= &step * (1.0 / length).min(1.0);
        if length < 1e-12 {
            break;
        }
    }
    let slopes = parents.iter().enumerate().map(|(q, j)| (*j, beta[1 + q])).collect();
    LogLinearScale { coordinate, constant: beta[0], slopes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    /// Points with w₁, w₃ ~ N(0, 1), w₀ = e^{0.2 + 0.8 w₁ − 0.6 w₃}ξ and w₂ = e^{−0.3 + 0.9 w₃}ξ.
    fn points(n: usize) -> Vec<f64> {
        let mut stream = Stream::new(4, Purpose::Audit, 0);
        let mut w = Vec::new();
        for _ in 0..n {
            let (a, b) = (stream.normal(), stream.normal());
            w.push(stream.normal() * (0.2 + 0.8 * a - 0.6 * b).exp());
            w.push(a);
            w.push(stream.normal() * (-0.3 + 0.9 * b).exp());
            w.push(b);
        }
        w
    }

    #[test]
    fn parents_and_slopes_are_found() {
        let found = log_scales(&points(4096), 4, 0.3);
        let of: Vec<(usize, Vec<usize>)> = found
            .children
            .iter()
            .map(|s| {
                let mut parents: Vec<usize> = s.slopes.iter().map(|(j, _)| *j).collect();
                parents.sort_unstable();
                (s.coordinate, parents)
            })
            .collect();
        assert_eq!(of, vec![(0, vec![1, 3]), (2, vec![3])]);
        let slope = |k: usize, j: usize| found.children[k].slopes.iter().find(|s| s.0 == j).unwrap().1;
        // The information of a slope is 2n: a standard error of 0.011.
        for (got, exact) in [
            (found.children[0].constant, 0.2),
            (slope(0, 1), 0.8),
            (slope(0, 3), -0.6),
            (found.children[1].constant, -0.3),
            (slope(1, 3), 0.9),
        ] {
            assert!((got - exact).abs() < 5.0 * 0.011, "{got} {exact}");
        }
    }

    #[test]
    fn centres_are_those_of_the_narrow_part() {
        let mut stream = Stream::new(7, Purpose::Audit, 0);
        let mut w = Vec::new();
        for _ in 0..2048 {
            let a = stream.normal();
            w.extend([a, 0.25 + (1.5 * a).exp() * stream.normal()]);
        }
        let scale = LogLinearScale { coordinate: 1, constant: 0.0, slopes: vec![(0, 1.5)] };
        let centres = narrow_centres(&w, 2, &LogLinearScales { dim: 2, children: vec![scale] });
        // Its standard error is (Σ e^(−3a))^(−1/2), below 0.01; that of the mean is 0.2.
        assert!(centres[0] == 0.0, "{centres}");
        assert!((centres[1] - 0.25).abs() < 0.02, "{centres}");
    }

    #[test]
    fn a_banana_has_no_dependent_scales() {
        let mut stream = Stream::new(6, Purpose::Audit, 0);
        let mut w = Vec::new();
        for _ in 0..1024 {
            let x = stream.normal();
            w.extend([x, (x * x - 1.0 + stream.normal()) / 3.0f64.sqrt()]);
        }
        let magnitudes: Vec<f64> = w.iter().step_by(2).map(|v: &f64| v.abs().ln()).collect();
        let bent: Vec<f64> = w.iter().skip(1).step_by(2).copied().collect();
        assert!(correlation(&magnitudes, &bent) > 0.3125, "the check cannot fail");
        assert_eq!(log_scales(&w, 2, 0.3125), LogLinearScales::identity(2));
    }

    #[test]
    fn independent_coordinates_have_no_dependent_scales() {
        let mut w = vec![0.0; 8 * 1024];
        Stream::new(5, Purpose::Audit, 0).fill_normal(&mut w);
        assert!(log_scales(&w, 8, 10.0 / 32.0).children.is_empty());
    }
}
