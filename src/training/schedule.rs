//! Trains the factors of a target in rotation (round robin), each until its next validation.

use super::checkpoint::Probe;
use super::collocation::Collocation;
use super::fit_error::FitError;
use super::observer::Observer;
use super::settings::FitSettings;
use super::state::TrainingState;
use super::stop_reason::StopReason;
use super::training_loop::{FactorTraining, STEPS_PER_VALIDATION};
use super::unknowns::unknowns;
use crate::coordinates::WhitenedFactor;
use crate::density::Target;
use crate::evolution::{ErasedEvolution, PreparedEvolution};
use crate::locate::LocatedTarget;
use crate::network::Networks;
use crate::num::indexed_seed;
use crate::optim::GaussNewtonWorkspace;
use std::time::Instant;

/// Trains the factors in rotation until all have ended. Returns the reason if the observer stops
/// the fit before that.
pub(crate) fn train(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    (located, probe): (&LocatedTarget, &Probe),
    states: &mut [TrainingState],
    observer: &mut dyn Observer,
) -> Result<Option<StopReason>, FitError> {
    let n = states.len();
    let whitened: Vec<WhitenedFactor<'_>> = located.whitened_factors(target).collect();
    let of_factors: Vec<FitSettings> = (0..n).map(|k| of_factor(settings, k, n)).collect();
    let unknowns = located.factors.iter().map(|found| unknowns(evolution, found.summary, settings));
    let unknowns: Vec<(Box<dyn PreparedEvolution>, Networks)> = unknowns.collect();
    let start = Instant::now();
    let mut memory = GaussNewtonWorkspace::default();
    while let Some(k) = next_factor(states) {
        let training = FactorTraining {
            located,
            probe,
            factor: k,
            target: whitened[k].target(),
            evolution: &*unknowns[k].0,
            networks: &unknowns[k].1,
            collocation: Collocation::new(&located.factors[k], of_factors[k].seed),
            settings: &of_factors[k],
            start,
        };
        let round = training.until_validation(states, &mut memory, observer);
        let interruption = round.map_err(|error| whitened[k].in_user_coordinates(error))?;
        if interruption.is_some() {
            return Ok(interruption);
        }
    }
    Ok(None)
}

/// The settings of one of `n` factors: a seed of its own, and a goal whose n-th power is the goal
/// of the fit.
fn of_factor(settings: &FitSettings, k: usize, n: usize) -> FitSettings {
    let target_ess =
        if n == 1 { settings.target_ess } else { libm::pow(settings.target_ess, 1.0 / n as f64) };
    FitSettings { seed: indexed_seed(settings.seed, k), target_ess, ..settings.clone() }
}

/// The next factor to train: among those that have not ended, the one with the fewest rounds. At an
/// interruption all factors are about equally far, and the result of a factor does not depend on
/// the others.
fn next_factor(states: &[TrainingState]) -> Option<usize> {
    let open = (0..states.len()).filter(|k| states[*k].ended.is_none());
    open.min_by_key(|k| (states[*k].history.len() / STEPS_PER_VALIDATION, *k))
}
