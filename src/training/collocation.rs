//! The distribution of the collocation points, at which the equations must hold.

use super::assemble::Assembler;
use super::collocation_points::CollocationPoints;
use super::coverage::escape_radius;
use super::selection::select;
use crate::density::DensityError;
use crate::evolution::{AnnealingPath, CoverDistribution, TargetSummary};
use crate::locate::LocatedFactor;
use crate::num::{Purpose, Stream};
use crate::optim::LeastSquares;
use crate::particles::PopulationPath;
use crate::transport::{StartAt, Tolerance, TransportError, VelocityField, paths};

/// Distribution of the collocation points. Half of the candidates follow the learned flow, forward
/// from the prior and backward from the target. The other half covers what the flow has not reached
/// yet.
///
/// Any distribution with full support has the same minimiser. This one puts points where draws pass
/// and where they should pass, since log w = z + ∫R dt along both kinds of trajectories, and it
/// still covers the rest.
#[derive(Clone, Debug)]
pub struct Collocation<'a> {
    /// Populations along the annealing path, in standardised coordinates.
    population_path: &'a PopulationPath,
    /// Low and high sides of the box; empty in many dimensions.
    sides: Vec<(f64, f64)>,
    /// Squared width d/E|∇log ρ|² of the features of the target, in standardised coordinates.
    feature_variance: f64,
    /// Standard deviation of the noise of noised cover points, in units of that of their
    /// distribution.
    noise: f64,
    /// Seed of the random streams.
    seed: u64,
}

/// Up to this dimension uniform points cover a box well enough. They are this share of the cover.
const BOX_DIMENSIONS: usize = 2;
const BOX_SHARE: f64 = 0.5;
/// Half width of the box, in standard deviations of the prior. Trajectories cover what lies beyond.
const BOX_HALF_WIDTH: f64 = 2.5;
/// The box also contains all particles of a skewed target but this fraction at either end, with a
/// margin in units of their range.
const BEYOND: f64 = 0.002;
const MARGIN: f64 = 0.05;
/// Fraction of the trajectories that are integrated backward from the target.
const BACK: f64 = 0.5;
/// Backward trajectories start at annealed particles moved by this many feature widths, which fills
/// the gaps between a thousand particles.
const BLUR: f64 = 0.5;
/// Number of candidates for each point of a batch.
const CANDIDATES: usize = 3;
/// Number of points taken from each trajectory.
const PER_PATH: usize = 8;
/// Tolerance of the trajectories. They need only be accurate enough to stay inside the flow.
const PATH_TOLERANCE: Tolerance = Tolerance { absolute: 1e-2, relative: 1e-2 };
/// Noise of noised cover points, in units of that of their distribution, whose tails are where
/// draws go astray.
const NOISE: f64 = 1.25;
/// Factor by which a broadened cover is wider: its box contains the prior to 3.5 standard
/// deviations.
const BROADER: f64 = 1.4;
/// Jitter of annealed particles, relative to their spread, which fills the gaps between a thousand
/// particles.
const JITTER: f64 = 0.1;

/// A batch of points, and what was left out of it.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The points, all of weight 1.
    pub points: CollocationPoints,
    /// Number of points that were dropped because the density is zero there.
    pub outside: usize,
    /// The error of the trajectories; `None` if they succeeded.
    pub flow_failed: Option<TransportError>,
}

