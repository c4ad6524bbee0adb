//! Locates a target: factors it, whitens each factor, and anneals populations of each.

use super::anneal::{anneal, from_outside};
use super::gaussian_directions::split_off_gaussian;
use super::independence::independent_factors;
use super::locate_error::LocateError;
use super::located_target::{LocatedBy, LocatedFactor, LocatedTarget};
use super::search::search;
use super::settings::LocateSettings;
use super::whitening_estimate::estimate_whitening;
use crate::coordinates::{ChangeOfVariables, Factor, Factorisation, Transformed, WhitenedFactor, Whitening};
use crate::density::{self, DensityError, Target};
use crate::evolution::TargetSummary;
use crate::num::{indexed_seed, pairwise_sum};
use crate::particles::AnnealedSmc;

/// These keep the random streams of the later populations apart from those of the first one.
const STANDARDISED: u64 = 0x5354_4152_5445_4400;
const SPLIT: u64 = 0x5350_4c49_5400_0000;
const REFINED: u64 = 0x5245_4649_4e45_4400;
/// The sizes, in units of the usual one, of the populations that refine a whitening whose scales
/// depend on coordinates. A slope that is off by 0.05 leaves a funnel of its own, and the relative
/// error of a slope is 1/√n for n particles that share no ancestor.
const REFINEMENTS: [usize; 2] = [1, 8];

/// Locates `target`: searches for it, factors it, and anneals populations of each factor.
///
/// The search gives particles of the whole target. They give the directions in which it is
/// Gaussian, and then, with `factorise`, independent factors of what is left. For each factor a
/// wide population gives location and scale; if scales depend on coordinates, the whitening is
/// refined. The last population comes from the whitened prior, widened `prior_width` times. Without
/// `standardise` the target is one factor with location 0 and scale 1.
///
/// # Errors
/// [`LocateError::Density`] if the density fails; [`LocateError::NoSupport`] if it is zero at all
/// particles.
///
/// # Cost
/// About ten thousand values and scores for each population.
pub fn locate(target: &dyn Target, settings: &LocateSettings) -> Result<LocatedTarget, LocateError> {
    let (factorisation, found) = if settings.standardise {
        find_factorisation(target, settings)?
    } else {
        (Factorisation::identity(target.dim()), None)
    };
    let mut factors = Vec::new();
    for k in 0..factorisation.ranges.len() {
        let (factor, seed) = (factorisation.factor(k), indexed_seed(settings.seed, k));
        let (whitening, located_by, width) = match (&found, settings.standardise) {
            (_, false) => (Whitening::identity(factor.dim()), LocatedBy::AsGiven, 1.0),
            (Some((whitening, located_by)), true) => (whitening.clone(), *located_by, settings.prior_width),
            (None, true) => {
                let in_y = Transformed::new(target, &factor);
                let (y, located_by) =
                    search(&in_y, seed ^ SPLIT).map_err(|error| in_y.in_user_coordinates(error))?;
                (estimate_whitening(&y, factor.dim()), located_by, settings.prior_width)
            }
        };
        factors.push(locate_factor(target, &factor, whitening, located_by, width, seed)?);
    }
    Ok(LocatedTarget { factorisation, factors })
}

/// Refines a first whitening of a factor and anneals its populations.
fn locate_factor(
    target: &dyn Target,
    factor: &Factor<'_>,
    mut whitening: Whitening,
    located_by: LocatedBy,
    prior_width: f64,
    seed: u64,
) -> Result<LocatedFactor, LocateError> {
    let smc = AnnealedSmc::default();
    for (round, times) in REFINEMENTS.into_iter().enumerate() {
        if whitening.log_scales().children.is_empty() {
            break;
        }
        let smc = AnnealedSmc { particles: times * smc.particles, ..smc };
        let population = {
            let whitened = WhitenedFactor::new(target, factor.clone(), &whitening);
            let population_path = anneal(whitened.target(), smc, seed ^ REFINED ^ round as u64)?;
            whitening.forward_all(&population_path.last().x)
        };
        whitening = estimate_whitening(&population, factor.dim());
    }
    let whitening = whitening.widened(prior_width);
    let whitened = WhitenedFactor::new(target, factor.clone(), &whitening);
    let mut population_path = anneal(whitened.target(), smc, seed ^ STANDARDISED)?;
    if let Some(particles) = from_outside(whitened.target(), population_path.log_z, seed)? {
        population_path.set_last(particles);
    }
    let feature_variance = feature_variance(whitened.target(), &population_path.last().x)?;
    let summary = TargetSummary { dim: factor.dim(), feature_variance };
    drop(whitened);
    Ok(LocatedFactor { whitening, located_by, population_path, summary })
}

/// Searches for the target, splits off the directions in which it is Gaussian, and factors what is
/// left. In few dimensions a population keeps all modes that it loses in many.
///
/// If nothing is split, it also returns the whitening of the target and how it was located.
fn find_factorisation(
    target: &dyn Target,
    settings: &LocateSettings,
) -> Result<(Factorisation, Option<(Whitening, LocatedBy)>), LocateError> {
    let (population, located_by) = search(target, settings.seed)?;
    let whitening = estimate_whitening(&population, target.dim());
    let factorisation = {
        let affine = whitening.affine();
        let whitened = Transformed::new(target, affine);
        split_off_gaussian(&whitened, &affine.inverse_all(&population))
            .map_err(|error| whitened.in_user_coordinates(error))?
            .after(affine)
    };
    if settings.factorise {
        let factor = factorisation.factor(0);
        let in_y = Transformed::new(target, &factor);
        let factors = independent_factors(&in_y, &factor.inverse_all(&population))
            .map_err(|error| in_y.in_user_coordinates(error))?;
        if let Some(factors) = factors {
            return Ok((factorisation.refined(factors), None));
        }
    }
    let found = factorisation.is_identity().then_some((whitening, located_by));
    Ok((factorisation, found))
}

/// The squared width d/E|∇log ρ|² of features, over a population; at most 1, that of the prior.
fn feature_variance(whitened: &Transformed<'_>, x: &[f64]) -> Result<f64, DensityError> {
    let (_, scores) =
        density::values_and_scores(whitened, x).map_err(|error| whitened.in_user_coordinates(error))?;
    let squares: Vec<f64> = scores.iter().map(|s| s * s).collect();
    let mean = pairwise_sum(&squares) / squares.len() as f64;
    Ok((1.0 / mean).clamp(SMALLEST_FEATURE, 1.0))
}

/// The least squared width. Narrower features have scores that overflow the range of a network in
/// any case.
const SMALLEST_FEATURE: f64 = 1e-6;
