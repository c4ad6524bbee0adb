//! Whether a density falls off along rays, as one with a finite integral does.

use super::error::PreflightError;
use super::points::Looked;
use crate::density::density_error::DensityError;
use crate::density::evaluate::{block_values, values_and_scores, values_or_nan};
use crate::density::target::Target;
use crate::num::{Mat, Purpose, Spectrum, Stream};

/// Distances from the start: beyond the widest target that a fit looks for, 1e4, by five decades.
const DISTANCES: [f64; 6] = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Nearer ones, for rays along which a quantity overflows before 1e4: σ = e^u at u = 690, whatever
/// the density does.
const NEARER: [f64; 6] = [150.0, 300.0, 600.0, 1200.0, 2400.0, 4800.0];
/// A quantity above this, or below its inverse, is near to where it overflows and not to a bound
/// that somebody meant.
const HUGE: f64 = 1e100;
/// Rays in random directions.
const RANDOM: u64 = 16;
/// Coordinates, and principal directions, that get rays of their own.
const MOST_AXES: usize = 64;
/// Slopes are compared with this part of what integrability asks for: logarithms in the tail make a
/// decade look flatter.
const NEARLY: f64 = 0.95;

/// What was seen along the rays.
pub(super) struct Decay {
    /// Rays along which something was seen.
    pub seen: usize,
    /// Rays along which the density gave no number far out.
    pub uncovered: usize,
    /// The smallest −d log ρ/d log r of the last decade: the power with which the density falls
    /// off; ∞ if it vanishes.
    pub slowest: f64,
}

/// Follows rays from the best point.
///
/// By Fubini's theorem the integral of ρ along a fixed direction is finite from almost every point,
/// so that log ρ + log r must fall; in polar coordinates ρ r^(d−1) is integrable along almost every
/// direction, so that along random ones log ρ + d log r must fall. The start is one of the random
/// points and not a mode: on a set of measure zero, such as the ridge of a funnel, a proper density
/// may well grow. Directions are those of the axes; those of the curvature at the start, which
/// finds a linear combination that is left free; and random ones. A free manifold that is bent is
/// not found.
///
/// Along a ray on which the density vanishes since a constrained quantity overflows, that nothing
/// is there says nothing: the last distances before are looked at. A bound of the support itself is
/// known by the quantities, which stay of usual size.
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
    // Far out, where no fit asks, that there is no number is no failure.
    let values = values_or_nan(target, &points);
    // A process that has ended is no matter of tolerance.
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
        // So far down it has fallen; whether it still falls is a matter of rounding.
        if looked.is_buried(near.1) && looked.is_buried(far.1) {
            continue;
        }
        let needed = if k < fixed { 1.0 } else { d as f64 };
        let power = power(near, far);
        if power < NEARLY * needed {
            let (from, direction) = (from.to_vec(), direction.clone());
            return Err(PreflightError::NotIntegrable { from, direction, far: [near, far] });
        }
        // Up to where e^u overflows a density falls off as a power of e^u, faster than any of u.
        if overflown.is_none() {
            decay.slowest = decay.slowest.min(power);
        }
    }
    Ok(decay)
}

/// The last two distances with a density before a quantity overflows, if that is why there is none
/// at 1e4.
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

/// −d log ρ/d log r between two (distance, log ρ).
fn power(near: (f64, f64), far: (f64, f64)) -> f64 {
    match (near.1, far.1) {
        (_, f64::NEG_INFINITY) => f64::INFINITY,
        (f64::NEG_INFINITY, _) | (_, f64::INFINITY) => f64::NEG_INFINITY,
        (near_value, far_value) => (near_value - far_value) / libm::log(far.0 / near.0),
    }
}

/// The last two distances at which there is a number.
fn last_two(values: &[f64]) -> Option<[(f64, f64); 2]> {
    let mut known =
        DISTANCES.iter().copied().zip(values.iter().copied()).filter(|(_, value)| !value.is_nan());
    let (far, near) = (known.next_back()?, known.next_back()?);
    Some([near, far])
}

/// Both directions of every axis.
fn axes(d: usize) -> Vec<Vec<f64>> {
    let axis = |i: usize, sign: f64| (0..d).map(|j| if i == j { sign } else { 0.0 }).collect();
    (0..d.min(MOST_AXES)).flat_map(|i| [axis(i, 1.0), axis(i, -1.0)]).collect()
}

/// Both directions of every eigenvector of the second derivatives, by differences of the score;
/// none in high dimension, or where the second derivatives are not finite.
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
