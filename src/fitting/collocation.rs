//! Where the equations are asked to hold: the laws of the collocation points.

use super::{Ladder, Points};
use crate::density::DensityError;
use crate::evolution::{Evolution, Nearby};
use crate::num::{Purpose, Stream};
use crate::transport::{Tolerance, TransportError, VelocityField, paths};

/// Half the points follow the learned flow; the other half covers what the flow has not found yet.
///
/// Any law with full support has the same minimiser; this one puts points where draws will pass, since
/// log w = z + ∫R dt along their paths, and still sees the places they should pass.
#[derive(Clone, Debug)]
pub struct Collocation<'a> {
    /// Populations along the annealing path, in standardised coordinates.
    pub ladder: &'a Ladder,
    /// Seed of the streams.
    pub seed: u64,
}

/// Up to this dimension a box is covered well enough by uniform points.
const BOX_DIMENSIONS: usize = 2;
/// Holds both prior and target to 2.5 standard deviations; trajectories see what lies beyond.
const BOX_HALF_WIDTH: f64 = 2.5;
/// Points taken from each trajectory.
const PER_PATH: usize = 8;
/// Trajectories for points need no more accuracy than keeps them inside the flow.
const PATH_TOLERANCE: Tolerance = Tolerance { absolute: 1e-2, relative: 1e-2 };
/// Noised cover points have so many times the variance of the law: its tails are where draws go astray.
const WIDER: f64 = 1.5;
/// Jitter of annealed particles, relative to their spread: fills the gaps between a thousand of them.
const JITTER: f64 = 0.1;

/// A set of points, and what was left out of it.
#[derive(Clone, Debug)]
pub struct PointSet {
    /// The points, weights 1.
    pub points: Points,
    /// How many from the front follow the learned flow.
    pub on_flow: usize,
    /// Points dropped because the density is zero there.
    pub outside: usize,
    /// Why no trajectories could be had, if so.
    pub flow_failed: Option<TransportError>,
}

impl Collocation<'_> {
    /// Set number `round` under the flow of `field`, with what the equations read of the target at every point.
    ///
    /// If the flow cannot be integrated all points come from the cover.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails at a point.
    pub fn points(
        &self,
        field: VelocityField<'_>,
        n_points: usize,
        round: u64,
    ) -> Result<PointSet, DensityError> {
        let n_paths = n_points / 2 / PER_PATH;
        let (mut candidates, flow_failed) =
            match paths(field, n_paths, PER_PATH, self.seed, round, PATH_TOLERANCE) {
                Ok(candidates) => (candidates, None),
                Err(error) => (Vec::new(), Some(error)),
            };
        let followed = candidates.len();
        let (dim, evolution) = (field.target.dim(), field.evolution);
        let mut stream = Stream::new(self.seed, Purpose::Points, round);
        while candidates.len() < n_points {
            candidates.push(self.cover_point(dim, evolution, &mut stream));
        }
        let x: Vec<f64> = candidates.iter().flat_map(|(_, x)| x.iter().copied()).collect();
        let mut data = Vec::new();
        evolution.equation_data().read(field.target, &x, &mut data)?;
        let width = evolution.equation_data().count(dim);
        let mut set = PointSet { points: Points::new(dim, width), on_flow: 0, outside: 0, flow_failed };
        for (k, ((t, x), data)) in candidates.iter().zip(data.chunks_exact(width)).enumerate() {
            if data[0] == f64::NEG_INFINITY {
                set.outside += 1;
                continue;
            }
            set.points.push(*t, x, data, 1.0);
            set.on_flow += usize::from(k < followed);
        }
        Ok(set)
    }

    fn cover_point(&self, dim: usize, evolution: &dyn Evolution, stream: &mut Stream) -> (f64, Vec<f64>) {
        let t = stream.uniform();
        let populations = &self.ladder.populations;
        let x = match evolution.nearby(t) {
            Nearby::Noised { signal, variance } => {
                let last = populations.last().expect("a ladder has its first population");
                let spread = (WIDER * variance).sqrt() + JITTER;
                moved(&last.x, dim, signal, spread, stream)
            }
            Nearby::Annealed { .. } if dim <= BOX_DIMENSIONS => {
                (0..dim).map(|_| BOX_HALF_WIDTH * (2.0 * stream.uniform() - 1.0)).collect()
            }
            Nearby::Annealed { b } => {
                // Of the two neighbours in b one is taken with the odds of its nearness.
                let right = populations.partition_point(|p| p.b < b).clamp(1, populations.len() - 1);
                let (low, high) = (&populations[right - 1], &populations[right]);
                let nearness = (b - low.b) / (high.b - low.b);
                let population = if stream.uniform() < nearness { high } else { low };
                moved(&population.x, dim, 1.0, JITTER, stream)
            }
        };
        (t, x)
    }
}

/// signal·x + spread·N(0, I) for one of the particles.
fn moved(particles: &[f64], dim: usize, signal: f64, spread: f64, stream: &mut Stream) -> Vec<f64> {
    let k = stream.index(particles.len() / dim);
    particles[k * dim..(k + 1) * dim].iter().map(|v| signal * v + spread * stream.normal()).collect()
}
