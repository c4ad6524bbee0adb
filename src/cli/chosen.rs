//! The target and settings of a run, chosen by words, by a configuration file, or by both.
//!
//! Here a target gets from its name to its density: for `run`, and for `resume` and `sample`, which read the name from
//! config.toml. Another kind of target (a file with a formula) is built in [`Chosen::new`] and told apart by its name.

use super::config_file::target_in;
use super::keys::{KeySpec, Value};
use super::run::Subject;
use super::run_settings::RunSettings;
use super::settings::{Origin, Settings, SettingsError, unknown};
use crate::density::{self, Benchmark, Facts, TargetEntry};
use crate::num::{Purpose, Stream};
use std::collections::BTreeMap;
use std::path::Path;

/// What is run, built.
pub struct Chosen {
    name: &'static str,
    parameters: BTreeMap<String, Value>,
    target: Box<dyn Benchmark>,
    facts: Facts,
    exact_draws: Option<Vec<f64>>,
    /// How it is run.
    pub settings: RunSettings,
}

/// Settings on the command line: `key=value`, and options with a name of their own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words<'a> {
    /// `key=value`, in order.
    pub pairs: &'a [String],
    /// Key and value.
    pub options: &'a [(&'static str, String)],
}

impl Chosen {
    /// The target `name`, or the one of the configuration file; defaults, file, pairs, options: later wins.
    ///
    /// # Errors
    /// [`SettingsError`]; `NoTarget` or `TwoTargets` if name and file name none or disagree.
    pub fn new(name: Option<&str>, config: Option<&Path>, words: Words<'_>) -> Result<Chosen, SettingsError> {
        let entry = entry(&name_of(name, config)?)?;
        let of_target = KeySpec::of_target(entry);
        let mut keys = RunSettings::keys();
        keys.extend(of_target.iter().cloned());
        let mut settings = Settings::new(keys);
        if let Some(path) = config {
            settings.read_file(path)?;
        }
        words.pairs.iter().try_for_each(|pair| settings.set_pair(pair))?;
        words.options.iter().try_for_each(|(key, value)| settings.set(key, value))?;
        let parameters = settings.of(&of_target);
        let numbers = parameters.iter().map(|(key, value)| (key.clone(), value.as_real())).collect();
        let target = density::named_target(entry.name, &numbers).map_err(SettingsError::Target)?;
        let settings = RunSettings::read(&settings);
        let exact_draws = exact_draws(target.as_ref(), &settings);
        Ok(Chosen { name: entry.name, parameters, facts: target.facts(), target, exact_draws, settings })
    }

    /// As the main job takes it.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            name: self.name,
            parameters: &self.parameters,
            target: self.target.as_ref(),
            facts: &self.facts,
            exact_draws: self.exact_draws.as_deref(),
        }
    }
}

/// The catalogue's entry of this name.
///
/// # Errors
/// `UnknownName` with the nearest one.
pub fn entry(name: &str) -> Result<&'static TargetEntry, SettingsError> {
    let known: Vec<&str> = density::targets().iter().map(|entry| entry.name).collect();
    let found = density::targets().iter().find(|entry| entry.name == name);
    found.ok_or_else(|| unknown("target", name, &known, Origin::CommandLine))
}

fn name_of(name: Option<&str>, config: Option<&Path>) -> Result<String, SettingsError> {
    let in_file = config.map(target_in).transpose()?.flatten();
    match (name, in_file) {
        (Some(name), Some(in_file)) if name != in_file => {
            Err(SettingsError::TwoTargets { given: name.to_string(), in_file })
        }
        (Some(name), _) => Ok(name.to_string()),
        (None, Some(in_file)) => Ok(in_file),
        (None, None) => Err(SettingsError::NoTarget),
    }
}

/// At most 20 000, more than the bins of a figure resolve.
fn exact_draws(target: &dyn Benchmark, settings: &RunSettings) -> Option<Vec<f64>> {
    let dim = target.dim();
    let mut stream = Stream::new(settings.fit.seed, Purpose::Exact, 0);
    let mut draws = vec![0.0; dim * settings.draws.min(20_000)];
    draws.chunks_exact_mut(dim).all(|x| target.draw(&mut stream, x)).then_some(draws)
}
