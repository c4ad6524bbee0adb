//! The target and settings of a run, resolved from the command line, a configuration file, or both.
//!
//! The name of a target, or the text of its file, is resolved to its density here: for `run`, and
//! for `resume` and `sample`, which read both from config.toml.

use crate::density_file::file::DensityFile;
use crate::density_file::source::Source;
use crate::output::error::CliError;
use crate::settings::config_file::ConfiguredTarget;
use crate::settings::keys::{KeySpec, Value};
use crate::settings::layers::{Origin, Settings, SettingsError, unknown};
use crate::settings::problem::Problem;
use crate::settings::run_keys::{run_settings, specs};
use crate::settings::run_settings::RunSettings;
use pushforward::density::{self, Benchmark, Facts, Target, TargetEntry};
use pushforward::num::{Purpose, Stream};
use std::collections::BTreeMap;
use std::path::Path;

/// A run that is ready to begin: its target is built and its settings are read.
pub struct ResolvedRun {
    name: String,
    parameters: BTreeMap<String, Value>,
    target: Box<dyn Target>,
    facts: Facts,
    exact_draws: Option<Vec<f64>>,
    source: Option<Source>,
    /// Settings of the fit, of the draws and of the machine.
    pub settings: RunSettings,
}

/// Settings on the command line, which override all others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides<'a> {
    /// Arguments of `--set`, each `key=value`, in their order.
    pub pairs: &'a [String],
    /// Options that set a key, as pairs of key and value.
    pub options: &'a [(&'static str, String)],
}

impl ResolvedRun {
    /// Resolves the target of this name or file, or the one of the configuration file. Settings are
    /// read from defaults, density file, configuration file, pairs and options; later wins.
    ///
    /// # Errors
    /// [`CliError::Settings`], among them `NoTarget` and `TwoTargets` if name and file name none or
    /// disagree; [`CliError::DensityFile`].
    pub fn new(
        name: Option<&str>,
        config: Option<&Path>,
        overrides: Overrides<'_>,
    ) -> Result<ResolvedRun, CliError> {
        let configured = config.map(ConfiguredTarget::read).transpose()?.unwrap_or_default();
        let name = name_of(name, &configured)?;
        match source_of(&name, configured.text)? {
            Some(source) => ResolvedRun::of_file(source, config, overrides),
            None => ResolvedRun::of_catalogue(entry(&name)?, config, overrides),
        }
    }

    fn of_catalogue(
        entry: &TargetEntry,
        config: Option<&Path>,
        overrides: Overrides<'_>,
    ) -> Result<ResolvedRun, CliError> {
        let of_target = KeySpec::of_target(entry);
        let settings = read_settings(&of_target, None, config, overrides)?;
        let parameters = settings.of(&of_target);
        let numbers = parameters.iter().map(|(key, value)| (key.clone(), value.as_real())).collect();
        let target = density::named_target(entry.name, &numbers).map_err(SettingsError::Target)?;
        let settings = run_settings(&settings);
        Ok(ResolvedRun {
            name: entry.name.to_string(),
            parameters,
            exact_draws: exact_draws(target.as_ref(), &settings),
            facts: target.facts(),
            target,
            source: None,
            settings,
        })
    }

    /// Resolves a density file. Its target has no known facts and no exact draws.
    fn of_file(
        source: Source,
        config: Option<&Path>,
        overrides: Overrides<'_>,
    ) -> Result<ResolvedRun, CliError> {
        let file = DensityFile::of(source)?;
        let settings = run_settings(&read_settings(&[], Some(&file), config, overrides)?);
        Ok(ResolvedRun {
            name: file.source.stem(),
            parameters: BTreeMap::new(),
            target: file.open()?,
            facts: Facts::default(),
            exact_draws: None,
            source: Some(file.source),
            settings,
        })
    }

    /// The problem of this run.
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
    overrides: Overrides<'_>,
) -> Result<Settings, SettingsError> {
    let mut keys = specs();
    keys.extend(of_target.iter().cloned());
    let mut settings = Settings::new(keys);
    if let Some(file) = file {
        settings.read_table(&file.run, &file.source.text, &file.source.path)?;
    }
    if let Some(path) = config {
        settings.read_file(path)?;
    }
    overrides.pairs.iter().try_for_each(|pair| settings.set_pair(pair))?;
    overrides.options.iter().try_for_each(|(key, value)| settings.set(key, value))?;
    Ok(settings)
}

/// The text of the target's file, if it has one: from the configuration if it keeps it, else from
/// disk.
fn source_of(name: &str, text: Option<String>) -> Result<Option<Source>, CliError> {
    let is_catalogued = density::targets().iter().any(|entry| entry.name == name);
    match text {
        Some(text) => Ok(Some(Source::kept(name.into(), text))),
        None if is_catalogued || !DensityFile::is_meant_by(name) => Ok(None),
        None => {
            let Source { path, text, .. } = Source::read(Path::new(name))?;
            // Paths in the file are relative to its folder, from whichever folder the run goes on.
            Ok(Some(Source::kept(std::path::absolute(&path).unwrap_or(path), text)))
        }
    }
}

/// The entry of the catalogue with this name.
///
/// # Errors
/// `UnknownName` with the nearest name.
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

/// At most 20 000 exact draws, n×d, which is more than the bins of a figure resolve.
fn exact_draws(target: &dyn Benchmark, settings: &RunSettings) -> Option<Vec<f64>> {
    let dim = target.dim();
    let mut stream = Stream::new(settings.fit.seed, Purpose::Exact, 0);
    let mut draws = vec![0.0; dim * settings.draws.min(20_000)];
    draws.chunks_exact_mut(dim).all(|x| target.draw(&mut stream, x)).then_some(draws)
}
