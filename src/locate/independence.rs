//! Finds linear coordinates in which a target is a product of independent factors.

use super::hessian::hessians;
use crate::coordinates::IndependentFactors;
use crate::density::{DensityError, Target, values};
use nalgebra::{DMatrix, DVector};

/// The number of Hessians that are computed: directions that share an eigenvalue in one of them
/// differ in the next.
const HESSIANS: usize = 32;
/// The step of their differences in units of the spread of a coordinate. Truncation and rounding
/// are both near 1e-10 of a score.
const STEP: f64 = 1e-5;
/// Mixed derivatives below this fraction of the pure ones count as 0: differences resolve 1e-9.
const COUPLED: f64 = 1e-6;
/// The number of points at which the product is compared with the density.
const MIXED: usize = 256;

/// The factors of a target between which its mixed derivatives vanish at points y, n×k; `None` if
/// there is one factor.
///
/// If log ρ = Σ_B f_B of factors of some linear coordinates, all Hessians H_k are block diagonal in
/// them, and so are the eigenvectors of a random sum Σ c_k H_k against −E[H], which is positive
/// since it is E[∇log ρ ∇log ρᵀ]. Factors are the connected components of the mixed derivatives
/// that remain. The coordinates of the target itself are preferred if they serve as well. The
/// product is then compared with the density at points mixed from factors of different particles.
///
/// # Errors
/// If the density fails at a point.
///
/// # Cost
/// 64·k scores, and 256 values per factor.
pub(super) fn independent_factors(
    target: &dyn Target,
    y: &[f64],
) -> Result<Option<IndependentFactors>, DensityError> {
    let k = target.dim();
    if k == 1 || y.len() / k < HESSIANS {
        return Ok(None);
    }
    let scale = spreads(y, k);
    let Some(hessians) = scaled_hessians(target, y, &scale)? else { return Ok(None) };
    let along_axes = (DMatrix::identity(k, k), components(&hessians));
    let turned = common_basis(&hessians).map(|basis| {
        let of_basis: Vec<_> = hessians.iter().map(|h| basis.transpose() * h * &basis).collect();
        (basis, components(&of_basis))
    });
    let finer = turned.filter(|(_, components)| components.len() > along_axes.1.len());
    let (basis, components) = finer.unwrap_or(along_axes);
    if components.len() == 1 {
        return Ok(None);
    }
    let order: Vec<_> = components.concat().into_iter().map(|j| basis.column(j)).collect();
    let Some(basis) = of_unit_spread(DMatrix::from_diagonal(&scale) * DMatrix::from_columns(&order), y)
    else {
        return Ok(None);
    };
    let mut end = 0;
    let ranges = components.iter().map(|members| {
        end += members.len();
        end - members.len()..end
    });
    let (at, reference) = likeliest(target, y)?;
    let factors = IndependentFactors { at, reference, basis, ranges: ranges.collect() };
    // If the density vanishes or fails at mixed points, it is no product.
    Ok(if multiply_to(&factors, target, y).unwrap_or(false) { Some(factors) } else { None })
}

/// The standard deviation of each coordinate, or 1 if it is 0.
fn spreads(y: &[f64], k: usize) -> DVector<f64> {
    let points = DMatrix::from_column_slice(k, y.len() / k, y);
    points.column_variance().map(|v| if v > 0.0 { v.sqrt() } else { 1.0 })
}

/// The basis with its columns scaled so that the points have spread 1 along each, as a search for
/// them expects. `None` if it cannot be inverted.
fn of_unit_spread(mut basis: DMatrix<f64>, y: &[f64]) -> Option<DMatrix<f64>> {
    let k = basis.nrows();
    let along = basis.clone().try_inverse()? * DMatrix::from_column_slice(k, y.len() / k, y);
    let spread = spreads(along.as_slice(), k);
    basis.column_iter_mut().zip(spread.iter()).for_each(|(mut column, spread)| column *= *spread);
    Some(basis)
}

/// S·∇²log ρ·S with S the diagonal of `scale`, at some of the points; `None` if one of them is
/// beside the edge of the support.
fn scaled_hessians(
    target: &dyn Target,
    y: &[f64],
    scale: &DVector<f64>,
) -> Result<Option<Vec<DMatrix<f64>>>, DensityError> {
    let k = scale.len();
    let stride = y.len() / k / HESSIANS;
    let some: Vec<f64> = (0..HESSIANS).flat_map(|p| &y[p * stride * k..][..k]).copied().collect();
    let scaled = |h: DMatrix<f64>| DMatrix::from_fn(k, k, |i, j| scale[i] * h[(i, j)] * scale[j]);
    let found = hessians(target, &some, &(scale * STEP))?;
    Ok(found.into_iter().map(|h| h.map(scaled)).collect())
}

