//! The pilot: where the target is and how wide, so that the fit can work in standardised coordinates.

use super::gaussian_part::split_gaussian;
use super::hierarchy::{log_scales, narrow_centres};
use super::independent::independent_blocks;
use super::laplace::{Laplace, Located};
use super::{Block, FitError, FitSettings, Frame, Framed, Ladder, Split, Tempering};
use crate::density::{self, DensityError, LogScales, Target};
use crate::evolution::Setting;
use crate::num::pairwise_sum;
use nalgebra::{DMatrix, DVector};

/// What the pilot found.
#[derive(Clone, Debug)]
pub struct Pilot {
    /// Coordinates in which the target is a product.
    pub split: Split,
    /// What was found of each block.
    pub blocks: Vec<BlockPilot>,
}

/// What the pilot found of a block.
#[derive(Clone, Debug)]
pub struct BlockPilot {
    /// Where it is and how wide.
    pub frame: Frame,
    /// What brought the particles there.
    pub located: Located,
    /// Populations along the annealing path from N(0, I), in standardised coordinates u; the last one may have come from
    /// further out.
    pub ladder: Ladder,
    /// What evolutions may know of the standardised block.
    pub setting: Setting,
}

/// Searches start from N(0, s²) with these s, until the target is seen to lie well inside.
const SEARCH_SCALES: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// A target wider than this fraction of the search is searched again, wider.
const WELL_INSIDE: f64 = 0.5;
/// Nats of log Z by which a wider search, or the law of a peak, must find more to be preferred: the noise of such an
/// estimate.
pub(super) const CLEARLY_MORE: f64 = 0.5;

impl Pilot {
    /// Looks for the target and splits it into blocks; then, for each, annealed populations: a wide one for location and
    /// scale, and one from the standardised prior. If scales are seen to depend on other coordinates, the frame is
    /// refined in between. One block with location 0 and scale 1 is taken unless the settings say `standardise`; then
    /// the prior is made `prior_width` times as wide as the target.
    ///
    /// # Errors
    /// [`FitError::Density`] if the density fails; [`FitError::NoSupport`] if it is zero at all particles.
    pub fn run(target: &dyn Target, settings: &FitSettings, prior_width: f64) -> Result<Pilot, FitError> {
        let (split, found) = if settings.standardise {
            find_split(target, settings)?
        } else {
            (Split::none(target.dim()), None)
        };
        let mut blocks = Vec::new();
        for k in 0..split.blocks.len() {
            let (block, seed) = (split.block(target, k), block_seed(settings.seed, k));
            let told = |error: FitError| error.told(|error| block.in_target_coordinates(error));
            let (frame, located, width) = match (&found, settings.standardise) {
                (_, false) => (Frame::identity(block.dim()), Located::AsGiven, 1.0),
                (Some((frame, located)), true) => (frame.clone(), *located, prior_width),
                (None, true) => {
                    let (y, located) = search(&block, seed ^ SPLIT).map_err(told)?;
                    (frame_of(&y, block.dim()), located, prior_width)
                }
            };
            blocks.push(BlockPilot::run(&block, frame, located, width, seed)?);
        }
        Ok(Pilot { split, blocks })
    }
}

impl BlockPilot {
    /// From a first frame.
    fn run(
        block: &Block<'_>,
        mut frame: Frame,
        located: Located,
        prior_width: f64,
        seed: u64,
    ) -> Result<BlockPilot, FitError> {
        let tempering = Tempering::default();
        for (round, factor) in REFINEMENTS.into_iter().enumerate() {
            if frame.log_scales.driven.is_empty() {
                break;
            }
            let tempering = Tempering { particles: factor * tempering.particles, ..tempering };
            let population = {
                let framed = frame.standardise(block);
                let ladder = anneal(&framed, tempering, seed ^ REFINED ^ round as u64)?;
                in_block(&ladder, &framed)
            };
            frame = frame_of(&population, block.dim());
        }
        let frame = frame.widened(prior_width);
        let framed = frame.standardise(block);
        let mut ladder = anneal(&framed, tempering, seed ^ STANDARDISED)?;
        if let Some(particles) = from_outside(&framed, ladder.log_z, seed)? {
            ladder.set_last(particles);
        }
        let feature_variance = feature_variance(&framed, &ladder.last().x)?;
        let setting = Setting { dim: framed.dim(), feature_variance };
        Ok(BlockPilot { frame, located, ladder, setting })
    }
}

