//! The door: a target and settings in, a fitted transport out.

use super::pilot::block_seed;
use super::turns::train;
use super::watcher::Steps;
use super::{
    Checkpoint, CheckpointError, Control, FitError, FitSettings, Frame, HistoryRow, Ladder, Located, Pilot,
    Probe, Progress, Sampler, Snapshot, Split, StopReason, TrainingState, Watcher,
};
use crate::density::Target;
use crate::evolution::{Evolution, EvolutionEntry, Setting, TargetData, evolution_entry};
use crate::network::{Networks, Tanh};
use crate::optim::Outcome;

/// A fitted transport from the prior to a target: one for each block of a target that is a product.
pub struct Fit {
    /// Coordinates in which the target is a product.
    pub split: Split,
    /// The transports of its blocks.
    pub blocks: Vec<BlockFit>,
    /// As it was asked for.
    pub settings: FitSettings,
}

/// A fitted transport to one block.
pub struct BlockFit {
    /// The standardised coordinates in which it works.
    pub frame: Frame,
    /// What brought the pilot's particles to the target.
    pub located: Located,
    /// Those particles, among which collocation points lie.
    pub ladder: Ladder,
    /// What its evolution knows of the standardised block.
    pub setting: Setting,
    /// What was fitted.
    pub evolution: Box<dyn Evolution>,
    /// Its unknowns.
    pub networks: Networks,
    /// Their parameters.
    pub theta: Vec<f64>,
    /// Every step.
    pub history: Vec<HistoryRow>,
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Points whose influence was capped in the last set of points.
    pub capped: usize,
    /// Points dropped, over all sets, because the density is zero there.
    pub outside: usize,
}

/// Fits a transport to `target`; `watch` sees every step and may stop the fit.
///
/// # Errors
/// [`FitError`], with what is wrong and where.
///
/// # Cost
/// Per step with N points, P parameters, n = min(N, P), m = max(N, P): n²m + n³/3 flops; 8·(N·P + 2n²) bytes.
pub fn fit(
    target: &dyn Target,
    settings: &FitSettings,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Fit, FitError> {
    fit_watched(target, settings, None, &mut Steps(watch))
}

/// Fits as [`fit`] does, from the start or on from a checkpoint of a fit of the same target with the same settings;
/// then it ends with the bits of a fit that was never interrupted.
///
/// # Errors
/// As [`fit`]; [`FitError::Checkpoint`] if the checkpoint is of another target or other networks.
///
/// # Cost
/// As [`fit`].
pub fn fit_watched(
    target: &dyn Target,
    settings: &FitSettings,
    checkpoint: Option<Checkpoint>,
    watcher: &mut dyn Watcher,
) -> Result<Fit, FitError> {
    check(target, settings)?;
    let is_new = checkpoint.is_none();
    let checkpoint = checkpoint.map_or_else(|| start(target, settings), Ok)?;
    if !is_new {
        check_checkpoint(&checkpoint, target, settings)?;
    }
    let Checkpoint { pilot, probe, mut states } = checkpoint;
    if is_new {
        watcher.located(&Snapshot { pilot: &pilot, probe: &probe, states: &states, block: 0 });
    }
    let interruption = train(target, settings, (&pilot, &probe), &mut states, watcher)?;
    watcher.ended(&Snapshot { pilot: &pilot, probe: &probe, states: &states, block: states.len() - 1 });
    Fit::of(pilot, states, settings, interruption.unwrap_or(StopReason::Optimiser(Outcome::Interrupted)))
}

/// The state before the first step.
fn start(target: &dyn Target, settings: &FitSettings) -> Result<Checkpoint, FitError> {
    let entry = entry(settings)?;
    let setting = Setting::smooth(target.dim());
    check_evolution(&*(entry.make)(setting), target, settings)?;
    let pilot = Pilot::run(target, settings, entry.prior_width)?;
    let mut states = Vec::new();
    for (k, found) in pilot.blocks.iter().enumerate() {
        let (evolution, networks) = unknowns(found.setting, settings)?;
        let mut theta = networks.initial_parameters(block_seed(settings.seed, k));
        evolution.guess_log_z(&networks, &mut theta, found.ladder.log_z);
        states.push(TrainingState::new(theta, settings.points));
    }
    Ok(Checkpoint { probe: Probe::of(target, &pilot), pilot, states })
}

fn entry(settings: &FitSettings) -> Result<&'static EvolutionEntry, FitError> {
    evolution_entry(&settings.evolution)
        .ok_or_else(|| FitError::UnknownEvolution { name: settings.evolution.clone() })
}

