//! Trajectories of particles: their positions at given times.

use super::euler_maruyama::{Chain, move_block};
use super::flow::{between, integrate_particles};
use super::scheme::Scheme;
use super::transport_error::TransportError;
use super::velocity_field::{FieldWorkspace, VelocityField};
use crate::num::{BLOCK, Purpose, Stream};
use rayon::prelude::*;

/// Positions (n×T×d) at `times` of the `n` particles that [`super::integrate_ensemble`] moves from
/// the same stream.
///
/// Positions between steps are interpolated linearly, which is accurate enough for figures. Along a
/// flow, the steps are those of the positions alone: the last position agrees with the one of the
/// ensemble within the tolerance. With noise, the last positions are the same unless the ensemble
/// is resampled, since no particle is resampled here.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
///
/// # Panics
/// If a time is outside [0, 1].
pub fn trajectories(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    scheme: &Scheme,
    times: &[f64],
) -> Result<Vec<f64>, TransportError> {
    assert!(
        times.iter().all(|t| (0.0..=1.0).contains(t)),
        "trajectories: times {times:?} are not all in [0, 1]"
    );
    let dim = field.dim();
    let blocks: Vec<Vec<f64>> = (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(FieldWorkspace::default, |work, k| {
            let size = BLOCK.min(n - k * BLOCK);
            let stream = Stream::new(seed, purpose, k as u64);
            let steps = steps_of_block(field, size, stream, scheme, work)?;
            let places = (0..size).flat_map(|p| times.iter().map(move |t| (p, *t)));
            Ok(places.flat_map(|(p, t)| between(&steps, t, p, dim)).collect())
        })
        .collect::<Result<_, TransportError>>()?;
    Ok(blocks.concat())
}

/// Times and positions of one block at the start and after every step.
fn steps_of_block(
    field: VelocityField<'_>,
    size: usize,
    mut stream: Stream,
    scheme: &Scheme,
    work: &mut FieldWorkspace,
) -> Result<Vec<(f64, Vec<f64>)>, TransportError> {
    let dim = field.dim();
    let mut steps: Vec<(f64, Vec<f64>)> = Vec::new();
    let mut take = |t: f64, x: &[f64]| steps.push((t, x.to_vec()));
    match scheme {
        Scheme::Flow(tolerance) => {
            let mut x = vec![0.0; size * dim];
            stream.fill_normal(&mut x);
            let velocity = |t: f64, x: &[f64], dx: &mut [f64]| field.velocity(t, x, dx, work);
            integrate_particles(&mut x, size, dim, *tolerance, velocity, take)?;
        }
        Scheme::Noise { grid, .. } => {
            // Each particle keeps one trajectory from start to end, so none is resampled.
            let chain = Chain { times: grid.times(), resample_below: 0.0 };
            move_block(field, size, stream, chain, work, &mut take)?;
        }
    }
    Ok(steps)
}