/// The seed of block number `k`: another for each, the fit's own for the first.
pub(super) fn block_seed(seed: u64, k: usize) -> u64 {
    // Weyl's sequence with the golden ratio: no two of the first 2^63 coincide.
    seed.wrapping_add((k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A population from the prior of a frame; errors are told in the target's coordinates.
fn anneal(framed: &Framed<'_>, tempering: Tempering, seed: u64) -> Result<Ladder, FitError> {
    let ladder = tempering.run(framed, seed).map_err(|error| framed.in_target_coordinates(error))?;
    if ladder.supported == 0 {
        return Err(FitError::NoSupport { scale: 1.0 });
    }
    Ok(ladder)
}

/// Particles of the target that came from outside of it, unless they found clearly less than `log_z`.
///
/// Those that come from the prior have to climb into tails that it does not hold, along the arms of a banana say, and
/// hardly any arrive; from outside they are left over there.
fn from_outside(framed: &Framed<'_>, log_z: f64, seed: u64) -> Result<Option<Vec<f64>>, FitError> {
    let tempering = Tempering { start_scale: OUTSIDE, ..Tempering::default() };
    let ladder = tempering.run(framed, seed ^ OUTER).map_err(|error| framed.in_target_coordinates(error))?;
    let found = ladder.supported > 0 && ladder.log_z > log_z - CLEARLY_MORE;
    Ok(found.then(|| ladder.last().x.clone()))
}

/// The last population in the coordinates y of the block.
fn in_block(ladder: &Ladder, framed: &Framed<'_>) -> Vec<f64> {
    let mut y = ladder.last().x.clone();
    for point in y.chunks_exact_mut(framed.dim()) {
        let u = point.to_vec();
        framed.to_block(&u, point);
    }
    y
}

/// d/E|∇log ρ|² over a population, at most that of the prior.
fn feature_variance(framed: &Framed<'_>, x: &[f64]) -> Result<f64, DensityError> {
    let (_, scores) =
        density::values_and_scores(framed, x).map_err(|error| framed.in_target_coordinates(error))?;
    let squares: Vec<f64> = scores.iter().map(|s| s * s).collect();
    let mean = pairwise_sum(&squares) / squares.len() as f64;
    Ok((1.0 / mean).clamp(SMALLEST_FEATURE, 1.0))
}

/// Features narrower than this have scores that overflow the range of a network anyway.
const SMALLEST_FEATURE: f64 = 1e-6;

/// Keep the streams of the later populations apart from the first one's.
const STANDARDISED: u64 = 0x5354_4152_5445_4400;
/// Populations that refine a frame whose scales depend on coordinates, in units of the usual one: a slope that is off by
/// 0.05 is a funnel of its own, and each is known to one part in the root of the particles that share no ancestor.
const REFINEMENTS: [usize; 2] = [1, 8];
/// Standard deviations of the standardised prior from which particles come from outside: beyond any draw of a Gaussian, and
/// two or three temperatures more. On a banana they reach 3.2 standard deviations, as draws do, where those from 1 reach
/// 2.3, those from 2 and 3 less on one side.
const OUTSIDE: f64 = 5.0;
const OUTER: u64 = 0x4f55_5445_5200_0000;
const CLIMBED: u64 = 0x434c_494d_4245_4400;
const SPLIT: u64 = 0x5350_4c49_5400_0000;
const REFINED: u64 = 0x5245_4649_4e45_4400;

/// Looks for the target, splits off the directions in which it is Gaussian, and parts what is left into independent
/// blocks: few dimensions keep all modes in sight where many lose them. If nothing is split, the frame of the target and
/// what brought particles there come along.
fn find_split(
    target: &dyn Target,
    settings: &FitSettings,
) -> Result<(Split, Option<(Frame, Located)>), FitError> {
    let whole = Split::none(target.dim());
    let (population, located) = search(target, settings.seed)?;
    let frame = frame_of(&population, target.dim());
    let split = {
        let block = whole.block(target, 0);
        let affine = Frame { log_scales: LogScales::default(), ..frame.clone() };
        let framed = affine.standardise(&block);
        let points: Vec<f64> =
            population.chunks_exact(target.dim()).flat_map(|x| framed.from_block(x)).collect();
        let split = split_gaussian(&framed, &points).map_err(|error| framed.in_target_coordinates(error))?;
        split.after(&frame.location, &frame.scale)
    };
    if settings.factorise {
        let part = |x: &[f64]| split.part(x)[..split.active()].to_vec();
        let y: Vec<f64> = population.chunks_exact(target.dim()).flat_map(part).collect();
        let block = split.block(target, 0);
        let blocks = independent_blocks(&block, &y).map_err(|error| block.in_target_coordinates(error))?;
        if let Some(blocks) = blocks {
            return Ok((split.refined(blocks), None));
        }
    }
    let found = split.is_none().then_some((frame, located));
    Ok((split, found))
}

/// Searches from ever wider starts until the target lies well inside one; of those made, the population of the one
/// that found most mass serves, since particles that miss some of it make log Z too small.
///
/// Where the normal law of a peak holds clearly more still, the particles start from there: a scale of 0.01 beside one of
/// 30, correlated, is out of reach of moves along the axes.
fn search(target: &dyn Target, seed: u64) -> Result<(Vec<f64>, Located), FitError> {
    let mut best: Option<(f64, Vec<f64>)> = None;
    for start_scale in SEARCH_SCALES {
        let ladder = Tempering { start_scale, ..Tempering::default() }.run(target, seed)?;
        if ladder.supported == 0 {
            continue;
        }
        let (location, covariance) = moments(&ladder.last().x, target.dim());
        let reach = |i: usize| covariance[(i, i)].sqrt() + location[i].abs();
        let widest = (0..target.dim()).map(reach).fold(0.0, f64::max);
        if best.as_ref().is_none_or(|(log_z, _)| ladder.log_z > log_z + CLEARLY_MORE) {
            best = Some((ladder.log_z, ladder.last().x.clone()));
        }
        if widest < WELL_INSIDE * start_scale {
            break;
        }
    }
    let none = FitError::NoSupport { scale: SEARCH_SCALES[SEARCH_SCALES.len() - 1] };
    let (log_z, population) = best.ok_or(none)?;
    let Some(Laplace { top, root }) = Laplace::with_more_mass(target, &population, log_z, seed) else {
        return Ok((population, Located::Particles));
    };
    let frame = Frame { location: top, scale: root, ..Frame::identity(target.dim()) };
    let whole = Split::none(target.dim());
    let block = whole.block(target, 0);
    let framed = frame.standardise(&block);
    let ladder = anneal(&framed, Tempering::default(), seed ^ CLIMBED)?;
    Ok((in_block(&ladder, &framed), Located::Laplace))
}

/// Scales of driven coordinates and their centres depend on each other; both settle in a few rounds.
const RECENTRINGS: usize = 3;

/// Under independence a correlation of n particles has standard deviation 1/√n. Tempered particles descend from fewer
/// ancestors, so the bound is ten of them.
fn correlation_bound(n: usize) -> f64 {
    10.0 / (n as f64).sqrt()
}

/// The frame in which points y look standard.
fn frame_of(y: &[f64], dim: usize) -> Frame {
    let n = y.len() / dim;
    let (mut location, mut covariance) = moments(y, dim);
    let scale = root(covariance.clone(), n);
    let w = whitened(y, &location, &scale);
    let scales = log_scales(w.as_slice(), dim, correlation_bound(n));
    if scales.driven.is_empty() {
        return Frame { location, scale, log_scales: scales };
    }
    // Heavy tails make correlations between driven coordinates, and shift their means, by parts of their widest scale;
    // where they are narrow that is many of their own.
    for a in &scales.driven {
        for b in scales.driven.iter().filter(|b| b.coordinate != a.coordinate) {
            covariance[(a.coordinate, b.coordinate)] = 0.0;
        }
    }
    let scale = root(covariance, n);
    let mut found = scales;
    for _ in 0..RECENTRINGS {
        let w = whitened(y, &location, &scale);
        found = log_scales(w.as_slice(), dim, correlation_bound(n));
        location += &scale * narrow_centres(w.as_slice(), dim, &found);
    }
    Frame { location, scale, log_scales: found }
}

/// scale⁻¹(y − location), a column for each point.
fn whitened(y: &[f64], location: &DVector<f64>, scale: &DMatrix<f64>) -> DMatrix<f64> {
    let mut points = DMatrix::from_column_slice(location.len(), y.len() / location.len(), y);
    points.column_iter_mut().for_each(|mut column| column -= location);
    scale.solve_lower_triangular(&points).expect("a root has a positive diagonal")
}

fn moments(x: &[f64], dim: usize) -> (DVector<f64>, DMatrix<f64>) {
    let points = DMatrix::from_column_slice(dim, x.len() / dim, x);
    let mean = points.column_mean();
    let mut centred = points;
    centred.column_iter_mut().for_each(|mut c| c -= &mean);
    let n = centred.ncols() as f64;
    (mean, &centred * centred.transpose() / n)
}

/// Cholesky root of a sampled covariance in which correlations that n particles cannot tell from none are
/// dropped: a rotation by noise would only mix coordinates that the target keeps apart.
fn root(covariance: DMatrix<f64>, n: usize) -> DMatrix<f64> {
    let d = covariance.nrows();
    let sd = |i: usize| covariance[(i, i)].sqrt().max(1e-8);
    let bound = correlation_bound(n);
    let kept = DMatrix::from_fn(d, d, |i, j| {
        let correlation = covariance[(i, j)] / (sd(i) * sd(j));
        if i == j {
            sd(i) * sd(i)
        } else if correlation.abs() > bound {
            covariance[(i, j)]
        } else {
            0.0
        }
    });
    let diagonal = DMatrix::from_diagonal(&DVector::from_fn(d, |i, _| sd(i)));
    kept.cholesky().map_or(diagonal, |c| c.l())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::named_target;

    /// Along the arms of a banana the mass beyond 2.7 standard deviations is 0.35 % on either side.
    #[test]
    fn particles_from_outside_lie_in_the_arms_and_those_of_less_mass_are_not_taken() {
        let target = named_target("banana", &Default::default()).unwrap();
        let whole = Split::none(2);
        let block = whole.block(&*target, 0);
        // Location 0 and the deviations 3 and (1 + 2b²s⁴)^½ = 2.735 of its facts.
        let scale = DMatrix::from_diagonal(&DVector::from_vec(vec![3.0, 2.735]));
        let frame = Frame { location: DVector::zeros(2), scale, ..Frame::identity(2) };
        let framed = frame.standardise(&block);
        let furthest = |x: &[f64]| {
            let along = x.iter().step_by(2);
            along.fold((0.0f64, 0.0f64), |(low, high), v| (low.min(*v), high.max(*v)))
        };
        let (mut from_prior, mut from_outside_of_it) = ((0.0, 0.0), (0.0, 0.0));
        for seed in 0..4 {
            let ladder = anneal(&framed, Tempering::default(), seed).unwrap();
            let outside = from_outside(&framed, ladder.log_z, seed).unwrap().unwrap();
            assert_eq!(outside.len(), ladder.last().x.len());
            let (near, far) = (furthest(&ladder.last().x), furthest(&outside));
            from_prior = (from_prior.0 + near.0 / 4.0, from_prior.1 + near.1 / 4.0);
            from_outside_of_it = (from_outside_of_it.0 + far.0 / 4.0, from_outside_of_it.1 + far.1 / 4.0);
            assert_eq!(from_outside(&framed, ladder.log_z + 2.0, seed).unwrap(), None);
        }
        // The largest of 1024 draws of a normal law is 3.2 ± 0.3.
        assert!(from_outside_of_it.0 < -2.7, "{from_outside_of_it:?}");
        assert!(from_outside_of_it.1 > 2.7, "{from_outside_of_it:?}");
        assert!(from_prior.0 > -2.7, "{from_prior:?}");
        assert!(from_prior.1 < 2.7, "{from_prior:?}");
    }
}
