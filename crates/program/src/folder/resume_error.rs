//! Why a run cannot go on, or give more draws, from what its folder holds.

use crate::folder::run_format::OtherFormat;
use crate::format::safetensors::SafetensorsError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a run cannot go on from what its folder holds. Nothing was touched.
#[derive(Debug)]
pub enum ResumeError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The configuration names no target.
    NoTarget {
        /// The file.
        path: PathBuf,
    },
    /// The checkpoint is truncated or altered.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: SafetensorsError,
    },
    /// Another version of the program wrote the checkpoint.
    Version {
        /// That version.
        stored: String,
    },
    /// Another version of the program wrote the record or the checkpoint, in a format that this version does not read.
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The configuration of the run, from which it can be run again.
        config: PathBuf,
        /// The format.
        other: OtherFormat,
    },
    /// The configuration is not the one of the checkpoint.
    Config {
        /// The configuration file.
        path: PathBuf,
        /// A line for each key that differs.
        differences: Vec<String>,
    },
    /// More draws are asked of a run that has none yet.
    NoResults {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the run is not what a run writes.
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Draws of this seed are there already.
    SeedUsed {
        /// The seed.
        seed: u64,
        /// Where its draws are.
        place: PathBuf,
    },
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResumeError::Unreadable { path, cause } => {
                write!(f, "{} cannot be read: {cause}", path.display())
            }
            ResumeError::NoTarget { path } => {
                write!(
                    f,
                    "{} names no target: put the line back that begins with \"target =\"",
                    path.display()
                )
            }
            ResumeError::Damaged { path, cause } => write!(
                f,
                "{} is no checkpoint to go on from: {cause}. Nothing was touched; put a copy back, or move the file \
                 away to start the run anew",
                path.display()
            ),
            ResumeError::Version { stored } => write!(
                f,
                "the checkpoint was written by version {stored}, this is {}: go on with that version, or start a new \
                 run with --config and its config.toml",
                env!("CARGO_PKG_VERSION")
            ),
            ResumeError::OtherFormat { path, config, other } => write!(
                f,
                "{}: {other}. Nothing was touched; use that version, or start a new run with `pushforward run --config \
                 {}`",
                path.display(),
                config.display()
            ),
            ResumeError::Config { path, differences } => write!(
                f,
                "{path} is not the configuration that the run began with: {}. Put it back, or start a new run with \
                 `pushforward run --config {path}`",
                differences.join("; "),
                path = path.display(),
            ),
            ResumeError::NoResults { path } => write!(
                f,
                "the run in {path} has no results yet: go on with it by `pushforward resume {path}`",
                path = path.display()
            ),
            ResumeError::Foreign { path, cause } => write!(f, "{}: {cause}", path.display()),
            ResumeError::SeedUsed { seed, place } => write!(
                f,
                "{} holds the draws of seed {seed} already, and the same seed gives the same draws: choose another --seed",
                place.display()
            ),
        }
    }
}

impl std::error::Error for ResumeError {}
