//! The table of the keys of a run: the name and meaning of each key, its values, and the files that
//! state it.
//!
//! Configuration files, `--set`, options of the command line, help, config.toml and run.json all
//! read this table. A new setting needs a field with its default, and an entry here.

use crate::format::capital::capital;
use crate::settings::keys::{KeySpec, Kind, Value};
use crate::settings::layers::Settings;
use crate::settings::run_settings::RunSettings;
use pushforward::density::Range;
use pushforward::evolution::evolution_names;
use pushforward::optim::{GaussNewton, Method, StepRule};
use pushforward::training::{FitSettings, Sampler, SettingRange};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A key of a run.
pub struct Key {
    /// The name of the key in configuration files and for `--set`.
    pub name: &'static str,
    /// The meaning of the key in one line.
    pub help: &'static str,
    /// The values that the key may have.
    kind: fn() -> Kind,
    get: fn(&RunSettings) -> Value,
    /// Puts a value of this kind into the settings.
    set: fn(&mut RunSettings, &Value),
    written: Written,
    option: Option<KeyOption>,
}

/// An option of `run` that sets a key, such as `--seed S`.
#[derive(Clone, Copy)]
struct KeyOption {
    /// The place of the option in the help, from 0.
    order: usize,
    placeholder: &'static str,
    /// The help of the option, if it differs from that of the key.
    help: Option<&'static str>,
}

/// The files that state the value of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Both config.toml and `settings` of run.json state it.
    Everywhere,
    /// config.toml states it. run.json does so only if the fit is by Gauss-Newton, the only method
    /// that reads it.
    RecordedOfGaussNewton,
    /// Only config.toml states it. The record has a field of its own for it, or no result depends
    /// on it.
    InConfig,
    /// No file states it, since it depends on the machine.
    Nowhere,
}

