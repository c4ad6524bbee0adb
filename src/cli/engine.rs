//! The boundary between the program and the method: what a fit is given, and what it gives back.

use super::keys::{KeySpec, Kind, Value};
use super::progress::Progress;
use super::settings::Settings;
use crate::density::{Facts, Target};
use crate::fitting::{DrawError, FitError};
use crate::report::Verdict;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicBool;

/// Settings of a fit and its draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitSettings {
    /// Name of the evolution.
    pub evolution: String,
    /// Steps of the optimiser at most.
    pub steps: usize,
    /// Collocation points.
    pub points: usize,
    /// Units in a hidden layer.
    pub width: usize,
    /// Hidden layers.
    pub depth: usize,
    /// Draws at the end.
    pub draws: usize,
    /// Seed of every stream.
    pub seed: u64,
    /// Threads; no output but timings depends on it.
    pub threads: usize,
}

impl FitSettings {
    /// The keys by which they are set, with these values as defaults.
    pub fn keys(&self, evolutions: &'static [&'static str]) -> Vec<KeySpec> {
        let count = |name, value: usize, most, help| {
            let (kind, default) = (Kind::Count { least: 1, most }, Value::Count(value as u64));
            KeySpec { name, kind, default, help }
        };
        let word = |name, value: &str, help| {
            let (kind, default) = (Kind::Choice(evolutions), Value::Word(value.to_string()));
            KeySpec { name, kind, default, help }
        };
        let any = Kind::Count { least: 0, most: u64::MAX };
        let seed = Value::Count(self.seed);
        // The upper bounds catch a slip of the finger before it asks for all memory there is.
        vec![
            word("evolution", &self.evolution, "which transport"),
            count("steps", self.steps, 10_000_000, "steps of the optimiser at most"),
            count("points", self.points, 100_000_000, "collocation points"),
            count("width", self.width, 65_536, "units in a hidden layer"),
            count("depth", self.depth, 1024, "hidden layers"),
            count("draws", self.draws, 1_000_000_000, "draws at the end"),
            KeySpec { name: "seed", kind: any, default: seed, help: "seed of every random stream" },
            count("threads", self.threads, 4096, "threads; changes no result"),
        ]
    }

    /// Reads them back from settings that hold these keys.
    ///
    /// # Panics
    /// If a key is missing.
    pub fn read(settings: &Settings) -> FitSettings {
        let count = |key| usize::try_from(settings.count(key)).unwrap_or(usize::MAX);
        FitSettings {
            evolution: settings.word("evolution").to_string(),
            steps: count("steps"),
            points: count("points"),
            width: count("width"),
            depth: count("depth"),
            draws: count("draws"),
            seed: settings.count("seed"),
            threads: count("threads"),
        }
    }

    /// For the record: all that shapes the result, but what has a field of its own there.
    pub fn to_json(&self) -> BTreeMap<String, serde_json::Value> {
        let pairs =
            [("steps", self.steps), ("points", self.points), ("width", self.width), ("depth", self.depth)];
        pairs.into_iter().map(|(key, value)| (key.to_string(), value.into())).collect()
    }
}

/// What a fit is given.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// The density.
    pub target: &'a dyn Target,
    /// How to fit and how much to draw.
    pub settings: &'a FitSettings,
    /// True once the user wants an end: stop fitting, draw with what was reached.
    pub stop: &'a AtomicBool,
}

/// One line of the history of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Steps taken; 0 is before the first.
    pub step: usize,
    /// The loss.
    pub loss: f64,
    /// λ of the step.
    pub damping: f64,
    /// Normalised ESS of a pilot, if one was drawn.
    pub pilot_ess: Option<f64>,
}

/// Whether a fit came to its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It did.
    Finished,
    /// The user asked it to stop.
    Interrupted,
}

/// What a fit gives back: its history, and weighted draws.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Parameters of the networks.
    pub n_params: usize,
    /// Collocation points.
    pub n_points: usize,
    /// From before the first step to after the last.
    pub history: Vec<Step>,
    /// Whether it came to its own end.
    pub ended: Ended,
    /// Why it stopped, for people.
    pub stop_reason: String,
    /// The ansatz's own log Z, if it has one.
    pub log_z_learned: Option<f64>,
    /// N×d, draw after draw, as the transport made them: equal weights.
    pub draws: Vec<f64>,
    /// N, log ρ − log q, not normalised. May be empty if interrupted early.
    pub log_weights: Vec<f64>,
    /// Wall time of the fit without the draws.
    pub fit_seconds: f64,
}

/// What the weights say.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// log Z from the weights.
    pub log_z: f64,
    /// Its standard error.
    pub log_z_se: f64,
    /// Normalised effective sample size.
    pub ess: f64,
    /// Mean log weight.
    pub elbo: f64,
    /// Shape of the tail of the weights.
    pub pareto_k: f64,
    /// Mean over coordinates of |std − exact std| on unweighted draws, if the exact one is known.
    pub delta_std: Option<f64>,
    /// Weighted mean of each coordinate.
    pub mean: Vec<f64>,
    /// Weighted standard deviation of each coordinate.
    pub std: Vec<f64>,
    /// Whether to rely on it.
    pub verdict: Verdict,
    /// Why not.
    pub reasons: Vec<String>,
}

/// Why a fit gives nothing back.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineError {
    /// There is no fit.
    Fit(FitError),
    /// There is a fit, but there are no draws.
    Draw(DrawError),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::Fit(error) => error.fmt(f),
            EngineError::Draw(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EngineError {}

/// The method, as the program sees it. Both calls run inside a pool of `settings.threads` threads.
pub trait Engine: Sync {
    /// Fits and draws; calls `show` after every step.
    ///
    /// # Errors
    /// [`EngineError`]. An interruption is no error.
    fn fit(&self, job: &Job<'_>, show: &mut (dyn FnMut(&Progress) + Send)) -> Result<Fitted, EngineError>;

    /// Judges the draws against what is known of the target. Must take no draws at all for an answer.
    fn judge(&self, fitted: &Fitted, dim: usize, facts: &Facts) -> Judgement;
}