impl<'a> Collocation<'a> {
    /// The distribution for a located factor.
    pub fn new(located: &'a LocatedFactor, seed: u64) -> Collocation<'a> {
        Collocation::of(&located.population_path, located.summary, seed)
    }

    /// The distribution for a factor with these populations and this summary.
    pub fn of(population_path: &'a PopulationPath, summary: TargetSummary, seed: u64) -> Collocation<'a> {
        let last = &population_path.last().x;
        let dim = summary.dim;
        let side = |i: usize| {
            let mut along: Vec<f64> = last.iter().skip(i).step_by(dim).copied().collect();
            along.sort_by(f64::total_cmp);
            let cut = (along.len() as f64 * BEYOND) as usize;
            let (low, high) = (along[cut], along[along.len() - 1 - cut]);
            let margin = MARGIN * (high - low);
            ((low - margin).min(-BOX_HALF_WIDTH), (high + margin).max(BOX_HALF_WIDTH))
        };
        let sides = if dim <= BOX_DIMENSIONS { (0..dim).map(side).collect() } else { Vec::new() };
        Collocation { population_path, sides, feature_variance: summary.feature_variance, noise: NOISE, seed }
    }

    /// The distribution with a cover that goes further out, for tails as accurate as the bulk.
    pub fn broadened(&self) -> Collocation<'a> {
        let side = |(low, high): &(f64, f64)| {
            let (middle, half) = (0.5 * (low + high), 0.5 * BROADER * (high - low));
            (middle - half, middle + half)
        };
        let sides = self.sides.iter().map(side).collect();
        Collocation { sides, noise: BROADER * self.noise, ..self.clone() }
    }

    /// Batch number `round` under the flow of `field`, with what the equations read of the target
    /// at every point.
    ///
    /// If the flow cannot be integrated, all points come from the cover.
    ///
    /// # Errors
    /// [`DensityError`] if the density fails at a point.
    pub fn points(
        &self,
        field: VelocityField<'_>,
        n_points: usize,
        round: u64,
    ) -> Result<Batch, DensityError> {
        let (mut candidates, flow_failed) = match self.on_paths(field, n_points / 2, round) {
            Ok(candidates) => (candidates, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let (dim, evolution) = (field.target.dim(), field.evolution.description());
        let mut stream = Stream::new(self.seed, Purpose::Points, round);
        while candidates.len() < n_points {
            candidates.push(self.cover_point(dim, &evolution.ansatz.path, &mut stream));
        }
        let x: Vec<f64> = candidates.iter().flat_map(|(_, x)| x.iter().copied()).collect();
        let mut data = Vec::new();
        evolution.reads.read(field.target, &x, &mut data)?;
        let width = evolution.reads.count(dim);
        let mut set = Batch { points: CollocationPoints::new(dim, width), outside: 0, flow_failed };
        for ((t, x), data) in candidates.iter().zip(data.chunks_exact(width)) {
            if data[0] == f64::NEG_INFINITY {
                set.outside += 1;
                continue;
            }
            set.points.push(*t, x, data, 1.0);
        }
        Ok(set)
    }

    /// The `n_points` of a batch three times as large on which a step is made, and their residuals.
    ///
    /// # Errors
    /// The errors of [`Collocation::points`].
    pub fn chosen(
        &self,
        field: VelocityField<'_>,
        n_points: usize,
        round: u64,
    ) -> Result<(Batch, Vec<f64>), DensityError> {
        let mut set = self.points(field, CANDIDATES * n_points, round)?;
        if set.points.is_empty() {
            return Ok((set, Vec::new()));
        }
        let problem = Assembler::new(field.evolution, field.networks, &set.points);
        let residuals = problem.residuals(field.theta);
        let mut stream = Stream::new(self.seed, Purpose::Selection, round);
        let (points, residuals) = select(&set.points, &residuals, n_points, &mut stream);
        set.points = points;
        Ok((set, residuals))
    }

    /// About `n_points` on trajectories. Forward ones, from draws of the prior, show where draws
    /// go; backward ones, from the target, show where draws are missing.
    fn on_paths(
        &self,
        field: VelocityField<'_>,
        n_points: usize,
        round: u64,
    ) -> Result<Vec<(f64, Vec<f64>)>, TransportError> {
        let dim = field.target.dim();
        let mut stream = Stream::new(self.seed, Purpose::Paths, round);
        let backward = ((n_points / PER_PATH) as f64 * BACK) as usize;
        let forward = n_points / PER_PATH - backward;
        let mut starts = vec![0.0; forward * dim];
        stream.fill_normal(&mut starts);
        // An escaped trajectory shows where the flow diverges. Points beyond the radius would
        // dominate the loss: where V is quadratic, its gradient carries a trajectory off
        // exponentially, and the residual grows like the fourth power.
        let radius = escape_radius(self.population_path);
        let times = stratified(forward, &mut stream);
        let mut points = paths(field, &starts, StartAt::Prior, radius, &times, PATH_TOLERANCE)?;
        if backward > 0 {
            let blur = BLUR * self.feature_variance.sqrt();
            let starts: Vec<f64> = (0..backward)
                .flat_map(|_| moved(&self.population_path.last().x, dim, 1.0, blur, &mut stream))
                .collect();
            let times = stratified(backward, &mut stream);
            match paths(field, &starts, StartAt::Target, radius, &times, PATH_TOLERANCE) {
                Ok(more) => points.extend(more),
                // A particle in the far tail may be where the flow is not learned at all.
                Err(TransportError::Stuck { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(points)
    }

    fn cover_point(&self, dim: usize, path: &dyn AnnealingPath, stream: &mut Stream) -> (f64, Vec<f64>) {
        let t = stream.uniform();
        let populations = &self.population_path.populations;
        let x = match path.cover(t) {
            CoverDistribution::Noised { signal, variance } => {
                let spread = self.noise * variance.sqrt() + JITTER;
                moved(&self.population_path.last().x, dim, signal, spread, stream)
            }
            CoverDistribution::Annealed { .. } if dim <= BOX_DIMENSIONS && stream.uniform() < BOX_SHARE => {
                let of_side = |(low, high): &(f64, f64)| low + (high - low) * stream.uniform();
                self.sides.iter().map(of_side).collect()
            }
            CoverDistribution::Annealed { b } => {
                // One of the two neighbours in b is taken, with a probability linear in b.
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

/// Times for `n` trajectories, one in each of [`PER_PATH`] equal parts of [0, 1].
fn stratified(n: usize, stream: &mut Stream) -> Vec<f64> {
    let part = |k: usize| (k % PER_PATH) as f64;
    (0..n * PER_PATH).map(|k| (part(k) + stream.uniform()) / PER_PATH as f64).collect()
}

/// Returns signal·x + spread·N(0, I) for a random particle x.
fn moved(particles: &[f64], dim: usize, signal: f64, spread: f64, stream: &mut Stream) -> Vec<f64> {
    let k = stream.index(particles.len() / dim);
    particles[k * dim..(k + 1) * dim].iter().map(|v| signal * v + spread * stream.normal()).collect()
}
