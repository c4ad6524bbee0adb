//! The door: a target and settings in, a fitted transport out.

use super::{Collocation, Control, FitSettings, HistoryRow, Pilot, Progress, StopReason, Training};
use crate::density::{DensityError, Standardised, Target, evaluate};
use crate::evolution::{EVOLUTIONS, Evolution, evolution_named};
use crate::network::{Networks, Tanh};
use crate::num::Purpose;
use crate::transport::{Tolerance, TransportError, VelocityField, move_ensemble};
use nalgebra::{DMatrix, DVector};
use std::fmt;

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq)]
pub enum FitError {
    /// The density fails at a point.
    Density(DensityError),
    /// The density is zero wherever it was looked at.
    NoSupport {
        /// The search used points of N(0, scale²) in every coordinate.
        scale: f64,
    },
    /// No evolution has this name.
    UnknownEvolution {
        /// As given.
        name: String,
    },
    /// A setting is out of range.
    BadSetting {
        /// Which one.
        name: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FitError::Density(error) => write!(f, "{error}"),
            FitError::NoSupport { scale } => write!(
                f,
                "the density is zero (log density −inf) at every point looked at, up to {scale} around the origin: \
                 shift or scale the coordinates so that the target lies there"
            ),
            FitError::UnknownEvolution { name } => {
                let known: Vec<&str> = EVOLUTIONS.iter().map(|(name, _, _)| *name).collect();
                write!(f, "no evolution is called {name:?}; there are {}", known.join(", "))
            }
            FitError::BadSetting { name, requirement } => write!(f, "{name} must be {requirement}"),
        }
    }
}
impl std::error::Error for FitError {}

impl From<DensityError> for FitError {
    fn from(error: DensityError) -> FitError {
        FitError::Density(error)
    }
}

/// A fitted transport from the prior to a target.
pub struct Fit {
    /// x = location + scale·u, u standardised.
    pub location: DVector<f64>,
    /// Lower triangular.
    pub scale: DMatrix<f64>,
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

/// Draws with their exact log weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    /// Positions in the target's own coordinates, n×d.
    pub x: Vec<f64>,
    /// log ρ(x) − log q(x), nats: the mean of their exponentials estimates Z without bias.
    pub log_weights: Vec<f64>,
}

/// Why there are no draws.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawError {
    /// The density fails at a draw.
    Density(DensityError),
    /// The flow cannot be integrated.
    Transport(TransportError),
}

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrawError::Density(error) => write!(f, "{error}"),
            DrawError::Transport(error) => write!(f, "{error}"),
        }
    }
}
impl std::error::Error for DrawError {}

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
    let evolution = evolution_named(&settings.evolution, target.dim())
        .ok_or_else(|| FitError::UnknownEvolution { name: settings.evolution.clone() })?;
    let pilot = Pilot::run(target, settings.seed)?;
    let standardised = Standardised::new(target, pilot.location.clone(), pilot.scale.clone());
    let system = evolution.as_system();
    let networks = Networks::new(
        system.unknowns(),
        system.n_scalars(),
        target.dim(),
        settings.width,
        settings.depth,
        &Tanh,
    );
    let mut theta = networks.initial_parameters(settings.seed);
    evolution.guess_log_z(&networks, &mut theta, pilot.ladder.log_z);
    let training = Training {
        target: &standardised,
        evolution: &*evolution,
        networks: &networks,
        collocation: Collocation::for_dimension(target.dim(), settings.points, &pilot.ladder, settings.seed),
        settings,
    };
    let trained = training.run(theta, watch)?;
    Ok(Fit {
        location: pilot.location,
        scale: pilot.scale,
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
        s if s.points < 16 => bad("points", "at least 16"),
        s if s.width == 0 => bad("width", "at least 1"),
        s if s.depth == 0 => bad("depth", "at least 1"),
        s if !(s.target_ess > 0.0 && s.target_ess <= 1.0) => bad("target_ess", "in (0, 1]"),
        _ => Ok(()),
    }
}

impl Fit {
    /// log Z as the fitted equation itself has it: another estimate than the one from weights.
    pub fn learned_log_z(&self) -> f64 {
        self.evolution.learned_log_z(&self.networks, &self.theta)
    }

    /// `n` weighted draws of `target`, which must be the one fitted.
    ///
    /// # Errors
    /// [`DrawError`]: the density fails, or the learned velocity is too rough to integrate.
    ///
    /// # Cost
    /// About 100 evaluations of the velocity per draw, and one of the density.
    pub fn draw(&self, target: &dyn Target, n: usize, seed: u64) -> Result<Draws, DrawError> {
        let standardised = Standardised::new(target, self.location.clone(), self.scale.clone());
        let field =
            VelocityField { evolution: &*self.evolution, networks: &self.networks, theta: &self.theta };
        let moved = move_ensemble(field, n, seed, Purpose::Draws, Tolerance::default())
            .map_err(DrawError::Transport)?;
        let values = evaluate::values(&standardised, &moved.x).map_err(DrawError::Density)?;
        let log_weights = values.iter().zip(&moved.log_q).map(|(v, q)| v - q).collect();
        let dim = target.dim();
        let mut x = vec![0.0; moved.x.len()];
        for (u, x) in moved.x.chunks_exact(dim).zip(x.chunks_exact_mut(dim)) {
            standardised.to_target(u, x);
        }
        Ok(Draws { x, log_weights })
    }
}
