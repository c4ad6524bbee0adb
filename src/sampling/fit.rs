//! A fit: a target and what differs from the defaults give a fitted transport.

use super::transport::Transport;
use crate::density::Target;
use crate::evolution::{Description, ErasedEvolution, Evolution, GeneralOde, TargetData};
use crate::locate::locate;
use crate::num::{Seed, indexed_seed};
use crate::optim::Outcome;
use crate::training::{
    Checkpoint, CheckpointError, ClosureObserver, Control, FitError, FitSettings, Observer, Probe, Progress,
    Sampler, Snapshot, StopReason, TrainingState, train, unknowns,
};
use std::time::Duration;

/// A fit to be made: a target, and what differs from the defaults.
///
/// ```
/// use pushforward::prelude::*;
///
/// /// A bent Gaussian: log ρ = −½(x₁² + (x₂ − x₁²)²), with Z = 2π.
/// struct Banana;
/// impl LogDensity for Banana {
///     fn dim(&self) -> usize {
///         2
///     }
///     fn log_density<S: Scalar>(&self, x: &[S]) -> S {
///         (x[0].square() + (x[1].clone() - x[0].square()).square()) * -0.5
///     }
/// }
///
/// let transport = Fit::new(&Banana).width(16).depth(2).run()?;
/// let log_z = transport.sample(4000, Seed(1))?.log_z();
/// assert!((log_z.value - (2.0 * std::f64::consts::PI).ln()).abs() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Fit<'t> {
    target: &'t dyn Target,
    evolution: Box<dyn ErasedEvolution>,
    settings: FitSettings,
    time_limit: Option<Duration>,
}

impl<'t> Fit<'t> {
    /// A fit of `target` by [`GeneralOde`] with the default settings.
    pub fn new(target: &'t dyn Target) -> Fit<'t> {
        Fit { target, evolution: Box::new(GeneralOde), settings: FitSettings::default(), time_limit: None }
    }

    /// The evolution that is learned: one of [`crate::evolution`], or your own.
    pub fn evolution(self, evolution: impl Evolution) -> Fit<'t> {
        Fit { evolution: Box::new(evolution), ..self }
    }

    /// All settings at once, in place of those that were set before.
    pub fn settings(self, settings: FitSettings) -> Fit<'t> {
        Fit { settings, ..self }
    }

    /// The largest number of steps of the optimiser, for each factor of the target.
    pub fn steps(self, steps: usize) -> Fit<'t> {
        self.with(|settings| settings.steps = steps)
    }

    /// The number of collocation points in the first batch, at least 16.
    pub fn points(self, points: usize) -> Fit<'t> {
        self.with(|settings| settings.points = points)
    }

    /// The number of units in each hidden layer of a network.
    pub fn width(self, width: usize) -> Fit<'t> {
        self.with(|settings| settings.width = width)
    }

    /// The number of hidden layers of a network.
    pub fn depth(self, depth: usize) -> Fit<'t> {
        self.with(|settings| settings.depth = depth)
    }

    /// The effective fraction of validation draws, in (0, 1], at which the fit ends.
    pub fn target_ess(self, target_ess: f64) -> Fit<'t> {
        self.with(|settings| settings.target_ess = target_ess)
    }

    /// How draws are moved: along the flow, or with the noise of the evolution.
    pub fn sampler(self, sampler: Sampler) -> Fit<'t> {
        self.with(|settings| settings.sampler = Some(sampler))
    }

    /// The seed of every random stream of the fit.
    pub fn seed(self, Seed(seed): Seed) -> Fit<'t> {
        self.with(|settings| settings.seed = seed)
    }

    /// The wall time after which the fit ends with what it has.
    pub fn time_limit(self, time_limit: Duration) -> Fit<'t> {
        Fit { time_limit: Some(time_limit), ..self }
    }

    fn with(mut self, set: impl FnOnce(&mut FitSettings)) -> Fit<'t> {
        set(&mut self.settings);
        self
    }

    /// Locates the target and trains the transport.
    ///
    /// # Errors
    /// [`FitError`] with what is wrong and where.
    ///
    /// # Cost
    /// As [`fit`].
    pub fn run(self) -> Result<Transport<'t>, FitError> {
        self.watch(&mut |_| Control::Continue)
    }

    /// Runs the fit; `watch` sees every step and may end the fit.
    ///
    /// # Errors
    /// As [`Fit::run`].
    ///
    /// # Cost
    /// As [`fit`].
    pub fn watch(self, watch: &mut dyn FnMut(&Progress) -> Control) -> Result<Transport<'t>, FitError> {
        let Fit { target, evolution, settings, time_limit } = self;
        fit(target, &*evolution, &settings, &mut |progress| match watch(progress) {
            Control::Continue if time_limit.is_some_and(|limit| progress.elapsed >= limit) => {
                Control::OutOfTime
            }
            asked => asked,
        })
    }
}

