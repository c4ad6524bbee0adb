//! The target and settings of a run, chosen by words, by a configuration file, or by both.
//!
//! Here a target gets from its name, or from the text of its file, to its density: for `run`, and for `resume` and
//! `sample`, which read both from config.toml.

use crate::density_file::file::DensityFile;
use crate::density_file::source::Source;
use crate::output::error::CliError;
use crate::settings::config_file::ConfiguredTarget;
use crate::settings::keys::{KeySpec, Value};
use crate::settings::problem::Problem;
use crate::settings::run_settings::RunSettings;
use crate::settings::settings::{Origin, Settings, SettingsError, unknown};
use pushforward::density::{self, Benchmark, Facts, Target, TargetEntry};
use pushforward::num::{Purpose, Stream};
use std::collections::BTreeMap;
use std::path::Path;

/// What is run, built.
pub struct Chosen {
    name: String,
    parameters: BTreeMap<String, Value>,
    target: Box<dyn Target>,
    facts: Facts,
    exact_draws: Option<Vec<f64>>,
    source: Option<Source>,
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
    /// The target of this name or file, or the one of the configuration file. Defaults, density file, configuration
    /// file, pairs, options: later wins.
    ///
    /// # Errors
    /// [`CliError::Settings`], among them `NoTarget` and `TwoTargets` if name and file name none or disagree;
    /// [`CliError::DensityFile`].
    pub fn new(name: Option<&str>, config: Option<&Path>, words: Words<'_>) -> Result<Chosen, CliError> {
        let configured = config.map(ConfiguredTarget::read).transpose()?.unwrap_or_default();
        let name = name_of(name, &configured)?;
        match source_of(&name, configured.text)? {
            Some(source) => Chosen::of_file(source, config, words),
            None => Chosen::of_catalogue(entry(&name)?, config, words),
        }
    }

    fn of_catalogue(
        entry: &TargetEntry,
        config: Option<&Path>,
        words: Words<'_>,
    ) -> Result<Chosen, CliError> {
        let of_target = KeySpec::of_target(entry);
        let settings = read_settings(&of_target, None, config, words)?;
        let parameters = settings.of(&of_target);
        let numbers = parameters.iter().map(|(key, value)| (key.clone(), value.as_real())).collect();
        let target = density::named_target(entry.name, &numbers).map_err(SettingsError::Target)?;
        let settings = RunSettings::read(&settings);
        Ok(Chosen {
            name: entry.name.to_string(),
            parameters,
            exact_draws: exact_draws(target.as_ref(), &settings),
            facts: target.facts(),
            target,
            source: None,
            settings,
        })
    }

    /// Of the density of a file nothing is known but what it says.
    fn of_file(source: Source, config: Option<&Path>, words: Words<'_>) -> Result<Chosen, CliError> {
        let file = DensityFile::of(source)?;
        let settings = RunSettings::read(&read_settings(&[], Some(&file), config, words)?);
        Ok(Chosen {
            name: file.source.stem(),
            parameters: BTreeMap::new(),
            target: file.open()?,
            facts: Facts::default(),
            exact_draws: None,
            source: Some(file.source),
            settings,
        })
    }

    /// As the main job takes it.
    pub fn problem(&self) -> Problem<'_> {
        Problem {
            name: &self.name,
            parameters: &self.parameters,
            target: self.target.as_ref(),
            facts: &self.facts,
            exact_draws: self.exact_draws.as_deref(),
            source: self.source.as_ref(),
        }
    }
}

fn read_settings(
    of_target: &[KeySpec],
    file: Option<&DensityFile>,
    config: Option<&Path>,
    words: Words<'_>,
) -> Result<Settings, SettingsError> {
    let mut keys = RunSettings::keys();
    keys.extend(of_target.iter().cloned());
    let mut settings = Settings::new(keys);
    if let Some(file) = file {
        settings.read_table(&file.run, &file.source.text, &file.source.path)?;
    }
    if let Some(path) = config {
        settings.read_file(path)?;
    }
    words.pairs.iter().try_for_each(|pair| settings.set_pair(pair))?;
    words.options.iter().try_for_each(|(key, value)| settings.set(key, value))?;
    Ok(settings)
}

/// The text of the target's file, if it has one: as the configuration keeps it, or as it is now.
fn source_of(name: &str, text: Option<String>) -> Result<Option<Source>, CliError> {
    let is_catalogued = density::targets().iter().any(|entry| entry.name == name);
    match text {
        Some(text) => Ok(Some(Source::kept(name.into(), text))),
        None if is_catalogued || !DensityFile::is_meant_by(name) => Ok(None),
        None => {
            let Source { path, text, .. } = Source::read(Path::new(name))?;
            // What the file names lies beside it, wherever the run goes on.
            Ok(Some(Source::kept(std::path::absolute(&path).unwrap_or(path), text)))
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

fn name_of(name: Option<&str>, configured: &ConfiguredTarget) -> Result<String, SettingsError> {
    match (name, &configured.name) {
        (Some(given), Some(in_file)) if given != in_file => {
            Err(SettingsError::TwoTargets { given: given.to_string(), in_file: in_file.clone() })
        }
        (Some(name), _) => Ok(name.to_string()),
        (None, Some(in_file)) => Ok(in_file.clone()),
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
