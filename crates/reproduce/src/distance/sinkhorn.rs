//! Entropic optimal transport between two sets of points, computed as for published tables.

use crate::distance::pairs::{comparable, squared_distances};
use pushforward::num::{Points, pairwise_sum};
use rayon::prelude::*;

/// The ε of published tables, in units of the coordinates.
const EPSILON: f64 = 1e-3;

/// The number of iterations of published tables.
const ITERATIONS: usize = 100;

/// Terms that lie so far below the largest, e^−60 = 9e-27, do not change the last bit of a sum of
/// millions.
const NEGLIGIBLE: f64 = -60.0;

/// ⟨P, C⟩ for C_ij = |x_i − y_j| and the plan P_ij = e^((f_i + g_j − C_ij)/ε) after 100 Sinkhorn
/// iterations with ε = 1e-3 and uniform weights; in units of the coordinates, at least 0.
///
/// Tables of learned samplers call it "W2". The iterations start at g = 0; each fits f to the rows,
/// then g to the columns, all in log space. A plan between distant sets is far from converged then,
/// its rows do not sum to 1/n, and the figure depends on ε and the count: compare it with figures
/// computed the same way, and with its floor ([`super::floors`]). The result is NaN if a set is
/// empty or a coordinate is not finite.
///
/// # Panics
/// If the dimensions differ.
///
/// # Cost
/// 200·n·m subtractions and few exponentials, rows in parallel; 2·n·m numbers (64 MB for two sets
/// of 2000 points).
///
/// # Source
/// Cuturi 2013; Peyré & Cuturi 2019, section 4.4. Published code also stops once f and g move by
/// less than 1e-5, which changes the result by that order.
///
/// Exact case: if y_j = x_j + a and other pairs are farther apart by many ε, the result is |a|.
#[track_caller]
pub fn sinkhorn_w1(x: Points<'_>, y: Points<'_>) -> f64 {
    if !comparable(x, y) {
        return f64::NAN;
    }
    let (costs, transposed) = (scaled_costs(x, y, EPSILON), scaled_costs(y, x, EPSILON));
    EPSILON * plan_cost(&costs, &transposed, (x.len(), y.len()), ITERATIONS)
}

/// The costs |x_i − y_j|/ε, n×m.
fn scaled_costs(x: Points<'_>, y: Points<'_>, epsilon: f64) -> Vec<f64> {
    let mut costs = squared_distances(x, y);
    costs.par_iter_mut().for_each(|c| *c = c.sqrt() / epsilon);
    costs
}

/// ⟨P, C⟩/ε from C/ε and its transpose.
fn plan_cost(costs: &[f64], transposed: &[f64], (n, m): (usize, usize), iterations: usize) -> f64 {
    let (mut f, mut g) = (vec![0.0; n], vec![0.0; m]);
    for _ in 0..iterations {
        f = fitted(costs, &g);
        g = fitted(transposed, &f);
    }
    let row = |(row, f): (&[f64], &f64)| -> f64 {
        let term = |(c, g): (&f64, &f64)| {
            let log = f + g - c;
            if log < NEGLIGIBLE { 0.0 } else { libm::exp(log) * c }
        };
        row.iter().zip(&g).map(term).sum()
    };
    pairwise_sum(&costs.par_chunks_exact(m).zip(&f).map(row).collect::<Vec<f64>>())
}

/// The potential over ε that gives each row of the plan its mass 1/rows, given the other potential.
fn fitted(costs: &[f64], other: &[f64]) -> Vec<f64> {
    let log_rows = libm::log((costs.len() / other.len()) as f64);
    costs.par_chunks_exact(other.len()).map(|row| -log_rows - log_sum(row, other)).collect()
}

