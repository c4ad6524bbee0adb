//! Where the equations are asked to hold: the laws of the collocation points.

use super::{Ladder, Points};
use crate::density::{self, DensityError, Target};
use crate::evolution::Path;
use crate::num::{Purpose, Stream};
use crate::transport::{Tolerance, TransportError, VelocityField, paths};

/// Half the points follow the learned flow; the other half covers what the flow has not found yet.
///
/// Any law with full support has the same minimiser; this one puts points where draws will pass, since
/// log w = z + ∫R dt along their paths, and still sees the places they should pass.
#[derive(Clone, Debug)]
pub struct Collocation<'a> {
    /// Points per set.
    /// The law of the half that does not follow the flow.
    pub cover: Cover<'a>,
    /// Seed of the streams.
    pub seed: u64,
}

/// How space is covered, in standardised coordinates.
#[derive(Clone, Debug)]
pub enum Cover<'a> {
    /// Uniform in |x_i| ≤ half_width, t uniform.
    Box {
        /// In standard deviations of the target.
        half_width: f64,
    },
    /// Particles annealed from prior to target, t uniform, jittered.
    Particles(&'a Ladder),
}

/// Up to this dimension a box is covered well enough by uniform points.
const BOX_DIMENSIONS: usize = 2;
/// Holds both prior and target to 2.5 standard deviations; trajectories see what lies beyond.
const BOX_HALF_WIDTH: f64 = 2.5;
/// Points taken from each trajectory.
const PER_PATH: usize = 8;
/// Trajectories for points need no more accuracy than keeps them inside the flow.
const PATH_TOLERANCE: Tolerance = Tolerance { absolute: 1e-2, relative: 1e-2 };
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

impl<'a> Collocation<'a> {
    /// The law for a dimension: a box where it can be filled, annealed particles elsewhere.
    pub fn for_dimension(dim: usize, ladder: &'a Ladder, seed: u64) -> Collocation<'a> {
        let cover = if dim <= BOX_DIMENSIONS {
            Cover::Box { half_width: BOX_HALF_WIDTH }
        } else {
            Cover::Particles(ladder)
        };
        Collocation { cover, seed }
    }

    /// Set number `round` under the flow of `field`, with log ρ and its score at every point.
    ///
    /// If the flow cannot be integrated all points come from the cover.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails at a point.
    pub fn points(
        &self,
        target: &dyn Target,
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
        let path = field.evolution.path();
        let mut stream = Stream::new(self.seed, Purpose::Points, round);
        while candidates.len() < n_points {
            candidates.push(self.cover_point(target.dim(), path, &mut stream));
        }
        let x: Vec<f64> = candidates.iter().flat_map(|(_, x)| x.iter().copied()).collect();
        let (values, scores) = density::values_and_scores(target, &x)?;
        let dim = target.dim();
        let mut set = PointSet { points: Points::new(dim, 1 + dim), on_flow: 0, outside: 0, flow_failed };
        let mut data = vec![0.0; 1 + dim];
        for (k, (t, x)) in candidates.iter().enumerate() {
            if values[k] == f64::NEG_INFINITY {
                set.outside += 1;
                continue;
            }
            data[0] = values[k];
            data[1..].copy_from_slice(&scores[k * dim..(k + 1) * dim]);
            set.points.push(*t, x, &data, 1.0);
            set.on_flow += usize::from(k < followed);
        }
        Ok(set)
    }

    fn cover_point(&self, dim: usize, path: Path, stream: &mut Stream) -> (f64, Vec<f64>) {
        let t = stream.uniform();
        let x = match &self.cover {
            Cover::Box { half_width } => {
                (0..dim).map(|_| half_width * (2.0 * stream.uniform() - 1.0)).collect()
            }
            Cover::Particles(ladder) => {
                let populations = &ladder.populations;
                // Of the two neighbours in b one is taken with the odds of its nearness.
                let b = path.at(t).0;
                let right = populations.partition_point(|p| p.b < b).clamp(1, populations.len() - 1);
                let (low, high) = (&populations[right - 1], &populations[right]);
                let nearness = (b - low.b) / (high.b - low.b);
                let population = if stream.uniform() < nearness { high } else { low };
                let k = stream.index(population.x.len() / dim);
                population.x[k * dim..(k + 1) * dim].iter().map(|v| v + JITTER * stream.normal()).collect()
            }
        };
        (t, x)
    }
}
