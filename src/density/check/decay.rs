//! Checks that a density falls off along rays, as one with a finite integral does.

use super::error::PreflightError;
use super::points::Looked;
use crate::density::density_error::DensityError;
use crate::density::evaluate::{block_values, values_and_scores, values_or_nan};
use crate::density::target::Target;
use crate::num::{Mat, Purpose, Spectrum, Stream};

/// Distances from the start. They lie beyond the widest target that a fit looks for, 1e4, and span
/// five decades.
const DISTANCES: [f64; 6] = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Nearer distances, for rays along which a quantity overflows before 1e4, such as σ = e^u at u =
/// 690, for any density.
const NEARER: [f64; 6] = [150.0, 300.0, 600.0, 1200.0, 2400.0, 4800.0];
/// A quantity above this, or below its inverse, is about to overflow; it is not near a bound that
/// the user set.
const HUGE: f64 = 1e100;
/// The number of rays in random directions.
const RANDOM: u64 = 16;
/// The largest number of coordinates, and of principal directions, that get rays of their own.
const MOST_AXES: usize = 64;
/// Slopes are compared with this fraction of what integrability demands: logarithms in the tail
/// make a decade look flatter.
const NEARLY: f64 = 0.95;

/// The result of following rays.
pub(super) struct Decay {
    /// The number of rays along which the density gave numbers.
    pub seen: usize,
    /// The number of rays along which the density gave no number far out.
    pub uncovered: usize,
    /// The smallest −d log ρ/d log r of the last decade, over the rays on which no quantity
    /// overflows: the power with which the density falls off. It is ∞ if the density vanishes along
    /// all of them.
    pub slowest: f64,
}

/// Follows rays from the best point.
///
/// By Fubini's theorem the integral of ρ along a fixed direction is finite from almost every point,
/// so that log ρ + log r must fall. In polar coordinates ρ r^(d−1) is integrable along almost every
/// direction, so that along random ones log ρ + d log r must fall. The start is one of the random
/// points and not a mode: on a set of measure zero, such as the ridge of a funnel, a proper density
/// may well grow. The directions are those of the axes, those of the curvature at the start, which
/// find a linear combination of coordinates that is left free, and random ones. A curved manifold
/// along which the density is constant is not found.
///
/// Along some rays the density vanishes because a constrained quantity overflows, which says
/// nothing about its decay: the last distances before the overflow are used there. At a bound of
/// the support, in contrast, the quantities stay of usual size.
pub(super) fn check(target: &dyn Target, looked: &Looked) -> Result<Decay, PreflightError> {
    let (d, from) = (target.dim(), looked.best());
    let mut rays = axes(d);
    rays.extend(principal_directions(target, from)?);
    let fixed = rays.len();
    for k in 0..RANDOM {
        let mut direction = vec![0.0; d];
        Stream::new(0, Purpose::Preflight, 100 + k).fill_normal(&mut direction);
        let length = direction.iter().map(|u| u * u).sum::<f64>().sqrt();
        rays.push(direction.iter().map(|u| u / length).collect());
    }
    let points: Vec<f64> = rays
        .iter()
        .flat_map(|u| DISTANCES.iter().flat_map(move |r| from.iter().zip(u).map(move |(x, u)| x + r * u)))
        .collect();
    // Far out, where no fit evaluates the density, a missing number is no failure.
    let values = values_or_nan(target, &points);
    // A process that has ended is a failure, however tolerant the check is.
    let distance = DISTANCES[DISTANCES.len() - 1];
    block_values(target, from, &mut [0.0]).map_err(|error| PreflightError::LostFarOut { distance, error })?;
    let mut decay = Decay { seen: 0, uncovered: 0, slowest: f64::INFINITY };
    for (k, (direction, values)) in rays.iter().zip(values.chunks_exact(DISTANCES.len())).enumerate() {
        let Some([near, far]) = last_two(values) else {
            decay.uncovered += 1;
            continue;
        };
        let overflown = if k < fixed && far.1 == f64::NEG_INFINITY {
            before_overflow(target, from, direction)
        } else {
            None
        };
        let [near, far] = overflown.unwrap_or([near, far]);
        decay.seen += 1;
        // The density has fallen so far that rounding decides whether it still falls.
        if looked.is_buried(near.1) && looked.is_buried(far.1) {
            continue;
        }
        let needed = if k < fixed { 1.0 } else { d as f64 };
        let power = power(near, far);
        if power < NEARLY * needed {
            let (from, direction) = (from.to_vec(), direction.clone());
            return Err(PreflightError::NotIntegrable { from, direction, far: [near, far] });
        }
        // Up to where e^u overflows a density falls off as a power of e^u, which is faster than any
        // power of u.
        if overflown.is_none() {
            decay.slowest = decay.slowest.min(power);
        }
    }
    Ok(decay)
}

