//! The door: a target and settings in, a fitted transport out.

use super::{
    Collocation, Control, FitError, FitSettings, Frame, HistoryRow, Ladder, Pilot, Progress, Sampler,
    StopReason, Training,
};
use crate::density::Target;
use crate::evolution::{Evolution, TargetData, evolution_entry};
use crate::network::{Networks, Tanh};

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
    check(target, settings)?;
    let entry = evolution_entry(&settings.evolution)
        .ok_or_else(|| FitError::UnknownEvolution { name: settings.evolution.clone() })?;
    let pilot = Pilot::run(target, settings.standardise, entry.prior_width, settings.seed)?;
    let active = pilot.frame.active_part(target);
    let standardised = pilot.frame.standardise(&active);
    let evolution = (entry.make)(pilot.setting);
    check_evolution(&*evolution, target, settings)?;
    let system = evolution.as_system();
    let networks = Networks::new(
        system.unknowns(),
        system.n_scalars(),
        pilot.setting.dim,
        &vec![settings.width; settings.depth],
        &Tanh,
    );
    let mut theta = networks.initial_parameters(settings.seed);
    evolution.guess_log_z(&networks, &mut theta, pilot.ladder.log_z);
    let training = Training {
        target: &standardised,
        evolution: &*evolution,
        networks: &networks,
        collocation: Collocation { ladder: &pilot.ladder, seed: settings.seed },
        settings,
    };
    let trained = training.run(theta, watch).map_err(|error| error.in_target_coordinates(&standardised))?;
    Ok(Fit {
        frame: pilot.frame.clone(),
        ladder: pilot.ladder.clone(),
        settings: settings.clone(),
        theta: trained.theta,
        history: trained.history,
        stop_reason: trained.stop_reason,
        capped: trained.capped,
        outside: trained.outside,
        evolution,
        networks,
    })
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
    /// log Z as the fitted equation itself has it: another estimate than the one from weights.
    pub fn learned_log_z(&self) -> f64 {
        self.evolution.learned_log_z(&self.networks, &self.theta)
    }
}