/// log Σ_j e^(other_j − row_j), where all numbers are finite.
fn log_sum(row: &[f64], other: &[f64]) -> f64 {
    let logs = || row.iter().zip(other).map(|(c, v)| v - c);
    let largest = logs().fold(f64::NEG_INFINITY, |a, b| if b > a { b } else { a });
    let near = logs().map(|l| l - largest).filter(|l| *l > NEGLIGIBLE);
    largest + libm::log(near.map(libm::exp).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::num::{Purpose, Stream};

    fn normals(n: usize, index: u64) -> Vec<f64> {
        let mut points = vec![0.0; n];
        Stream::new(3, Purpose::Audit, index).fill_normal(&mut points);
        points
    }

    fn between(x: &[f64], y: &[f64], dim: usize) -> f64 {
        sinkhorn_w1(Points::new(x, dim), Points::new(y, dim))
    }

    /// For two pairs at distances 0 and a the plan has ½/(1 + e^(−a/ε)) on the diagonal.
    #[test]
    fn two_pairs_have_their_closed_form() {
        let a = 2e-3;
        let exact = a / (1.0 + libm::exp(a / EPSILON));
        assert!((between(&[0.0, a], &[0.0, a], 1) - exact).abs() < 1e-17);
        let other = a / (1.0 + libm::exp(a / (1.1 * EPSILON)));
        assert!((other - exact).abs() > 1e-5, "another ε would pass");
    }

    #[test]
    fn a_small_shift_is_its_length() {
        let x: Vec<f64> = (0..200).flat_map(|k| [f64::from(k % 20), f64::from(k / 20)]).collect();
        let y: Vec<f64> = x.chunks_exact(2).rev().flat_map(|p| [p[0] + 0.09, p[1] - 0.12]).collect();
        // Rounding of potentials of size 150 (in ε) enters through e^f.
        assert!((between(&x, &y, 2) - 0.15).abs() < 1e-13);
    }

    /// Plain scaling of e^(−C/ε) as in Cuturi 2013, for unequal numbers of points and an ε that
    /// allows it.
    #[test]
    fn scaling_without_logarithms_agrees() {
        let (n, m, epsilon) = (17, 23, 0.4);
        let (x, y) = (normals(3 * n, 0), normals(3 * m, 1));
        let costs = scaled_costs(Points::new(&x, 3), Points::new(&y, 3), epsilon);
        let transposed = scaled_costs(Points::new(&y, 3), Points::new(&x, 3), epsilon);
        for iterations in [1, 7] {
            let (mut u, mut v) = (vec![0.0; n], vec![1.0; m]);
            let kernel = |i: usize, j: usize| (-costs[i * m + j]).exp();
            for _ in 0..iterations {
                let row = |i: usize| (0..m).map(|j| kernel(i, j) * v[j]).sum::<f64>();
                u = (0..n).map(|i| 1.0 / (n as f64 * row(i))).collect();
                let column = |j: usize| (0..n).map(|i| kernel(i, j) * u[i]).sum::<f64>();
                v = (0..m).map(|j| 1.0 / (m as f64 * column(j))).collect();
            }
            let cost = |i: usize, j: usize| u[i] * kernel(i, j) * v[j] * costs[i * m + j];
            let naive: f64 = (0..n).flat_map(|i| (0..m).map(move |j| (i, j))).map(|(i, j)| cost(i, j)).sum();
            let ours = plan_cost(&costs, &transposed, (n, m), iterations);
            assert!((ours / naive - 1.0).abs() < 1e-13, "{ours} {naive}");
            let twin = plan_cost(&costs, &transposed, (n, m), iterations + 1);
            assert!((twin / naive - 1.0).abs() > 1e-7, "one iteration more would pass");
        }
    }

    #[test]
    fn threads_do_not_matter() {
        let (x, y) = (normals(2 * 150, 2), normals(2 * 130, 3));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| between(&x, &y, 2).to_bits())
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn edges() {
        assert_eq!(between(&[3.0, 4.0], &[0.0, 0.0], 2), 5.0);
        assert!(between(&[], &[1.0], 1).is_nan());
        assert!(between(&[f64::NAN, 1.0], &[1.0, 2.0], 1).is_nan());
        assert!(between(&[f64::INFINITY], &[1.0], 1).is_nan());
    }
}
