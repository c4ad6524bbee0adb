//! Particles on the probability flow dX = v dt, with the exact divergence along their trajectories.

use super::ensemble::Ensemble;
use super::runge_kutta::{Tolerance, integrate};
use super::transport_error::TransportError;
use super::velocity_field::{FieldWorkspace, VelocityField};
use crate::density::DensityError;
use crate::evolution::log_prior;
use crate::num::{BLOCK, Purpose, Stream};
use rayon::prelude::*;

/// Moves `n` draws of the prior along the flow; see [`super::integrate_ensemble`].
pub(super) fn move_along(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    tolerance: Tolerance,
) -> Result<Ensemble, TransportError> {
    let blocks: Vec<Ensemble> = (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(FieldWorkspace::default, |work, k| {
            let size = BLOCK.min(n - k * BLOCK);
            move_block(field, size, Stream::new(seed, purpose, k as u64), tolerance, work)
        })
        .collect::<Result<_, _>>()?;
    Ok(Ensemble::concat(blocks))
}

/// Moves one block of particles. y holds their positions, then ∫ div v dt of each.
fn move_block(
    field: VelocityField<'_>,
    size: usize,
    mut stream: Stream,
    tolerance: Tolerance,
    work: &mut FieldWorkspace,
) -> Result<Ensemble, TransportError> {
    let dim = field.dim();
    let mut y = vec![0.0; size * (dim + 1)];
    stream.fill_normal(&mut y[..size * dim]);
    let start: Vec<f64> = y[..size * dim].chunks_exact(dim).map(log_prior).collect();
    let field_at = |t: f64, y: &[f64], dy: &mut [f64]| {
        let (velocity, divergence) = dy.split_at_mut(size * dim);
        field.flow(t, &y[..size * dim], velocity, divergence, work)
    };
    let evaluations = integrate_particles(&mut y, size, dim, tolerance, field_at, |_, _| ())?;
    let log_q = start.iter().zip(&y[size * dim..]).map(|(p, divergence)| p - divergence).collect();
    y.truncate(size * dim);
    Ok(Ensemble { x: y, log_q, evaluations })
}

/// log q at given points x (n×d): their log density under the flow, computed by backward
/// integration to the prior.
///
/// A particle escapes when a coordinate exceeds `escape_radius` in absolute value. It is integrated
/// no further and its log q is −inf.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
pub fn log_density_at(
    field: VelocityField<'_>,
    x: &[f64],
    tolerance: Tolerance,
    escape_radius: f64,
) -> Result<Vec<f64>, TransportError> {
    let dim = field.dim();
    let log_start = |x: &[f64]| if has_escaped(x, escape_radius) { f64::NEG_INFINITY } else { log_prior(x) };
    let blocks: Vec<Vec<f64>> = x
        .par_chunks(BLOCK * dim)
        .map_init(FieldWorkspace::default, |work, block| {
            let size = block.len() / dim;
            let mut y = block.to_vec();
            y.resize(size * (dim + 1), 0.0);
            let backward = Direction { from: StartAt::Target, escape_radius, dim };
            let field_at = |s: f64, y: &[f64], dy: &mut [f64]| {
                let (x, (velocity, divergence)) = (&y[..size * dim], dy.split_at_mut(size * dim));
                field.flow(backward.time(s), x, velocity, divergence, work)?;
                backward.reverse(x, velocity);
                backward.reverse(x, divergence);
                Ok(())
            };
            integrate_particles(&mut y, size, dim, tolerance, field_at, |_, _| ())?;
            let (start, divergence) = y.split_at(size * dim);
            Ok(start.chunks_exact(dim).map(log_start).zip(divergence).map(|(p, minus)| p + minus).collect())
        })
        .collect::<Result<_, TransportError>>()?;
    Ok(blocks.concat())
}

/// Whether a coordinate of a particle exceeds `escape_radius`. NaN does not count.
fn has_escaped(x: &[f64], escape_radius: f64) -> bool {
    x.iter().any(|v| v.abs() > escape_radius)
}

/// Integrates `y`, whose first size·dim numbers are positions. Further numbers, if any, belong to
/// one particle each. Returns the number of evaluations.
pub(super) fn integrate_particles(
    y: &mut [f64],
    size: usize,
    dim: usize,
    tolerance: Tolerance,
    mut field_at: impl FnMut(f64, &[f64], &mut [f64]) -> Result<(), DensityError>,
    mut watch: impl FnMut(f64, &[f64]),
) -> Result<usize, TransportError> {
    let mut reached = y.to_vec();
    let mut failed = None;
    let done = integrate(
        y,
        tolerance,
        |t, y, dy| {
            if let Err(error) = field_at(t, y, dy) {
                // NaN makes the step shorter: closer by, the target may not fail.
                dy.fill(f64::NAN);
                failed.get_or_insert(error);
            }
        },
        |t, y| {
            reached.copy_from_slice(y);
            watch(t, y);
        },
    );
    let work = done.map_err(|stuck| match failed {
        Some(error) => TransportError::Density(error),
        None => {
            let positions = size * dim;
            let k = stuck.component;
            let particle = if k < positions { k / dim } else { k - positions };
            TransportError::Stuck {
                time: stuck.time,
                at: reached[particle * dim..(particle + 1) * dim].to_vec(),
            }
        }
    })?;
    Ok(work.evaluations)
}

/// The end at which a trajectory starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StartAt {
    /// The trajectory starts at the prior, t = 0, and runs forward.
    Prior,
    /// The trajectory starts at the target, t = 1, and runs backward.
    Target,
}