/// Every key, in the order of the help and of config.toml. An upper bound without a reason of its
/// own catches a typing error before it asks for all memory there is.
pub const KEYS: &[Key] = &[
    Key::new(
        "evolution",
        "which transport to learn",
        || Kind::Choice(&EVOLUTION_NAMES),
        |run| word(&run.evolution),
        |run, value| run.evolution = value.word().to_string(),
    )
    .written(Written::InConfig)
    .option(0, "E"),
    Key::new(
        "steps",
        "steps of the optimiser at most",
        || whole(FitSettings::STEPS, 10_000_000),
        |run| count(run.fit.steps),
        |run, value| run.fit.steps = value.size(),
    ),
    Key::new(
        "optimiser",
        "what makes the steps: a Gauss-Newton direction, broyden or adam",
        || Kind::Choice(&Method::NAMES),
        |run| word(run.fit.optimiser.method.name()),
        |run, value| {
            let method = Method::named(value.word(), gauss_newton(run));
            run.fit.optimiser.method = method.expect("a value of the kind is a name of a method");
        },
    ),
    Key::new(
        "step_rule",
        "how far to go along a Gauss-Newton direction",
        || Kind::Choice(&STEP_RULE_NAMES),
        |run| word(gauss_newton(run).step_rule.name()),
        |run, value| {
            let named = StepRule::ALL.into_iter().find(|rule| rule.name() == value.word());
            let step_rule = named.expect("a value of the kind is a name of a rule");
            set_gauss_newton(run, |method| method.step_rule = step_rule);
        },
    )
    .written(Written::RecordedOfGaussNewton),
    Key::new(
        "momentum",
        "fraction of the last step kept in the next",
        || real(0.0, 0.999),
        |run| Value::Real(gauss_newton(run).momentum),
        |run, value| set_gauss_newton(run, |method| method.momentum = value.number()),
    )
    .written(Written::RecordedOfGaussNewton),
    Key::new(
        "warm_up",
        "steps of Adam at the start",
        || Kind::Count { least: 0, most: 1_000_000 },
        |run| count(run.fit.optimiser.warm_up),
        |run, value| run.fit.optimiser.warm_up = value.size(),
    ),
    Key::new(
        "steps_per_set",
        "steps on one batch of points",
        || whole(FitSettings::STEPS_PER_BATCH, 1_000_000),
        |run| count(run.fit.steps_per_batch),
        |run, value| run.fit.steps_per_batch = value.size(),
    ),
    Key::new(
        "memory",
        "GiB for J, above which auto is cg",
        || real(0.001, 1e6),
        |run| Value::Real(gauss_newton(run).memory as f64 / GIB),
        |run, value| set_gauss_newton(run, |method| method.memory = (value.number() * GIB) as usize),
    )
    .written(Written::RecordedOfGaussNewton)
    .option(2, "GiB")
    .option_help("Memory for J; above it products with J take its place"),
    Key::new(
        "points",
        "collocation points",
        || whole(FitSettings::POINTS, 1_000_000),
        |run| count(run.fit.points),
        |run, value| run.fit.points = value.size(),
    ),
    Key::new(
        "width",
        "units in a hidden layer",
        || whole(FitSettings::WIDTH, 4096),
        |run| count(run.fit.width),
        |run, value| run.fit.width = value.size(),
    ),
    Key::new(
        "depth",
        "hidden layers",
        || whole(FitSettings::DEPTH, 64),
        |run| count(run.fit.depth),
        |run, value| run.fit.depth = value.size(),
    ),
    Key::new(
        "target_ess",
        "ESS of validation draws at which the fit ends early",
        || real(0.01, FitSettings::TARGET_ESS.most),
        |run| Value::Real(run.fit.target_ess),
        |run, value| run.fit.target_ess = value.number(),
    ),
    Key::new(
        "polish",
        "steps after that, a hundred each on large batches",
        || Kind::Count { least: 0, most: 1_000_000 },
        |run| count(run.fit.polish),
        |run, value| run.fit.polish = value.size(),
    ),
    Key::new(
        "sampler",
        "how draws are moved; auto: with noise where the evolution has some",
        || Kind::Choice(&SAMPLER_NAMES),
        |run| word(run.fit.sampler.map_or(AUTO, Sampler::name)),
        |run, value| {
            run.fit.sampler = Sampler::ALL.into_iter().find(|sampler| sampler.name() == value.word());
        },
    ),
    Key::new(
        "time_steps",
        "steps in time of draws moved with noise",
        || whole(FitSettings::TIME_STEPS, 1_000_000),
        |run| count(run.fit.time_steps),
        |run, value| run.fit.time_steps = value.size(),
    ),
    Key::new(
        "resample_below",
        "ESS of 64 noisy draws below which they are resampled on the way; 0 is never",
        || real(FitSettings::RESAMPLE_BELOW.least, FitSettings::RESAMPLE_BELOW.most),
        |run| Value::Real(run.fit.resample_below),
        |run, value| run.fit.resample_below = value.number(),
    ),
    Key::new(
        "standardise",
        "whether to bring the target to location 0 and scale 1 first",
        || Kind::YesNo,
        |run| Value::YesNo(run.fit.standardise),
        |run, value| run.fit.standardise = value.is_yes(),
    ),
    Key::new(
        "factorise",
        "whether independent factors of the target are found and fitted apart",
        || Kind::YesNo,
        |run| Value::YesNo(run.fit.factorise),
        |run, value| run.fit.factorise = value.is_yes(),
    ),
    Key::new(
        "draws",
        "draws at the end",
        || Kind::Count { least: 1, most: 100_000_000 },
        |run| count(run.draws),
        |run, value| run.draws = value.size(),
    )
    .written(Written::InConfig)
    .option(4, "N"),
    Key::new(
        "seed",
        "seed of every random stream",
        || Kind::Count { least: 0, most: u64::MAX },
        |run| Value::Count(run.fit.seed),
        |run, value| run.fit.seed = value.count(),
    )
    .written(Written::InConfig)
    .option(1, "S"),
    Key::new(
        "threads",
        "threads; changes no result",
        || Kind::Count { least: 1, most: 4096 },
        |run| count(run.threads),
        |run, value| run.threads = value.size(),
    )
    .written(Written::Nowhere)
    .option(3, "T"),
    Key::new(
        "checkpoint_every",
        "seconds between checkpoints",
        || real(0.0, 1e9),
        |run| Value::Real(run.checkpoint_every),
        |run, value| run.checkpoint_every = value.number(),
    )
    .written(Written::InConfig),
];

impl Key {
    /// A key that config.toml and run.json state, and that is not an option.
    const fn new(
        name: &'static str,
        help: &'static str,
        kind: fn() -> Kind,
        get: fn(&RunSettings) -> Value,
        set: fn(&mut RunSettings, &Value),
    ) -> Key {
        Key { name, help, kind, get, set, written: Written::Everywhere, option: None }
    }

    const fn written(mut self, written: Written) -> Key {
        self.written = written;
        self
    }

    const fn option(mut self, order: usize, placeholder: &'static str) -> Key {
        self.option = Some(KeyOption { order, placeholder, help: None });
        self
    }

    const fn option_help(mut self, help: &'static str) -> Key {
        if let Some(option) = &mut self.option {
            option.help = Some(help);
        }
        self
    }

    /// The part of a key that the reader of settings needs. The default is the one of
    /// [`RunSettings`].
    pub fn spec(&self) -> KeySpec {
        let default = (self.get)(&RunSettings::default());
        KeySpec { name: self.name, kind: (self.kind)(), default, help: self.help }
    }
}

