//! `resume`: goes on with an interrupted run, to the same bits as a run that was not interrupted.

use crate::commands::resolved_run::{Overrides, ResolvedRun};
use crate::commands::run::run_in;
use crate::folder::record::{ReadRecordError, Record};
use crate::folder::resume_error::ResumeError;
use crate::folder::run_folder::RunFolder;
use crate::folder::run_format::OtherFormat;
use crate::format::safetensors::Safetensors;
use crate::output::error::CliError;
use crate::output::exit::Exit;
use crate::output::run_observer::{CHECKPOINT, CONFIG, FORMAT, VERSION};
use crate::output::streams::{Streams, print};
use crate::output::summary::summary;
use crate::settings::config_file::{ConfiguredTarget, config_text, differences};
use crate::settings::problem::Problem;
use crate::settings::run_settings::RunSettings;
use pushforward::num::Arrays;
use pushforward::training::{Checkpoint, FitError};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::output::progress::Style;

/// Options with which a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct ResumeOptions {
    /// Folder of the run.
    pub folder: PathBuf,
    /// Number of threads, if not all. It changes no result.
    pub threads: Option<String>,
    /// Time from now after which the fit ends.
    pub time_limit: Option<Duration>,
    /// Style in which progress is shown.
    pub progress: Style,
}

/// Goes on with the run in a folder. If the run is finished, its summary is printed.
///
/// # Errors
/// [`CliError`]: the folder is in use or not that of a run; configuration, version, dimension or
/// density differ from those of the checkpoint; or the checkpoint is damaged. Then nothing was
/// touched.
pub fn resume(options: &ResumeOptions, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let folder = RunFolder::open(&options.folder)?;
    let resolved = resolved_in(folder.path(), options.threads.clone())?;
    resume_in(folder, &resolved.problem(), &resolved.settings, options, streams)
}

/// Goes on with a run whose target is built already. Its configuration must be that of the folder.
///
/// # Errors
/// Those of [`resume`] after the folder was opened.
pub fn resume_in(
    folder: RunFolder,
    problem: &Problem<'_>,
    settings: &RunSettings,
    options: &ResumeOptions,
    streams: &mut Streams<'_>,
) -> Result<Exit, CliError> {
    let checkpoint = checkpoint_in(folder.path(), problem, settings)?;
    if let Some(record) = checkpoint.as_ref().and_then(|checkpoint| finished(folder.path(), checkpoint)) {
        let place = folder.place().display();
        let text =
            format!("{}{place} is finished: nothing is left to do\n", summary(&record, folder.place()));
        return print(streams, &text, record.verdict.into());
    }
    run_in(folder, problem, settings, (options.progress, options.time_limit), checkpoint, streams)
}

/// Reads the target and settings of the run in a folder.
///
/// # Errors
/// [`ResumeError::OtherFormat`] if another version of the program wrote the results, and those of
/// [`ResolvedRun::new`].
pub fn resolved_in(folder: &Path, threads: Option<String>) -> Result<ResolvedRun, CliError> {
    check_record_format(folder)?;
    let path = folder.join("config.toml");
    if ConfiguredTarget::read(&path)?.name.is_none() {
        return Err(ResumeError::NoTarget { path }.into());
    }
    let options: Vec<(&'static str, String)> =
        threads.into_iter().map(|threads| ("threads", threads)).collect();
    ResolvedRun::new(None, Some(&path), Overrides { pairs: &[], options: &options })
}

/// Reads the checkpoint in a folder, if it has one, and checks that it belongs to this problem,
/// settings and version.
///
/// # Errors
/// [`ResumeError`] or [`FitError::Checkpoint`].
pub fn checkpoint_in(
    folder: &Path,
    problem: &Problem<'_>,
    settings: &RunSettings,
) -> Result<Option<Checkpoint>, CliError> {
    check_record_format(folder)?;
    let path = folder.join(CHECKPOINT);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(ResumeError::Unreadable { path, cause }.into()),
    };
    let file = Safetensors::from_bytes(&bytes);
    let file = file.map_err(|cause| ResumeError::Damaged { path: path.clone(), cause })?;
    let text = |name: &str| file.metadata.get(name).map_or("", String::as_str);
    if text(VERSION) != env!("CARGO_PKG_VERSION") {
        return Err(ResumeError::Version { stored: text(VERSION).to_string() }.into());
    }
    // A format number that cannot be read was never written, and counts as none.
    let format = OtherFormat::check(text(FORMAT).parse().ok());
    format.map_err(|other| ResumeError::OtherFormat { path, config: folder.join("config.toml"), other })?;
    let differences = differences(text(CONFIG), &config_text(problem, settings));
    if !differences.is_empty() {
        return Err(ResumeError::Config { path: folder.join("config.toml"), differences }.into());
    }
    let mut arrays = Arrays::default();
    file.tensors.into_iter().for_each(|(name, (shape, values))| arrays.put(&name, &shape, values));
    let checkpoint = Checkpoint::from_arrays(&arrays).map_err(FitError::from)?;
    checkpoint.check(problem.target).map_err(FitError::from)?;
    Ok(Some(checkpoint))
}

/// Checks that the record in a folder, if there is one, is of this version, before it is replaced.
///
/// # Errors
/// [`ResumeError::OtherFormat`]. A record that cannot be read is no error here.
fn check_record_format(folder: &Path) -> Result<(), ResumeError> {
    let path = folder.join("run.json");
    let Ok(text) = fs::read_to_string(&path) else { return Ok(()) };
    match Record::from_json(&text) {
        Err(ReadRecordError::Format(other)) => {
            Err(ResumeError::OtherFormat { path, config: folder.join("config.toml"), other })
        }
        _ => Ok(()),
    }
}

/// The record of a run that is finished: its number of steps is that of the checkpoint, whose fit
/// has ended.
fn finished(folder: &Path, checkpoint: &Checkpoint) -> Option<Record> {
    let record = Record::from_json(&fs::read_to_string(folder.join("run.json")).ok()?).ok()?;
    (checkpoint.has_ended() && record.steps == checkpoint.steps()).then_some(record)
}
