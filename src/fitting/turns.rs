//! The blocks of a target are trained in turns, from one pilot to the next.

use super::fit::unknowns;
use super::pilot::block_seed;
use super::training::STEPS_PER_PILOT;
use super::{
    Block, Collocation, FitError, FitSettings, Framed, Pilot, Probe, StopReason, Training, TrainingState,
    Watcher,
};
use crate::density::Target;
use crate::evolution::{ErasedEvolution, PreparedEvolution};
use crate::network::Networks;
use crate::optim::GaussNewtonMemory;
use std::time::Instant;

/// Trains the blocks in turns until each has come to its end, or the watcher wants no more: then says why.
pub(super) fn train(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    (pilot, probe): (&Pilot, &Probe),
    states: &mut [TrainingState],
    watcher: &mut dyn Watcher,
) -> Result<Option<StopReason>, FitError> {
    let n = states.len();
    let blocks: Vec<Block<'_>> = (0..n).map(|k| pilot.split.block(target, k)).collect();
    let standardised: Vec<Framed<'_>> =
        pilot.blocks.iter().zip(&blocks).map(|(found, block)| found.frame.standardise(block)).collect();
    let of_blocks: Vec<FitSettings> = (0..n).map(|k| of_block(settings, k, n)).collect();
    let unknowns = pilot.blocks.iter().map(|found| unknowns(evolution, found.summary, settings));
    let unknowns: Vec<(Box<dyn PreparedEvolution>, Networks)> = unknowns.collect();
    let start = Instant::now();
    let mut memory = GaussNewtonMemory::default();
    while let Some(k) = next_block(states) {
        let training = Training {
            pilot,
            probe,
            block: k,
            target: &standardised[k],
            evolution: &*unknowns[k].0,
            networks: &unknowns[k].1,
            collocation: Collocation::new(&pilot.blocks[k], of_blocks[k].seed),
            settings: &of_blocks[k],
            start,
        };
        let turn = training.turn(states, &mut memory, watcher);
        let interruption =
            turn.map_err(|error| error.told(|error| standardised[k].in_target_coordinates(error)))?;
        if interruption.is_some() {
            return Ok(interruption);
        }
    }
    Ok(None)
}

/// The settings of one block of `n`: a seed of its own, and a goal of which n make the whole one.
fn of_block(settings: &FitSettings, k: usize, n: usize) -> FitSettings {
    let target_ess =
        if n == 1 { settings.target_ess } else { libm::pow(settings.target_ess, 1.0 / n as f64) };
    FitSettings { seed: block_seed(settings.seed, k), target_ess, ..settings.clone() }
}

/// The block whose turn it is: of those that have not ended the one with the fewest turns. An interruption at any time
/// finds all of them about equally far, and what a block becomes does not depend on the others.
fn next_block(states: &[TrainingState]) -> Option<usize> {
    let open = (0..states.len()).filter(|k| states[*k].ended.is_none());
    open.min_by_key(|k| (states[*k].history.len() / STEPS_PER_PILOT, *k))
}
