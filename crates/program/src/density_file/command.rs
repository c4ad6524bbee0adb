//! The table `[command]` of a density file: a child process that evaluates the density.

use crate::density_file::error::DensityFileError;
use crate::density_file::laplacian::Laplacian;
use crate::density_file::source::Source;
use pushforward::density::{Differenced, Target};
use pushforward_foreign::{Process, ProcessSettings};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The table `[command]` of a density file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The program and its arguments. It runs in the folder of the density file.
    pub(crate) program: Vec<String>,
    /// The dimension that the program must announce.
    pub(crate) dim: Option<usize>,
    /// Names for the coordinates. If left out, the program gives them.
    pub(crate) names: Option<Vec<String>>,
    /// Timeout for the greeting and for every batch, in seconds.
    pub(crate) timeout: Option<f64>,
    /// Number of processes side by side.
    pub(crate) processes: Option<usize>,
    /// The source of the Laplacian.
    pub(crate) laplacian: Option<Laplacian>,
}

/// The largest timeout: one day, in seconds. A program that needs longer has hung.
const LONGEST: f64 = 86_400.0;
/// The largest number of processes. No machine that we know of has so many threads.
const MOST_PROCESSES: usize = 1024;

/// Starts the processes and gives the density that they evaluate.
///
/// # Errors
/// [`DensityFileError::Command`], or [`DensityFileError::BadValue`] for a value out of range.
pub(crate) fn open(table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    let bad = |key, requirement| DensityFileError::BadValue { path: source.path.clone(), key, requirement };
    let timeout = table.timeout.unwrap_or(60.0);
    if !(timeout > 0.0 && timeout <= LONGEST) {
        return Err(bad("timeout", "a number of seconds above 0 and at most 86400"));
    }
    let processes = table.processes.unwrap_or(1);
    if !(1..=MOST_PROCESSES).contains(&processes) {
        return Err(bad("processes", "a whole number from 1 to 1024"));
    }
    if table.names.as_ref().is_some_and(|names| table.dim.is_some_and(|dim| dim != names.len())) {
        return Err(bad("names", "one for each of the `dim` coordinates"));
    }
    if table.laplacian == Some(Laplacian::Own) {
        return Err(bad("laplacian", "\"differences\" or \"none\": a program has no second derivatives"));
    }
    // The parent of `model.toml` is an empty path, which is not a folder to run in.
    let folder = source.path.parent().filter(|folder| *folder != Path::new(""));
    let settings = ProcessSettings {
        program: table.program.clone(),
        folder: Some(folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf)),
        dim: table.dim,
        names: table.names.clone(),
        timeout: Duration::from_secs_f64(timeout),
        processes,
    };
    let process = Process::start(settings);
    let process = process.map_err(|cause| DensityFileError::Command { path: source.path.clone(), cause })?;
    Ok(match table.laplacian {
        Some(Laplacian::Differences) => Box::new(Differenced::new(process)),
        _ => Box::new(process),
    })
}
