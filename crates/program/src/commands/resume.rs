//! `resume`: a run goes on where it was interrupted, and ends with the bits of one that was not.

use crate::commands::chosen::{Chosen, Words};
use crate::commands::run::run_in;
use crate::folder::folder::RunFolder;
use crate::folder::record::{Record, Verdict};
use crate::folder::resume_error::ResumeError;
use crate::format::safetensors::Safetensors;
use crate::output::error::CliError;
use crate::output::exit::Exit;
use crate::output::keeper::{CHECKPOINT, CONFIG, VERSION};
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

/// How a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct ResumeOptions {
    /// Its folder.
    pub folder: PathBuf,
    /// Threads, if not all; they change no result.
    pub threads: Option<String>,
    /// The fit ends after this long from now.
    pub time_limit: Option<Duration>,
    /// How progress is shown.
    pub progress: Style,
}

/// Goes on with the run in a folder, or says how it ended.
///
/// # Errors
/// [`CliError`]: the folder is in use or none of a run; configuration, version, dimension or density are not those of the
/// checkpoint; the checkpoint is damaged. Then nothing was touched.
pub fn resume(options: &ResumeOptions, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let folder = RunFolder::open(&options.folder)?;
    let chosen = chosen_in(folder.path(), options.threads.clone())?;
    resume_in(folder, &chosen.problem(), &chosen.settings, options, streams)
}

/// The same for a target that is built already; its configuration must be that of the folder.
///
/// # Errors
/// As [`resume`].
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
        let exit = if record.verdict == Verdict::Trusted { Exit::Trusted } else { Exit::NotTrusted };
        return print(streams, &text, exit);
    }
    run_in(folder, problem, settings, (options.progress, options.time_limit), checkpoint, streams)
}

/// The target and settings of the run in a folder.
pub fn chosen_in(folder: &Path, threads: Option<String>) -> Result<Chosen, CliError> {
    let path = folder.join("config.toml");
    if ConfiguredTarget::read(&path)?.name.is_none() {
        return Err(ResumeError::NoTarget { path }.into());
    }
    let options: Vec<(&'static str, String)> =
        threads.into_iter().map(|threads| ("threads", threads)).collect();
    Chosen::new(None, Some(&path), Words { pairs: &[], options: &options })
}

/// The checkpoint in a folder, if it has one, once it is known to be of this problem, settings and version.
///
/// # Errors
/// [`ResumeError`] or [`FitError::Checkpoint`].
pub fn checkpoint_in(
    folder: &Path,
    problem: &Problem<'_>,
    settings: &RunSettings,
) -> Result<Option<Checkpoint>, CliError> {
    let path = folder.join(CHECKPOINT);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(ResumeError::Unreadable { path, cause }.into()),
    };
    let file = Safetensors::from_bytes(&bytes).map_err(|cause| ResumeError::Damaged { path, cause })?;
    let text = |name: &str| file.metadata.get(name).map_or("", String::as_str);
    if text(VERSION) != env!("CARGO_PKG_VERSION") {
        return Err(ResumeError::Version { stored: text(VERSION).to_string() }.into());
    }
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

/// The record of a run that came to its end: the one of the checkpoint's last step and reason.
fn finished(folder: &Path, checkpoint: &Checkpoint) -> Option<Record> {
    let record = Record::from_json(&fs::read_to_string(folder.join("run.json")).ok()?).ok()?;
    (checkpoint.has_ended() && record.steps == checkpoint.steps()).then_some(record)
}
