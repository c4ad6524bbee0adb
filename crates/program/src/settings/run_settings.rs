//! Settings of a run that belong to no target: of the fit, of the draws, of the machine.

use crate::settings::keys::{KeySpec, Kind, Value};
use crate::settings::settings::Settings;
use pushforward::density::Range;
use pushforward::evolution::{ErasedEvolution, evolution_names, named_evolution};
use pushforward::optim::{GaussNewton, Method, Optimiser, StepRule};
use pushforward::training::{FitSettings, Sampler};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The names that the key `evolution` may have; the first is its default.
static EVOLUTION_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(evolution_names);

/// How to fit, how much to draw, and on how many threads.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSettings {
    /// Name of the evolution.
    pub evolution: String,
    /// The fit's own.
    pub fit: FitSettings,
    /// Draws at the end.
    pub draws: usize,
    /// Threads; no output but timings depends on it.
    pub threads: usize,
    /// Seconds between checkpoints; 0 for one after every step.
    pub checkpoint_every: f64,
}

impl Default for RunSettings {
    /// `general-ode`: of the evolutions it fits fastest. The fit's defaults; 20 000 draws, which give log Z an error of 0.001 at ESS 0.98; all threads there are; a minute
    /// between checkpoints, which take milliseconds.
    fn default() -> RunSettings {
        RunSettings {
            evolution: EVOLUTION_NAMES[0].to_string(),
            fit: FitSettings::default(),
            draws: 20_000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            checkpoint_every: 60.0,
        }
    }
}

/// Bytes.
const GIB: f64 = (1u64 << 30) as f64;

static STEP_RULE_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| StepRule::ALL.iter().map(|rule| rule.name()).collect());

/// What a key says if the program is to choose.
const AUTO: &str = "auto";

static SAMPLER_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| [AUTO].into_iter().chain(Sampler::ALL.map(Sampler::name)).collect());

impl RunSettings {
    /// The evolution of that name.
    ///
    /// # Panics
    /// If there is none.
    pub fn evolution(&self) -> Box<dyn ErasedEvolution> {
        named_evolution(&self.evolution)
            .unwrap_or_else(|| panic!("{:?} is no name of a built-in evolution", self.evolution))
    }

    /// The keys by which they are set, with their defaults.
    pub fn keys() -> Vec<KeySpec> {
        let RunSettings { evolution, fit, draws, threads, checkpoint_every } = RunSettings::default();
        let count = |name, value: usize, (least, most), help| {
            let (kind, default) = (Kind::Count { least, most }, Value::Count(value as u64));
            KeySpec { name, kind, default, help }
        };
        let number = |name, value: f64, (from, to), help| {
            let kind = Kind::Number(Range::Real { from, to });
            KeySpec { name, kind, default: Value::Real(value), help }
        };
        let gauss_newton = GaussNewton::default();
        let any = Kind::Count { least: 0, most: u64::MAX };
        // The upper bounds catch a slip of the finger before it asks for all memory there is.
        vec![
            KeySpec {
                name: "evolution",
                kind: Kind::Choice(&EVOLUTION_NAMES),
                default: Value::Word(evolution),
                help: "which transport to learn",
            },
            count("steps", fit.steps, (1, 10_000_000), "steps of the optimiser at most"),
            KeySpec {
                name: "optimiser",
                kind: Kind::Choice(&Method::NAMES),
                default: Value::Word(fit.optimiser.method.name().to_string()),
                help: "what makes the steps: a Gauss-Newton direction, broyden or adam",
            },
            KeySpec {
                name: "step_rule",
                kind: Kind::Choice(&STEP_RULE_NAMES),
                default: Value::Word(gauss_newton.step_rule.name().to_string()),
                help: "how far to go along a Gauss-Newton direction",
            },
            number(
                "momentum",
                gauss_newton.momentum,
                (0.0, 0.999),
                "fraction of the last step kept in the next",
            ),
            count("warm_up", fit.optimiser.warm_up, (0, 1_000_000), "steps of Adam at the start"),
            count("steps_per_set", fit.steps_per_set, (1, 1_000_000), "steps on one set of points"),
            number(
                "memory",
                gauss_newton.memory as f64 / GIB,
                (0.001, 1e6),
                "GiB for J, above which auto is cg",
            ),
            count("points", fit.points, (16, 1_000_000), "collocation points"),
            count("width", fit.width, (1, 4096), "units in a hidden layer"),
            count("depth", fit.depth, (1, 64), "hidden layers"),
            number(
                "target_ess",
                fit.target_ess,
                (0.01, 1.0),
                "ESS of pilot draws at which the fit ends early",
            ),
            count(
                "polish",
                fit.polish,
                (0, 1_000_000),
                "steps after that, a hundred each on large sets of points",
            ),
            KeySpec {
                name: "sampler",
                kind: Kind::Choice(&SAMPLER_NAMES),
                default: Value::Word(AUTO.to_string()),
                help: "how draws are moved; auto: with noise where the evolution has some",
            },
            count("time_steps", fit.time_steps, (1, 1_000_000), "steps in time of draws moved with noise"),
            number(
                "resample_below",
                fit.resample_below,
                (0.0, 1.0),
                "ESS of 64 noisy draws below which they are resampled on the way; 0 is never",
            ),
            KeySpec {
                name: "standardise",
                kind: Kind::Choice(&["yes", "no"]),
                default: Value::Word("yes".to_string()),
                help: "whether to bring the target to location 0 and scale 1 first",
            },
            KeySpec {
                name: "factorise",
                kind: Kind::Choice(&["yes", "no"]),
                default: Value::Word("yes".to_string()),
                help: "whether independent blocks of the target are found and fitted apart",
            },
            count("draws", draws, (1, 100_000_000), "draws at the end"),
            KeySpec {
                name: "seed",
                kind: any,
                default: Value::Count(fit.seed),
                help: "seed of every random stream",
            },
            count("threads", threads, (1, 4096), "threads; changes no result"),
            number("checkpoint_every", checkpoint_every, (0.0, 1e9), "seconds between checkpoints"),
        ]
    }