/// The part of all keys that the reader of settings needs.
pub fn specs() -> Vec<KeySpec> {
    KEYS.iter().map(Key::spec).collect()
}

/// An option of the command line that sets a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOption {
    /// Name of the option, which is also the name of the key.
    pub name: &'static str,
    /// The placeholder for the value in the help.
    pub placeholder: &'static str,
    /// The meaning of the option in one line.
    pub help: String,
}

/// The keys that are options of `run`, in the order of its help.
pub fn run_options() -> Vec<RunOption> {
    let mut found: Vec<(usize, RunOption)> = KEYS
        .iter()
        .filter_map(|key| {
            let KeyOption { order, placeholder, help } = key.option?;
            let help = help.map_or_else(|| capital(key.help), str::to_string);
            Some((order, RunOption { name: key.name, placeholder, help }))
        })
        .collect();
    found.sort_by_key(|(order, _)| *order);
    found.into_iter().map(|(_, option)| option).collect()
}

/// The settings of a run, from settings that hold these keys.
///
/// # Panics
/// If a key is missing from the settings.
pub fn run_settings(settings: &Settings) -> RunSettings {
    let mut run = RunSettings::default();
    KEYS.iter().for_each(|key| (key.set)(&mut run, settings.value(key.name)));
    run
}

/// Every key that config.toml states, with its value, in the order of [`KEYS`]. Read back by
/// [`run_settings`], these values give the same run.
pub fn config_values(run: &RunSettings) -> Vec<(&'static str, Value)> {
    let stated = KEYS.iter().filter(|key| key.written != Written::Nowhere);
    stated.map(|key| (key.name, (key.get)(run))).collect()
}

/// The table `settings` of run.json: the settings that shape the fit and have no other field there.
pub fn recorded_values(run: &RunSettings) -> BTreeMap<String, serde_json::Value> {
    let is_gauss_newton = matches!(run.fit.optimiser.method, Method::GaussNewton(_));
    let recorded = KEYS.iter().filter(|key| match key.written {
        Written::Everywhere => true,
        Written::RecordedOfGaussNewton => is_gauss_newton,
        Written::InConfig | Written::Nowhere => false,
    });
    recorded.map(|key| (key.name.to_string(), (key.get)(run).to_json())).collect()
}

/// Number of bytes in a GiB.
const GIB: f64 = (1u64 << 30) as f64;

/// The value of a key whose setting the program chooses.
const AUTO: &str = "auto";

static EVOLUTION_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(evolution_names);

static STEP_RULE_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| StepRule::ALL.iter().map(|rule| rule.name()).collect());

static SAMPLER_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| [AUTO].into_iter().chain(Sampler::ALL.map(Sampler::name)).collect());

/// Whole numbers from the smallest that a fit allows, up to `most`.
fn whole(range: SettingRange, most: u64) -> Kind {
    Kind::Count { least: range.least as u64, most }
}

fn real(from: f64, to: f64) -> Kind {
    Kind::Number(Range::Real { from, to })
}

fn count(n: usize) -> Value {
    Value::Count(n as u64)
}

fn word(word: &str) -> Value {
    Value::Word(word.to_string())
}

/// Settings of the Gauss-Newton method. They are the defaults for a fit by another method, which
/// does not use them.
fn gauss_newton(run: &RunSettings) -> GaussNewton {
    match run.fit.optimiser.method {
        Method::GaussNewton(method) => method,
        _ => GaussNewton::default(),
    }
}