/// The last two distances with a density before a quantity overflows; `None` if an overflow is not
/// the reason why the density vanishes at 1e4.
fn before_overflow(target: &dyn Target, from: &[f64], direction: &[f64]) -> Option<[(f64, f64); 2]> {
    let at = |r: f64| from.iter().zip(direction).map(move |(x, u)| x + r * u);
    let points: Vec<f64> = NEARER.iter().flat_map(|r| at(*r)).collect();
    let values = values_or_nan(target, &points);
    let last = values.iter().rposition(|value| value.is_finite()).filter(|last| *last > 0)?;
    let quantities = target.constrain(&at(NEARER[last]).collect::<Vec<f64>>());
    let is_extreme = |q: &f64| q.abs() > HUGE || (*q != 0.0 && q.abs() < 1.0 / HUGE);
    let seen = [last - 1, last].map(|k| (NEARER[k], values[k]));
    (quantities.iter().any(is_extreme) && seen[0].1.is_finite()).then_some(seen)
}

/// −d log ρ/d log r between two pairs (distance, log ρ).
fn power(near: (f64, f64), far: (f64, f64)) -> f64 {
    match (near.1, far.1) {
        (_, f64::NEG_INFINITY) => f64::INFINITY,
        (f64::NEG_INFINITY, _) | (_, f64::INFINITY) => f64::NEG_INFINITY,
        (near_value, far_value) => (near_value - far_value) / libm::log(far.0 / near.0),
    }
}

/// The last two distances at which the density has a number, with that number.
fn last_two(values: &[f64]) -> Option<[(f64, f64); 2]> {
    let mut known =
        DISTANCES.iter().copied().zip(values.iter().copied()).filter(|(_, value)| !value.is_nan());
    let (far, near) = (known.next_back()?, known.next_back()?);
    Some([near, far])
}

/// Unit vectors in both directions of every axis.
fn axes(d: usize) -> Vec<Vec<f64>> {
    let axis = |i: usize, sign: f64| (0..d).map(|j| if i == j { sign } else { 0.0 }).collect();
    (0..d.min(MOST_AXES)).flat_map(|i| [axis(i, 1.0), axis(i, -1.0)]).collect()
}

/// Unit vectors in both directions of every eigenvector of the Hessian of log ρ, by differences of
/// the score. There are none in high dimension, or where the Hessian is not finite.
fn principal_directions(target: &dyn Target, from: &[f64]) -> Result<Vec<Vec<f64>>, DensityError> {
    let d = from.len();
    if d > MOST_AXES || d == 1 {
        return Ok(Vec::new());
    }
    let step = |i: usize| 1e-5 * (1.0 + from[i].abs());
    let mut moved = Vec::with_capacity(2 * d * d);
    for i in 0..d {
        for sign in [1.0, -1.0] {
            moved.extend_from_slice(from);
            let last = moved.len() - d + i;
            moved[last] += sign * step(i);
        }
    }
    let (_, scores) = values_and_scores(target, &moved)?;
    let slope = |i: usize, j: usize| (scores[2 * i * d + j] - scores[(2 * i + 1) * d + j]) / (2.0 * step(i));
    let hessian = Mat::from_fn(d, d, |i, j| 0.5 * (slope(i, j) + slope(j, i)));
    let Some(spectrum) = Spectrum::new(hessian.as_ref()) else { return Ok(Vec::new()) };
    let vectors = spectrum.vectors;
    let column = |k: usize, sign: f64| -> Vec<f64> { (0..d).map(|i| sign * vectors[(i, k)]).collect() };
    let both = (0..d).flat_map(|k| [column(k, 1.0), column(k, -1.0)]);
    Ok(both.filter(|u| u.iter().all(|u| u.is_finite())).collect())
}