    /// Reads them back from settings that hold these keys.
    ///
    /// # Panics
    /// If a key is missing.
    pub fn read(settings: &Settings) -> RunSettings {
        let count = |key| usize::try_from(settings.count(key)).unwrap_or(usize::MAX);
        let step_rule = settings.word("step_rule");
        let gauss_newton = GaussNewton {
            direction: None,
            step_rule: StepRule::ALL.into_iter().find(|r| r.name() == step_rule).expect("a choice checked"),
            momentum: settings.number("momentum"),
            memory: (settings.number("memory") * GIB) as usize,
        };
        let method = Method::named(settings.word("optimiser"), gauss_newton).expect("a choice checked");
        let fit = FitSettings {
            steps: count("steps"),
            optimiser: Optimiser { method, warm_up: count("warm_up") },
            steps_per_set: count("steps_per_set"),
            points: count("points"),
            width: count("width"),
            depth: count("depth"),
            target_ess: settings.number("target_ess"),
            polish: count("polish"),
            sampler: Sampler::ALL.into_iter().find(|s| s.name() == settings.word("sampler")),
            time_steps: count("time_steps"),
            resample_below: settings.number("resample_below"),
            standardise: settings.word("standardise") == "yes",
            factorise: settings.word("factorise") == "yes",
            seed: settings.count("seed"),
        };
        let checkpoint_every = settings.number("checkpoint_every");
        RunSettings {
            evolution: settings.word("evolution").to_string(),
            fit,
            draws: count("draws"),
            threads: count("threads"),
            checkpoint_every,
        }
    }