/// Changes the settings of the Gauss-Newton method. Nothing changes for a fit by another method.
fn set_gauss_newton(run: &mut RunSettings, change: impl FnOnce(&mut GaussNewton)) {
    if let Method::GaussNewton(method) = &mut run.fit.optimiser.method {
        change(method);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A value of the key that is not its default.
    fn other_value(spec: &KeySpec) -> Value {
        match (spec.kind, &spec.default) {
            (Kind::Count { least, most }, Value::Count(n)) => {
                Value::Count(if *n < most { n + 1 } else { least })
            }
            (Kind::Number(Range::Real { from, to }), Value::Real(x)) => {
                // GiB that are whole bytes, and a number inside any other range.
                let other = if to > 16.0 { 8.0 } else { 0.5 * (from + to) };
                Value::Real(if *x == other { from } else { other })
            }
            (Kind::YesNo, Value::YesNo(yes)) => Value::YesNo(!yes),
            (Kind::Choice(words), Value::Word(default)) => {
                // The last direction of Gauss-Newton, since other methods do not use the keys that
                // follow.
                let named = |w: &&&str| **w != default.as_str() && !["broyden", "adam"].contains(*w);
                word(words.iter().rfind(named).expect("a choice has two words"))
            }
            (kind, default) => panic!("{}: {default:?} is not of the kind {kind:?}", spec.name),
        }
    }

    /// Settings in which every key has a value other than the default.
    fn altered() -> RunSettings {
        let mut run = RunSettings::default();
        KEYS.iter().for_each(|key| (key.set)(&mut run, &other_value(&key.spec())));
        run
    }

    #[test]
    fn every_key_gives_back_what_is_put_into_it() {
        for key in KEYS {
            let spec = key.spec();
            let other = other_value(&spec);
            let mut run = RunSettings::default();
            assert_eq!((key.get)(&run), spec.default, "{}", key.name);
            (key.set)(&mut run, &other);
            assert_eq!((key.get)(&run), other, "{}", key.name);
            for neighbour in KEYS.iter().filter(|neighbour| neighbour.name != key.name) {
                assert_eq!(
                    (neighbour.get)(&run),
                    neighbour.spec().default,
                    "{} by {}",
                    neighbour.name,
                    key.name
                );
            }
            (key.set)(&mut run, &spec.default);
            assert_eq!(run, RunSettings::default(), "{}", key.name);
        }
    }

    #[test]
    fn every_default_is_of_its_kind_and_no_name_stands_twice() {
        let names: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
        for spec in specs() {
            assert_eq!(spec.kind.parse(&spec.default.to_string()), Some(spec.default), "{}", spec.name);
        }
        // The reader begins with the defaults of the table, which are those of the struct.
        assert_eq!(run_settings(&Settings::new(specs())), RunSettings::default());
    }

    /// The values of all fields as `Debug` prints them: the text after each name, up to the next
    /// name.
    fn fields(run: &RunSettings) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        let mut last = String::new();
        for line in format!("{run:#?}").lines() {
            match line.trim().split_once(": ") {
                Some((name, value)) => {
                    last = name.to_string();
                    assert_eq!(fields.insert(last.clone(), value.to_string()), None, "{name} stands twice");
                }
                None if !last.is_empty() => {
                    fields.get_mut(&last).expect("it was inserted").push_str(line.trim())
                }
                None => {}
            }
        }
        fields
    }

    /// Names of the fields that have the same value in both.
    fn equal_fields(left: &RunSettings, right: &RunSettings) -> Vec<String> {
        let right = fields(right);
        fields(left).into_iter().filter(|(name, value)| right[name] == *value).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_field_has_a_key() {
        // A struct holds fields and has no value of its own.
        let equal = equal_fields(&RunSettings::default(), &altered());
        assert_eq!(equal, ["fit", "method", "optimiser"]);
        // A field without a key is found.
        let without = RunSettings { checkpoint_every: RunSettings::default().checkpoint_every, ..altered() };
        let equal = equal_fields(&RunSettings::default(), &without);
        assert_eq!(equal, ["checkpoint_every", "fit", "method", "optimiser"]);
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let run = altered();
        let mut settings = Settings::new(specs());
        for (key, value) in config_values(&run) {
            settings.set(key, &value.to_string()).unwrap();
        }
        settings.set("threads", &run.threads.to_string()).unwrap();
        assert_eq!(run_settings(&settings), run);
        assert_eq!(config_values(&run).len() + 1, KEYS.len());
    }

    #[test]
    fn the_record_has_what_shapes_the_fit() {
        let record = |text: &str| {
            let mut settings = Settings::new(specs());
            settings.set("optimiser", text).unwrap();
            recorded_values(&run_settings(&settings))
        };
        let [of_adam, of_qr] = ["adam", "qr"].map(record);
        assert_eq!((&of_qr["memory"], &of_qr["standardise"]), (&2.0.into(), &true.into()));
        let more: Vec<&String> = of_qr.keys().filter(|key| !of_adam.contains_key(*key)).collect();
        assert_eq!(more, ["memory", "momentum", "step_rule"]);
        for absent in ["evolution", "seed", "draws", "threads", "checkpoint_every"] {
            assert!(!of_qr.contains_key(absent), "{absent}");
        }
    }

    #[test]
    fn options_stand_in_the_order_of_the_help() {
        let options: Vec<String> =
            run_options().iter().map(|o| format!("--{} {}: {}", o.name, o.placeholder, o.help)).collect();
        assert_eq!(
            options,
            [
                "--evolution E: Which transport to learn",
                "--seed S: Seed of every random stream",
                "--memory GiB: Memory for J; above it products with J take its place",
                "--threads T: Threads; changes no result",
                "--draws N: Draws at the end",
            ]
        );
    }
}