/// Direction of an integration along the flow, and where it stops following a particle.
#[derive(Clone, Copy)]
struct Direction {
    from: StartAt,
    /// A particle with a larger coordinate, in absolute value, has escaped.
    escape_radius: f64,
    dim: usize,
}

impl Direction {
    /// The time t after s units of integration time.
    fn time(self, s: f64) -> f64 {
        match self.from {
            StartAt::Prior => s,
            StartAt::Target => 1.0 - s,
        }
    }

    /// Converts rates per t, equally many for each particle of `x`, into rates per s. The rates of
    /// a particle that has escaped become 0, even if they are NaN.
    fn reverse(self, x: &[f64], rates: &mut [f64]) {
        let direction = if self.from == StartAt::Prior { 1.0 } else { -1.0 };
        let each = rates.len() * self.dim / x.len();
        for (x, rates) in x.chunks_exact(self.dim).zip(rates.chunks_exact_mut(each)) {
            let escaped = has_escaped(x, self.escape_radius);
            rates.iter_mut().for_each(|v| *v = if escaped { 0.0 } else { direction * *v });
        }
    }
}

/// Positions at the given times t of particles whose trajectories begin at `starts` (n×d). Every
/// particle has equally many times, listed one particle after another.
///
/// A particle escapes when a coordinate exceeds `escape_radius` in absolute value. Its trajectory
/// ends there and its later positions are left out.
///
/// Positions between steps are interpolated linearly. They say where an equation is asked to hold,
/// so their accuracy does not matter.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
///
/// # Panics
/// If the number of times is not a multiple of the number of particles.
pub fn paths(
    field: VelocityField<'_>,
    starts: &[f64],
    from: StartAt,
    escape_radius: f64,
    times: &[f64],
    tolerance: Tolerance,
) -> Result<Vec<(f64, Vec<f64>)>, TransportError> {
    let dim = field.dim();
    let n = starts.len() / dim;
    if n == 0 {
        return Ok(Vec::new());
    }
    assert!(times.len().is_multiple_of(n), "{} times for {n} particles", times.len());
    let per_path = times.len() / n;
    let direction = Direction { from, escape_radius, dim };
    let sides = starts.par_chunks(BLOCK * dim).zip(times.par_chunks(BLOCK * per_path));
    let blocks: Vec<Vec<(f64, Vec<f64>)>> = sides
        .map_init(FieldWorkspace::default, |work, (block, times)| {
            let mut x = block.to_vec();
            let mut steps: Vec<(f64, Vec<f64>)> = Vec::new();
            let watch = |s: f64, x: &[f64]| steps.push((s, x.to_vec()));
            let field_at = |s: f64, x: &[f64], dx: &mut [f64]| {
                field.velocity(direction.time(s), x, dx, work)?;
                direction.reverse(x, dx);
                Ok(())
            };
            integrate_particles(&mut x, block.len() / dim, dim, tolerance, field_at, watch)?;
            let position = |(k, &t): (usize, &f64)| {
                let x = between(&steps, direction.time(t), k / per_path, dim);
                (!has_escaped(&x, escape_radius)).then_some((t, x))
            };
            Ok(times.iter().enumerate().filter_map(position).collect())
        })
        .collect::<Result<_, TransportError>>()?;
    Ok(blocks.concat())
}

/// Position of a particle at time t, interpolated linearly between the steps.
pub(super) fn between(steps: &[(f64, Vec<f64>)], t: f64, particle: usize, dim: usize) -> Vec<f64> {
    let right = steps.partition_point(|(s, _)| *s < t).clamp(1, steps.len() - 1);
    let (early, late) = (&steps[right - 1], &steps[right]);
    let part = (t - early.0) / (late.0 - early.0);
    let range = particle * dim..(particle + 1) * dim;
    early.1[range.clone()].iter().zip(&late.1[range]).map(|(a, b)| a + part * (b - a)).collect()
}