/// The eigenvectors of a sum of the Hessians with irrational weights against minus their mean;
/// `None` if minus the mean is not positive definite.
fn common_basis(hessians: &[DMatrix<f64>]) -> Option<DMatrix<f64>> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let weight = |p: usize| (p as f64 * GOLDEN).fract() - 0.5;
    let zero = DMatrix::zeros(hessians[0].nrows(), hessians[0].nrows());
    let sum = hessians.iter().enumerate().fold(zero.clone(), |sum, (p, h)| sum + h * weight(p));
    let root = hessians.iter().fold(zero, |sum, h| sum - h).cholesky()?.l();
    let half = root.solve_lower_triangular(&sum)?;
    let whitened = root.solve_lower_triangular(&half.transpose())?;
    let vectors = ((&whitened + whitened.transpose()) * 0.5).symmetric_eigen().eigenvectors;
    root.transpose().solve_upper_triangular(&vectors)
}

/// The sets of coordinates that mixed derivatives connect, each in ascending order; the sets are in
/// the order of their first members.
fn components(hessians: &[DMatrix<f64>]) -> Vec<Vec<usize>> {
    let k = hessians[0].nrows();
    let largest = |i: usize, j: usize| hessians.iter().map(|h| h[(i, j)].abs()).fold(0.0, f64::max);
    let own: Vec<f64> = (0..k).map(|i| largest(i, i).sqrt()).collect();
    let mut component: Vec<usize> = (0..k).collect();
    for j in 0..k {
        for i in 0..j {
            let (a, b) = (component[i], component[j]);
            if a != b && largest(i, j) > COUPLED * own[i] * own[j] {
                component.iter_mut().filter(|c| **c == a.max(b)).for_each(|c| *c = a.min(b));
            }
        }
    }
    let members = |c: usize| (0..k).filter(|i| component[*i] == c).collect::<Vec<_>>();
    (0..k).map(members).filter(|members| !members.is_empty()).collect()
}

fn likeliest(target: &dyn Target, y: &[f64]) -> Result<(Vec<f64>, f64), DensityError> {
    let all = values(target, y)?;
    let best = (0..all.len()).fold(0, |best, p| if all[p] > all[best] { p } else { best });
    let k = target.dim();
    Ok((y[best * k..(best + 1) * k].to_vec(), all[best]))
}