/// Fits a transport to `target` by `evolution`, one of [`crate::evolution`] or your own; `watch`
/// sees every step and may stop the fit.
///
/// ```
/// use pushforward::density::gauss;
/// use pushforward::evolution::OptimalTransport;
/// use pushforward::sampling::fit;
/// use pushforward::training::{Control, FitSettings};
///
/// let small = FitSettings { steps: 3, points: 64, width: 4, depth: 1, ..Default::default() };
/// let target = gauss(2);
/// let fitted = fit(&target, &OptimalTransport, &small, &mut |progress| {
///     println!("step {}: loss {:.1e}", progress.step, progress.record.loss);
///     Control::Continue
/// });
/// assert_eq!(fitted?.history().len(), 3);
/// # Ok::<(), pushforward::training::FitError>(())
/// ```
///
/// # Errors
/// [`FitError`], with what is wrong and where.
///
/// # Cost
/// Per step with N points, P parameters, n = min(N, P), m = max(N, P): n²m + n³/3 flops; 8·(N·P +
/// 2n²) bytes.
pub fn fit<'t>(
    target: &'t dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    watch: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Transport<'t>, FitError> {
    fit_observed(target, evolution, settings, None, &mut ClosureObserver(watch))
}

/// Fits as [`fit`] does, from the start or on from a checkpoint of a fit of the same target by the
/// same evolution with the same settings; then it ends with the bits of a fit that was never
/// interrupted.
///
/// # Errors
/// As [`fit`]; [`FitError::Checkpoint`] if the checkpoint is of another target or other networks.
///
/// # Cost
/// As [`fit`].
pub fn fit_observed<'t>(
    target: &'t dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
    checkpoint: Option<Checkpoint>,
    observer: &mut dyn Observer,
) -> Result<Transport<'t>, FitError> {
    check(target, settings)?;
    let is_new = checkpoint.is_none();
    let checkpoint = checkpoint.map_or_else(|| start(target, evolution, settings), Ok)?;
    if !is_new {
        check_checkpoint(&checkpoint, target, evolution, settings)?;
    }
    let Checkpoint { located, probe, mut states } = checkpoint;
    if is_new {
        observer.observe_init(&Snapshot { located: &located, probe: &probe, states: &states, factor: 0 });
    }
    let interruption = train(target, evolution, settings, (&located, &probe), &mut states, observer)?;
    observer.observe_final(&Snapshot {
        located: &located,
        probe: &probe,
        states: &states,
        factor: states.len() - 1,
    });
    let if_not_ended = interruption.unwrap_or(StopReason::Optimiser(Outcome::Interrupted));
    Ok(Transport::of(target, located, states, (evolution, settings), if_not_ended))
}

/// The state before the first step.
fn start(
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Result<Checkpoint, FitError> {
    let description = evolution.description(target.dim());
    check_evolution(&description, target, settings)?;
    let located = locate(target, &settings.locating(description.prior_width))?;
    let mut states = Vec::new();
    for (k, found) in located.factors.iter().enumerate() {
        let (evolution, networks) = unknowns(evolution, found.summary, settings);
        let mut theta = networks.initial_parameters(indexed_seed(settings.seed, k));
        evolution.guess_log_z(&networks, &mut theta, found.population_path.log_z);
        states.push(TrainingState::new(theta, settings.points));
    }
    Ok(Checkpoint { probe: Probe::of(target, &located), located, states })
}

/// Whether the checkpoint is one of this target and of these networks.
fn check_checkpoint(
    checkpoint: &Checkpoint,
    target: &dyn Target,
    evolution: &dyn ErasedEvolution,
    settings: &FitSettings,
) -> Result<(), FitError> {
    checkpoint.check(target)?;
    for (found, state) in checkpoint.located.factors.iter().zip(&checkpoint.states) {
        let (evolution, networks) = unknowns(evolution, found.summary, settings);
        let description = evolution.description();
        check_evolution(description, target, settings)?;
        state.check(networks.n_params(), description.equations.len()).map_err(CheckpointError::from)?;
        if let Some(set) = &state.set {
            let dim = found.summary.dim;
            set.check(dim, description.reads.count(dim)).map_err(CheckpointError::from)?;
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
    evolution: &Description,
    target: &dyn Target,
    settings: &FitSettings,
) -> Result<(), FitError> {
    if evolution.reads == TargetData::Laplacian && !target.has_laplacian() {
        return Err(FitError::NeedsLaplacian { evolution: evolution.name });
    }
    if settings.sampler == Some(Sampler::Noise) && !evolution.noise.is_some() {
        return Err(FitError::BadSetting {
            name: "sampler",
            requirement: "flow for an evolution without noise".to_string(),
        });
    }
    Ok(())
}

impl<'t> Transport<'t> {
    /// The transport as a checkpoint has it, to draw from; no step is made. The stop reason of one
    /// that has not come to its end is [`Outcome::Interrupted`].
    ///
    /// # Errors
    /// As [`fit_observed`].
    pub fn from_checkpoint(
        target: &'t dyn Target,
        evolution: &dyn ErasedEvolution,
        settings: &FitSettings,
        checkpoint: Checkpoint,
    ) -> Result<Transport<'t>, FitError> {
        check(target, settings)?;
        check_checkpoint(&checkpoint, target, evolution, settings)?;
        let Checkpoint { located, states, .. } = checkpoint;
        let if_not_ended = StopReason::Optimiser(Outcome::Interrupted);
        Ok(Transport::of(target, located, states, (evolution, settings), if_not_ended))
    }
}
