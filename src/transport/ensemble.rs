//! Draws of the prior, moved to t = 1 with the log density that the flow gives them.

use super::velocity_field::FieldWorkspace;
use super::{Tolerance, VelocityField, integrate};
use crate::evolution::log_prior;
use crate::num::{BLOCK, Purpose, Stream};
use crate::transport::runge_kutta::Work;
use rayon::prelude::*;
use std::fmt;

/// Particles at the end of their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ensemble {
    /// Positions at t = 1, n×d.
    pub x: Vec<f64>,
    /// log q(x): log density of the law that the flow gives them, `log p_prior(x₀) − ∫ div μ dt`.
    pub log_q: Vec<f64>,
    /// Evaluations of the velocity, per block of particles.
    pub evaluations: usize,
}

/// Particles could not be carried to t = 1.
#[derive(Clone, Debug, PartialEq)]
pub struct TransportError {
    /// Time reached.
    pub time: f64,
    /// Where the particle was then, standardised coordinates.
    pub at: Vec<f64>,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the flow cannot be integrated past t = {:.6} near x = {:?} (standardised): \
             the learned velocity is too rough there; fit for more steps",
            self.time, self.at
        )
    }
}
impl std::error::Error for TransportError {}

/// Moves `n` draws of the prior of stream `(seed, purpose)`; `watch(t, x)` sees each block's steps.
///
/// Blocks of particles share their step sizes, so results do not depend on threads, nor the first ones on n.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
pub fn move_ensemble(
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
            move_block(field, size, Stream::new(seed, purpose, k as u64), tolerance, work, |_, _| ())
        })
        .collect::<Result<_, _>>()?;
    let mut all = Ensemble::default();
    for block in blocks {
        all.x.extend(block.x);
        all.log_q.extend(block.log_q);
        all.evaluations += block.evaluations;
    }
    Ok(all)
}

/// One block of particles: y holds their positions, then ∫ div μ dt of each.
pub(super) fn move_block(
    field: VelocityField<'_>,
    size: usize,
    mut stream: Stream,
    tolerance: Tolerance,
    work: &mut FieldWorkspace,
    mut watch: impl FnMut(f64, &[f64]),
) -> Result<Ensemble, TransportError> {
    let dim = field.networks.list()[0].dim;
    let mut y = vec![0.0; size * (dim + 1)];
    stream.fill_normal(&mut y[..size * dim]);
    let start: Vec<f64> = y[..size * dim].chunks_exact(dim).map(log_prior).collect();
    let mut reached = y.clone();
    let done = integrate(
        &mut y,
        tolerance,
        |t, y, dy| {
            let (velocity, divergence) = dy.split_at_mut(size * dim);
            field.evaluate(t, &y[..size * dim], velocity, divergence, work);
        },
        |t, y| {
            reached.copy_from_slice(y);
            watch(t, &y[..size * dim]);
        },
    );
    let Work { evaluations, .. } = done.map_err(|stuck| {
        let particle =
            if stuck.component < size * dim { stuck.component / dim } else { stuck.component - size * dim };
        TransportError { time: stuck.time, at: reached[particle * dim..(particle + 1) * dim].to_vec() }
    })?;
    let log_q = start.iter().zip(&y[size * dim..]).map(|(p, divergence)| p - divergence).collect();
    y.truncate(size * dim);
    Ok(Ensemble { x: y, log_q, evaluations })
}

/// Points (t, x) on the paths of `n` particles, `per_path` on each, their times stratified over [0, 1].
///
/// Round by round other particles. Positions between steps are interpolated linearly: they say where an
/// equation is asked to hold, so their accuracy does not matter.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
pub fn paths(
    field: VelocityField<'_>,
    n: usize,
    per_path: usize,
    seed: u64,
    round: u64,
    tolerance: Tolerance,
) -> Result<Vec<(f64, Vec<f64>)>, TransportError> {
    let blocks: Vec<Vec<(f64, Vec<f64>)>> = (0..n.div_ceil(BLOCK))
        .into_par_iter()
        .map_init(FieldWorkspace::default, |work, k| {
            let size = BLOCK.min(n - k * BLOCK);
            let stream =
                |half: u64| Stream::new(seed, Purpose::Paths, (round << 32) | (half << 31) | k as u64);
            let mut steps: Vec<(f64, Vec<f64>)> = Vec::new();
            move_block(field, size, stream(0), tolerance, work, |t, x| steps.push((t, x.to_vec())))?;
            let mut times = stream(1);
            let mut points = Vec::with_capacity(size * per_path);
            for particle in 0..size {
                for stratum in 0..per_path {
                    let t = (stratum as f64 + times.uniform()) / per_path as f64;
                    points.push((t, between(&steps, t, particle, field.networks.list()[0].dim)));
                }
            }
            Ok(points)
        })
        .collect::<Result<_, TransportError>>()?;
    Ok(blocks.concat())
}

/// Position of a particle at time t, linear between the steps.
fn between(steps: &[(f64, Vec<f64>)], t: f64, particle: usize, dim: usize) -> Vec<f64> {
    let right = steps.partition_point(|(s, _)| *s < t).clamp(1, steps.len() - 1);
    let (early, late) = (&steps[right - 1], &steps[right]);
    let part = (t - early.0) / (late.0 - early.0);
    let range = particle * dim..(particle + 1) * dim;
    early.1[range.clone()].iter().zip(&late.1[range]).map(|(a, b)| a + part * (b - a)).collect()
}
