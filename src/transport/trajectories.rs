//! Particles watched on their way: where each of them is at given times.

use super::euler_maruyama::{Chain, move_block};
use super::flow::{between, carry};
use super::scheme::Scheme;
use super::transport_error::TransportError;
use super::velocity_field::{FieldWorkspace, VelocityField};
use crate::num::{BLOCK, Purpose, Stream};
use rayon::prelude::*;

/// Positions n×T×d at `times` of the `n` particles that [`super::integrate_ensemble`] moves from the same stream.
///
/// Positions between steps are interpolated linearly: they are for looking at. Along a flow the steps are those of the
/// positions alone, so that the last position agrees with the ensemble's within the tolerance; with noise it is the same, unless particles
/// are resampled: here none is.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
///
/// # Panics
/// If a time lies outside [0, 1].
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

/// Times and positions after every step of one block, the start among them.
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
            carry(&mut x, size, dim, *tolerance, velocity, take)?;
        }
        Scheme::Noise { grid, .. } => {
            // One way from start to end for each particle: none is resampled.
            let chain = Chain { times: grid.times(), resample_below: 0.0 };
            move_block(field, size, stream, chain, work, &mut take)?;
        }
    }
    Ok(steps)
}