/// The evolution of the settings and the networks of its unknowns.
pub(super) fn unknowns(
    setting: Setting,
    settings: &FitSettings,
) -> Result<(Box<dyn Evolution>, Networks), FitError> {
    let evolution = (entry(settings)?.make)(setting);
    let system = evolution.as_system();
    let widths = vec![settings.width; settings.depth];
    let networks = Networks::new(system.unknowns(), system.n_scalars(), setting.dim, &widths, &Tanh);
    Ok((evolution, networks))
}

/// Whether the checkpoint is one of this target and of these networks.
fn check_checkpoint(
    checkpoint: &Checkpoint,
    target: &dyn Target,
    settings: &FitSettings,
) -> Result<(), FitError> {
    checkpoint.check(target)?;
    for (found, state) in checkpoint.pilot.blocks.iter().zip(&checkpoint.states) {
        let (evolution, networks) = unknowns(found.setting, settings)?;
        check_evolution(&*evolution, target, settings)?;
        state.check(networks.n_params()).map_err(CheckpointError::from)?;
        if let Some(set) = &state.set {
            let dim = found.setting.dim;
            set.check(dim, evolution.equation_data().count(dim)).map_err(CheckpointError::from)?;
        }
    }
    Ok(())
}

pub(super) fn check(target: &dyn Target, settings: &FitSettings) -> Result<(), FitError> {
    if target.dim() == 0 {
        let requirement = "at least 1".to_string();
        return Err(FitError::BadSetting { name: "the dimension of the target", requirement });
    }
    Ok(settings.check()?)
}

/// What an evolution needs, the target and the settings must have.
pub(super) fn check_evolution(
    evolution: &dyn Evolution,
    target: &dyn Target,
    settings: &FitSettings,
) -> Result<(), FitError> {
    if evolution.equation_data() == TargetData::Laplacian && !target.has_laplacian() {
        return Err(FitError::NeedsLaplacian { evolution: evolution.name() });
    }
    if settings.sampler == Some(Sampler::Noise) && evolution.variance_rate(0.0, 1.0) == 0.0 {
        return Err(FitError::BadSetting {
            name: "sampler",
            requirement: "flow for an evolution without noise".to_string(),
        });
    }
    Ok(())
}

impl Fit {
    fn of(
        pilot: Pilot,
        states: Vec<TrainingState>,
        settings: &FitSettings,
        if_not_ended: StopReason,
    ) -> Result<Fit, FitError> {
        let mut blocks = Vec::new();
        for (found, state) in pilot.blocks.into_iter().zip(states) {
            let (evolution, networks) = unknowns(found.setting, settings)?;
            blocks.push(BlockFit {
                frame: found.frame,
                located: found.located,
                ladder: found.ladder,
                setting: found.setting,
                evolution,
                networks,
                theta: state.theta().to_vec(),
                history: state.history,
                stop_reason: state.ended.unwrap_or(if_not_ended),
                capped: state.capped,
                outside: state.outside,
            });
        }
        Ok(Fit { split: pilot.split, blocks, settings: settings.clone() })
    }

    /// The transport as a checkpoint has it, to draw from; no step is made. The stop reason of one that has not come to
    /// its end is [`Outcome::Interrupted`].
    ///
    /// # Errors
    /// As [`fit_watched`].
    pub fn from_checkpoint(
        target: &dyn Target,
        settings: &FitSettings,
        checkpoint: Checkpoint,
    ) -> Result<Fit, FitError> {
        check(target, settings)?;
        check_checkpoint(&checkpoint, target, settings)?;
        let Checkpoint { pilot, states, .. } = checkpoint;
        Fit::of(pilot, states, settings, StopReason::Optimiser(Outcome::Interrupted))
    }

    /// log Z as the fitted equations themselves have it: another estimate than the one from weights.
    pub fn learned_log_z(&self) -> f64 {
        self.blocks.iter().map(|b| b.evolution.learned_log_z(&b.networks, &b.theta)).sum()
    }

    /// Parameters of all blocks.
    pub fn n_params(&self) -> usize {
        self.blocks.iter().map(|block| block.theta.len()).sum()
    }

    /// The steps of all blocks, one block after another, numbered through.
    pub fn history(&self) -> Vec<HistoryRow> {
        let rows = self.blocks.iter().flat_map(|block| &block.history);
        rows.enumerate().map(|(k, row)| HistoryRow { step: k + 1, ..*row }).collect()
    }

    /// Why the fit ended: the reason of the first block that fell short of the goal; if none did, what their pilots
    /// reached together.
    pub fn stop_reason(&self) -> StopReason {
        let mut together = 1.0;
        for block in &self.blocks {
            match block.stop_reason {
                StopReason::EssReached { ess } => together *= ess,
                other => return other,
            }
        }
        StopReason::EssReached { ess: together }
    }
}