/// Whether log ρ − reference is the sum of the terms of the factors, at points mixed from factors
/// of different particles.
fn multiply_to(factors: &IndependentFactors, target: &dyn Target, y: &[f64]) -> Result<bool, DensityError> {
    let k = target.dim();
    let n = y.len() / k;
    let Some(inverse) = factors.basis.clone().try_inverse() else { return Ok(false) };
    let at = DVector::from_column_slice(&factors.at);
    let own = |p: usize| &inverse * (DVector::from_column_slice(&y[p * k..(p + 1) * k]) - &at);
    // The particles are a prime number apart, so that no two factors come from one particle.
    let mixed = (0..MIXED.min(n)).map(|p| {
        let mut mixed = DVector::zeros(k);
        for (b, range) in factors.ranges.iter().enumerate() {
            let part = own((p + b * 257) % n);
            range.clone().for_each(|i| mixed[i] = part[i]);
        }
        mixed
    });
    let mixed: Vec<DVector<f64>> = mixed.collect();
    let log_rho = |points: &[DVector<f64>]| {
        let x: Vec<f64> = points
            .iter()
            .flat_map(|u| (&at + &factors.basis * u).iter().copied().collect::<Vec<_>>())
            .collect();
        values(target, &x)
    };
    let mut difference = log_rho(&mixed)?;
    let mut size: Vec<f64> = difference.iter().map(|v| (v - factors.reference).abs()).collect();
    difference.iter_mut().for_each(|v| *v -= factors.reference);
    for range in &factors.ranges {
        let only = |u: &DVector<f64>| DVector::from_fn(k, |i, _| if range.contains(&i) { u[i] } else { 0.0 });
        let alone = log_rho(&mixed.iter().map(only).collect::<Vec<_>>())?;
        for ((difference, size), alone) in difference.iter_mut().zip(&mut size).zip(alone) {
            *difference -= alone - factors.reference;
            *size += (alone - factors.reference).abs();
        }
    }
    Ok(difference.iter().zip(&size).all(|(d, size)| d.abs() <= COUPLED * (1.0 + size)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinates::{ChangeOfVariables, Factorisation, Transformed};
    use crate::density::LogDensity;
    use crate::num::{Purpose, Scalar, Stream};

    /// A banana, a tilted double well and a skewed coordinate of y = W·x, coupled by `coupling`
    /// times a bump.
    struct Mixed {
        w: DMatrix<f64>,
        coupling: f64,
    }

    impl LogDensity for Mixed {
        fn dim(&self) -> usize {
            4
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            let row = |i: usize| {
                let terms: Vec<S> = (0..4).map(|j| x[j].clone() * self.w[(i, j)]).collect();
                S::weighted_sum(&[1.0; 4], &terms)
            };
            let [a, b, c, e] = [0, 1, 2, 3].map(row);
            let banana = a.square() * 0.5 + (b - a.square()).square() * 2.0;
            let well = (c.square() - 1.0).square() - c.clone() * 0.3;
            let skewed = e.clone().exp() - e.clone() * 2.0;
            let bump = (-((c - 1.0).square() + (e - 1.0).square())).exp() * self.coupling;
            bump - banana - well - skewed
        }
    }

    fn skew() -> DMatrix<f64> {
        DMatrix::from_row_slice(
            4,
            4,
            &[1.0, 0.4, -0.3, 0.1, 0.2, 0.9, 0.5, -0.6, -0.7, 0.3, 1.1, 0.2, 0.3, -0.2, 0.4, 0.8],
        )
    }

    fn particles() -> Vec<f64> {
        let mut x = vec![0.0; 4 * 400];
        Stream::new(8, Purpose::Audit, 0).fill_normal(&mut x);
        x
    }

    fn sizes(factors: &IndependentFactors) -> Vec<usize> {
        let mut sizes: Vec<usize> = factors.ranges.iter().map(|range| range.len()).collect();
        sizes.sort_unstable();
        sizes
    }

    #[test]
    fn blocks_of_skew_coordinates_are_found_and_their_product_is_the_density() {
        let target = Mixed { w: skew(), coupling: 0.0 };
        let factors = independent_factors(&target, &particles()).unwrap().unwrap();
        assert_eq!(sizes(&factors), [1, 1, 2]);
        let factorisation = Factorisation::identity(4).refined(factors);
        let along = factorisation.inverse_all(&particles());
        assert!(spreads(&along, 4).iter().all(|spread| (spread - 1.0).abs() < 1e-12));
        for x in particles().chunks_exact(4).take(20) {
            let y = factorisation.inverse_all(x);
            let of_factor = |k: usize| {
                let factor = Transformed::new(&target, factorisation.factor(k));
                values(&factor, &y[factorisation.ranges[k].clone()]).unwrap()[0]
            };
            let (sum, exact) =
                ((0..3).map(of_factor).sum::<f64>(), target.log_density(x) + factorisation.log_det);
            assert!((sum - exact).abs() < 1e-8 * (1.0 + exact.abs()), "{sum} {exact}");
        }
    }

    #[test]
    fn coordinates_that_serve_stay_as_they_are() {
        let axes = Mixed { w: DMatrix::identity(4, 4), coupling: 0.0 };
        let factors = independent_factors(&axes, &particles()).unwrap().unwrap();
        assert_eq!(sizes(&factors), [1, 1, 2]);
        assert_eq!(factors.basis.iter().filter(|v| **v != 0.0).count(), 4);
    }

    #[test]
    fn a_faint_coupling_and_a_single_coordinate_are_seen() {
        let coupled = Mixed { w: skew(), coupling: 1e-3 };
        assert_eq!(sizes(&independent_factors(&coupled, &particles()).unwrap().unwrap()), [2, 2]);
        let of_line = [("dim".to_string(), 1.0), ("wells".to_string(), 1.0)].into();
        let line = crate::density::named_target("many-well", &of_line).unwrap();
        assert_eq!(independent_factors(&*line, &[0.5; 64]).unwrap(), None);
        let banana = crate::density::named_target("banana", &Default::default()).unwrap();
        let points = &particles()[..banana.dim() * 100];
        assert_eq!(independent_factors(&*banana, points).unwrap(), None);
    }

    #[test]
    fn a_product_near_the_particles_that_is_none_farther_out_is_refused() {
        /// Coupled only where both coordinates exceed 1.
        struct Corner;
        impl LogDensity for Corner {
            fn dim(&self) -> usize {
                2
            }
            fn log_density<S: Scalar>(&self, x: &[S]) -> S {
                let past = |v: &S| if v.value() > 1.0 { v.clone() - 1.0 } else { v.clone() * 0.0 };
                let (a, b) = (past(&x[0]), past(&x[1]));
                -(x[0].square().square() + x[1].square()) - a.square() * b.square()
            }
        }
        // The particles lie on the axes, so that only mixed ones reach the corner.
        let on_axes: Vec<f64> = (0..200)
            .flat_map(|k| if k % 2 == 0 { [0.02 * f64::from(k), 0.1] } else { [0.1, 0.02 * f64::from(k)] })
            .collect();
        assert_eq!(independent_factors(&Corner, &on_axes).unwrap(), None);
    }
}
