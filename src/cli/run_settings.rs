//! Settings of a run that belong to no target: of the fit, of the draws, of the machine.

use super::keys::{KeySpec, Kind, Value};
use super::settings::Settings;
use crate::density::Range;
use crate::evolution::EVOLUTIONS;
use crate::fitting::FitSettings;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How to fit, how much to draw, and on how many threads.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSettings {
    /// The fit's own.
    pub fit: FitSettings,
    /// Draws at the end.
    pub draws: usize,
    /// Threads; no output but timings depends on it.
    pub threads: usize,
}

impl Default for RunSettings {
    /// The fit's defaults; 20 000 draws, which give log Z an error of 0.001 at ESS 0.98; all threads there are.
    fn default() -> RunSettings {
        RunSettings {
            fit: FitSettings::default(),
            draws: 20_000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

static EVOLUTION_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| EVOLUTIONS.iter().map(|entry| entry.name).collect());

impl RunSettings {
    /// The keys by which they are set, with their defaults.
    pub fn keys() -> Vec<KeySpec> {
        let RunSettings { fit, draws, threads } = RunSettings::default();
        let count = |name, value: usize, (least, most), help| {
            let (kind, default) = (Kind::Count { least, most }, Value::Count(value as u64));
            KeySpec { name, kind, default, help }
        };
        let evolution = Kind::Choice(&EVOLUTION_NAMES);
        let any = Kind::Count { least: 0, most: u64::MAX };
        let fraction = Kind::Number(Range::Real { from: 0.01, to: 1.0 });
        // The upper bounds catch a slip of the finger before it asks for all memory there is.
        vec![
            KeySpec {
                name: "evolution",
                kind: evolution,
                default: Value::Word(fit.evolution),
                help: "which transport to learn",
            },
            count("steps", fit.steps, (1, 10_000_000), "steps of the optimiser at most"),
            count("points", fit.points, (16, 1_000_000), "collocation points"),
            count("width", fit.width, (1, 4096), "units in a hidden layer"),
            count("depth", fit.depth, (1, 64), "hidden layers"),
            KeySpec {
                name: "target_ess",
                kind: fraction,
                default: Value::Real(fit.target_ess),
                help: "ESS of pilot draws at which the fit ends early",
            },
            count("draws", draws, (1, 100_000_000), "draws at the end"),
            KeySpec {
                name: "seed",
                kind: any,
                default: Value::Count(fit.seed),
                help: "seed of every random stream",
            },
            count("threads", threads, (1, 4096), "threads; changes no result"),
        ]
    }

    /// Reads them back from settings that hold these keys.
    ///
    /// # Panics
    /// If a key is missing.
    pub fn read(settings: &Settings) -> RunSettings {
        let count = |key| usize::try_from(settings.count(key)).unwrap_or(usize::MAX);
        let fit = FitSettings {
            evolution: settings.word("evolution").to_string(),
            steps: count("steps"),
            points: count("points"),
            width: count("width"),
            depth: count("depth"),
            target_ess: settings.number("target_ess"),
            seed: settings.count("seed"),
        };
        RunSettings { fit, draws: count("draws"), threads: count("threads") }
    }

    /// For the record: what shapes the fit and has no field of its own there.
    pub fn to_json(&self) -> BTreeMap<String, serde_json::Value> {
        let FitSettings { steps, points, width, depth, target_ess, .. } = self.fit;
        let counts = [("steps", steps), ("points", points), ("width", width), ("depth", depth)];
        let counts = counts.into_iter().map(|(key, value)| (key.to_string(), value.into()));
        counts.chain([("target_ess".to_string(), target_ess.into())]).collect()
    }
}
