//! The search for a target of unknown location and scale.

use super::anneal::anneal;
use super::laplace::{CLEARLY_MORE, Laplace};
use super::locate_error::LocateError;
use super::located_target::LocatedBy;
use super::whitening_estimate::moments;
use crate::coordinates::{Affine, ChangeOfVariables, Transformed};
use crate::density::Target;
use crate::particles::AnnealedSmc;

/// The scales s of N(0, s²) from which the search starts, one after another, until the target lies
/// well inside.
const SEARCH_SCALES: [f64; 4] = [10.0, 100.0, 1e3, 1e4];
/// A target wider than this fraction of the start is searched for again from a wider one.
const WELL_INSIDE: f64 = 0.5;
/// Keeps the random streams of a population that starts from a peak apart from those of the search.
const CLIMBED: u64 = 0x434c_494d_4245_4400;

/// Returns particles of a target of unknown location and scale, and how it was located.
///
/// The search starts from wider and wider distributions until the target lies well inside. Of all
/// populations the one that found most mass is used, since particles that miss some of it make log
/// Z too small. Where the normal distribution of a peak holds clearly more mass still, the
/// particles start from it: moves along the axes do not reach a target with correlated scales of
/// 0.01 and 30.
///
/// # Errors
/// [`LocateError::Density`] if the density fails; [`LocateError::NoSupport`] if it is zero at every
/// start.
pub(super) fn search(target: &dyn Target, seed: u64) -> Result<(Vec<f64>, LocatedBy), LocateError> {
    let mut best: Option<(f64, Vec<f64>)> = None;
    for start_scale in SEARCH_SCALES {
        let population_path = AnnealedSmc { start_scale, ..AnnealedSmc::default() }.run(target, seed)?;
        if population_path.supported == 0 {
            continue;
        }
        let (location, covariance) = moments(&population_path.last().x, target.dim());
        let reach = |i: usize| covariance[(i, i)].sqrt() + location[i].abs();
        let widest = (0..target.dim()).map(reach).fold(0.0, f64::max);
        if best.as_ref().is_none_or(|(log_z, _)| population_path.log_z > log_z + CLEARLY_MORE) {
            best = Some((population_path.log_z, population_path.last().x.clone()));
        }
        if widest < WELL_INSIDE * start_scale {
            break;
        }
    }
    let none = LocateError::NoSupport { scale: SEARCH_SCALES[SEARCH_SCALES.len() - 1] };
    let (log_z, population) = best.ok_or(none)?;
    let Some(Laplace { top, root }) = Laplace::with_more_mass(target, &population, log_z, seed) else {
        return Ok((population, LocatedBy::Particles));
    };
    let peak = Affine::new(top, root).expect("a peak has a Cholesky factor");
    let whitened = Transformed::new(target, &peak);
    let population_path = anneal(&whitened, AnnealedSmc::default(), seed ^ CLIMBED)?;
    Ok((peak.forward_all(&population_path.last().x), LocatedBy::Laplace))
}
