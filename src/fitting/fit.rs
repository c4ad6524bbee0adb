//! The door: a target and settings in, a fitted transport out.

use super::watcher::Steps;
use super::{
    Checkpoint, CheckpointError, Collocation, Control, FitError, FitSettings, Frame, HistoryRow, Ladder,
    Pilot, Probe, Progress, Sampler, StopReason, Training, TrainingState, Watcher,
};
use crate::density::Target;
use crate::evolution::{Evolution, EvolutionEntry, TargetData, evolution_entry};
use crate::network::{Networks, Tanh};
use crate::optim::Outcome;

/// A fitted transport from the prior to a target.
pub struct Fit {
    /// The standardised coordinates in which it works.
    pub frame: Frame,
    /// The particles that found them, among which collocation points lie.
    pub ladder: Ladder,
    /// What was fitted.
    pub evolution: Box<dyn Evolution>,
    /// Its unknowns.
    pub networks: Networks,
    /// Their parameters.
    pub theta: Vec<f64>,
    /// Every step.
    pub history: Vec<HistoryRow>,
    /// As it was asked for.
    pub settings: FitSettings,
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
    let (evolution, networks) = unknowns(&checkpoint.pilot, settings)?;
    check_evolution(&*evolution, target, settings)?;
    if !is_new {
        check_checkpoint(&checkpoint, target, &*evolution, &networks)?;
    }
    let Checkpoint { pilot, probe, mut state } = checkpoint;
    let active = pilot.frame.active_part(target);
    let standardised = pilot.frame.standardise(&active);
    let training = Training {
        pilot: &pilot,
        probe: &probe,
        target: &standardised,
        evolution: &*evolution,
        networks: &networks,
        collocation: Collocation { ladder: &pilot.ladder, seed: settings.seed },
        settings,
    };
    if is_new {
        watcher.located(&training.snapshot(&state));
    }
    let trained = training.run(&mut state, watcher);
    let stop_reason = trained.map_err(|error| error.in_target_coordinates(&standardised))?;
    watcher.ended(&training.snapshot(&state));
    Ok(Fit::of(
        (pilot.frame.clone(), pilot.ladder.clone()),
        (evolution, networks),
        state,
        settings,
        stop_reason,
    ))
}

/// The state before the first step.
fn start(target: &dyn Target, settings: &FitSettings) -> Result<Checkpoint, FitError> {
    let pilot = Pilot::run(target, settings.standardise, entry(settings)?.prior_width, settings.seed)?;
    let (evolution, networks) = unknowns(&pilot, settings)?;
    let mut theta = networks.initial_parameters(settings.seed);
    evolution.guess_log_z(&networks, &mut theta, pilot.ladder.log_z);
    let state = TrainingState::new(theta, settings.points);
    Ok(Checkpoint { probe: Probe::of(target, &pilot), pilot, state })
}

fn entry(settings: &FitSettings) -> Result<&'static EvolutionEntry, FitError> {
    evolution_entry(&settings.evolution)
        .ok_or_else(|| FitError::UnknownEvolution { name: settings.evolution.clone() })
}

/// The evolution of the settings and the networks of its unknowns.
fn unknowns(pilot: &Pilot, settings: &FitSettings) -> Result<(Box<dyn Evolution>, Networks), FitError> {
    let evolution = (entry(settings)?.make)(pilot.setting);
    let system = evolution.as_system();
    let networks = Networks::new(
        system.unknowns(),
        system.n_scalars(),
        pilot.setting.dim,
        &vec![settings.width; settings.depth],
        &Tanh,
    );
    Ok((evolution, networks))
}

/// Whether the checkpoint is one of this target and of these networks.
fn check_checkpoint(
    checkpoint: &Checkpoint,
    target: &dyn Target,
    evolution: &dyn Evolution,
    networks: &Networks,
) -> Result<(), CheckpointError> {
    checkpoint.check(target)?;
    checkpoint.state.check(networks.n_params())?;
    let dim = checkpoint.pilot.setting.dim;
    match &checkpoint.state.set {
        Some(set) => Ok(set.check(dim, evolution.equation_data().count(dim))?),
        None => Ok(()),
    }
}

fn check(target: &dyn Target, settings: &FitSettings) -> Result<(), FitError> {
    let bad = |name, requirement| Err(FitError::BadSetting { name, requirement });
    match settings {
        _ if target.dim() == 0 => bad("the dimension of the target", "at least 1"),
        s if s.steps == 0 => bad("steps", "at least 1"),
        s if s.steps_per_set == 0 => bad("steps_per_set", "at least 1"),
        s if s.points < 16 => bad("points", "at least 16"),
        s if s.width == 0 => bad("width", "at least 1"),
        s if s.time_steps == 0 => bad("time_steps", "at least 1"),
        s if s.depth == 0 => bad("depth", "at least 1"),
        s if !(s.target_ess > 0.0 && s.target_ess <= 1.0) => bad("target_ess", "in (0, 1]"),
        _ => Ok(()),
    }
}

/// What an evolution needs, the target and the settings must have.
fn check_evolution(
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
            requirement: "flow for an evolution without noise",
        });
    }
    Ok(())
}

impl Fit {
    fn of(
        (frame, ladder): (Frame, Ladder),
        (evolution, networks): (Box<dyn Evolution>, Networks),
        state: TrainingState,
        settings: &FitSettings,
        stop_reason: StopReason,
    ) -> Fit {
        Fit {
            frame,
            ladder,
            evolution,
            networks,
            theta: state.theta().to_vec(),
            history: state.history,
            settings: settings.clone(),
            stop_reason,
            capped: state.capped,
            outside: state.outside,
        }
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
        let (evolution, networks) = unknowns(&checkpoint.pilot, settings)?;
        check_checkpoint(&checkpoint, target, &*evolution, &networks)?;
        let Checkpoint { pilot, state, .. } = checkpoint;
        let stop_reason = state.ended.unwrap_or(StopReason::Optimiser(Outcome::Interrupted));
        Ok(Fit::of((pilot.frame, pilot.ladder), (evolution, networks), state, settings, stop_reason))
    }

    /// log Z as the fitted equation itself has it: another estimate than the one from weights.
    pub fn learned_log_z(&self) -> f64 {
        self.evolution.learned_log_z(&self.networks, &self.theta)
    }
}
