//! How well a flow covers its target, from draws that it moves forward and particles that it moves
//! backward.

use crate::density::{self, DensityError};
use crate::num::{Purpose, effective_fraction, log_mean_exp, pairwise_sum};
use crate::particles::PopulationPath;
use crate::transport::{
    Scheme, Tolerance, TransportError, VelocityField, integrate_ensemble, log_density_at,
};

/// Tolerance of the log weights: an effective fraction of 0.995 must differ from one of 0.99.
const TOLERANCE: Tolerance = Tolerance { absolute: 1e-4, relative: 1e-4 };
/// A place counts as uncovered if its log weight exceeds log Z by this many nats. Draws come there
/// at most a seventh as often as they should.
const UNCOVERED: f64 = 2.0;
/// Cap on weights in units of Z. A thousand particles with one such weight have an effective
/// fraction below 0.995, as with a weight without bound.
const LARGEST: f64 = 20.0;
/// A particle has escaped when a coordinate is this many times as large as the largest one of any
/// particle.
const RADIUS_FACTOR: f64 = 2.0;
/// Least escape radius in standard deviations of the prior. One prior draw in 10⁹ starts beyond it.
const LEAST_RADIUS: f64 = 6.0;

/// The |x_i| beyond which a trajectory counts as escaped.
pub(super) fn escape_radius(population_path: &PopulationPath) -> f64 {
    let furthest = population_path.last().x.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    (RADIUS_FACTOR * furthest).max(LEAST_RADIUS)
}

/// Log weights, nats, of `n` draws of the prior from stream `(seed, purpose)`; `None` if the flow
/// cannot move them yet.
///
/// # Errors
/// The error of the density at a draw.
pub(crate) fn forward_log_weights(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
) -> Result<Option<Vec<f64>>, DensityError> {
    let Ok(moved) = integrate_ensemble(field, n, seed, purpose, &Scheme::Flow(TOLERANCE)) else {
        return Ok(None);
    };
    let values = density::values(field.target, &moved.x)?;
    Ok(Some(values.iter().zip(&moved.log_q).map(|(v, q)| v - q).collect()))
}

/// Log weights, nats, at the particles of the target: +inf where the backward trajectory escapes.
/// `None` if the flow is too rough.
///
/// # Errors
/// The error of the density at a particle.
pub(crate) fn backward_log_weights(
    field: VelocityField<'_>,
    population_path: &PopulationPath,
) -> Result<Option<Vec<f64>>, DensityError> {
    let particles = &population_path.last().x;
    let log_q = match log_density_at(field, particles, TOLERANCE, escape_radius(population_path)) {
        Ok(log_q) => log_q,
        Err(TransportError::Density(error)) => return Err(error),
        Err(TransportError::Stuck { .. }) => return Ok(None),
    };
    let values = density::values(field.target, particles)?;
    Ok(Some(values.iter().zip(&log_q).map(|(v, q)| v - q).collect()))
}

/// The effective fraction 1/E[w/Z], where E is the mean over the target. It is the smaller of two
/// values: that of draws, which never reach places that the flow misses, and the one that particles
/// at such places imply.
pub(super) fn effective_fraction_from_both(forward: &[f64], backward: &[f64]) -> f64 {
    let log_z = log_mean_exp(forward);
    let excess = |w: &f64| if w - log_z > UNCOVERED { LARGEST.min(libm::exp(w - log_z)) - 1.0 } else { 0.0 };
    let excesses: Vec<f64> = backward.iter().map(excess).collect();
    effective_fraction(forward).min(1.0 / (1.0 + pairwise_sum(&excesses) / backward.len() as f64))
}

/// Share of the particles, 0 to 1, that are where draws hardly ever come.
pub(crate) fn uncovered_fraction(forward: &[f64], backward: &[f64]) -> f64 {
    let log_z = log_mean_exp(forward);
    backward.iter().filter(|w| **w - log_z > UNCOVERED).count() as f64 / backward.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_escaped_particle_in_a_thousand_is_reported() {
        let forward: Vec<f64> = (0..1000).map(|k| 4.0 + 0.01 * libm::sin(f64::from(k))).collect();
        let mut backward = forward.clone();
        let before = effective_fraction_from_both(&forward, &backward);
        assert!(before > 0.9999 && uncovered_fraction(&forward, &backward) == 0.0);
        // Draws alone resolve a weight below the bound.
        backward[7] = 5.9;
        assert_eq!(
            (effective_fraction_from_both(&forward, &backward), uncovered_fraction(&forward, &backward)),
            (before, 0.0)
        );
        backward[7] = f64::INFINITY;
        let after = effective_fraction_from_both(&forward, &backward);
        assert!((after - 1.0 / 1.019).abs() < 1e-12, "{after}");
        assert_eq!(uncovered_fraction(&forward, &backward), 1e-3);
        backward[8] = 4.0 + 5.0f64.ln() + UNCOVERED;
        assert!(effective_fraction_from_both(&forward, &backward) < after);
    }
}