    /// Every key but `threads` with its value, in the order of [`RunSettings::keys`]: what [`RunSettings::read`] reads.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        RunSettings::keys()
            .into_iter()
            .filter(|key| key.name != "threads")
            .map(|key| (key.name, self.value(key.name)))
            .collect()
    }

    /// # Panics
    /// If no key has this name.
    fn value(&self, key: &str) -> Value {
        let optimiser = self.fit.optimiser;
        // What other methods do not use is as it would be by default.
        let gauss_newton = match optimiser.method {
            Method::GaussNewton(method) => method,
            _ => GaussNewton::default(),
        };
        let word = |word: &str| Value::Word(word.to_string());
        let count = |n: usize| Value::Count(n as u64);
        match key {
            "evolution" => word(&self.evolution),
            "steps" => count(self.fit.steps),
            "optimiser" => word(optimiser.method.name()),
            "step_rule" => word(gauss_newton.step_rule.name()),
            "momentum" => Value::Real(gauss_newton.momentum),
            "warm_up" => count(optimiser.warm_up),
            "steps_per_set" => count(self.fit.steps_per_set),
            "memory" => Value::Real(gauss_newton.memory as f64 / GIB),
            "points" => count(self.fit.points),
            "width" => count(self.fit.width),
            "depth" => count(self.fit.depth),
            "target_ess" => Value::Real(self.fit.target_ess),
            "polish" => count(self.fit.polish),
            "sampler" => word(self.fit.sampler.map_or(AUTO, Sampler::name)),
            "time_steps" => count(self.fit.time_steps),
            "resample_below" => Value::Real(self.fit.resample_below),
            "standardise" => word(if self.fit.standardise { "yes" } else { "no" }),
            "factorise" => word(if self.fit.factorise { "yes" } else { "no" }),
            "draws" => count(self.draws),
            "seed" => Value::Count(self.fit.seed),
            "threads" => count(self.threads),
            "checkpoint_every" => Value::Real(self.checkpoint_every),
            other => panic!("settings: no value of {other}"),
        }
    }

    /// For the record: what shapes the fit and has no field of its own there.
    pub fn to_json(&self) -> BTreeMap<String, serde_json::Value> {
        let FitSettings {
            steps,
            points,
            width,
            depth,
            target_ess,
            polish,
            steps_per_set,
            optimiser,
            sampler,
            time_steps,
            resample_below,
            standardise,
            factorise,
            ..
        } = self.fit;
        let counts = [
            ("time_steps", time_steps),
            ("steps", steps),
            ("points", points),
            ("width", width),
            ("depth", depth),
            ("steps_per_set", steps_per_set),
            ("polish", polish),
            ("warm_up", optimiser.warm_up),
        ];
        let counts = counts.into_iter().map(|(key, value)| (key.to_string(), value.into()));
        let mut record: BTreeMap<String, serde_json::Value> = counts.collect();
        record.insert("target_ess".to_string(), target_ess.into());
        record.insert("resample_below".to_string(), resample_below.into());
        record.insert("sampler".to_string(), sampler.map_or(AUTO, Sampler::name).into());
        record.insert("standardise".to_string(), standardise.into());
        record.insert("factorise".to_string(), factorise.into());
        record.insert("optimiser".to_string(), optimiser.method.name().into());
        if let Method::GaussNewton(method) = optimiser.method {
            record.insert("step_rule".to_string(), method.step_rule.name().into());
            record.insert("momentum".to_string(), method.momentum.into());
            record.insert("memory".to_string(), (method.memory as f64 / GIB).into());
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::KeySpec;

    /// Every key set to something else than its default, if it has a choice.
    fn altered(spec: &KeySpec) -> String {
        match (spec.name, &spec.default) {
            ("evolution", _) => "bridge".to_string(),
            ("optimiser", _) => "qr".to_string(),
            ("step_rule", _) => "trust-radius".to_string(),
            ("sampler", _) => "flow".to_string(),
            ("standardise" | "factorise", _) => "no".to_string(),
            ("momentum" | "target_ess" | "resample_below", _) => "0.3".to_string(),
            ("memory", _) => "0.7".to_string(),
            (_, Value::Real(x)) => (x + 1.5).to_string(),
            (_, value) => format!("{}", value.as_real() as u64 + 1),
        }
    }

    #[test]
    fn values_are_what_is_read() {
        let mut settings = Settings::new(RunSettings::keys());
        for spec in RunSettings::keys() {
            settings.set(spec.name, &altered(&spec)).unwrap();
        }
        let read = RunSettings::read(&settings);
        let mut back = Settings::new(RunSettings::keys());
        for (key, value) in read.values() {
            back.set(key, &value.to_string()).unwrap();
        }
        back.set("threads", &read.threads.to_string()).unwrap();
        assert_eq!(RunSettings::read(&back), read);
        assert_ne!(read.values(), RunSettings::default().values());
        assert_eq!(read.values().len() + 1, RunSettings::keys().len());
    }
}
