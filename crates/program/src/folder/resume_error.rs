//! Why a run cannot go on, or give more draws, from what its folder holds.

use crate::folder::run_format::OtherFormat;
use crate::format::safetensors::SafetensorsError;
use std::io;
use std::path::PathBuf;

/// Why a run cannot go on from what its folder holds. Nothing was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// A file cannot be read.
    #[error("{} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The configuration names no target.
    #[error("{} names no target: put the line back that begins with \"target =\"", .path.display())]
    NoTarget {
        /// The file.
        path: PathBuf,
    },
    /// The checkpoint is truncated or altered.
    #[error(
        "{} is no checkpoint to go on from: {cause}. Nothing was touched; put a copy back, or \
         move the file away to start the run anew",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: SafetensorsError,
    },
    /// Another version of the program wrote the checkpoint.
    #[error(
        "the checkpoint was written by version {stored}, this is {}: go on with that version, \
         or start a new run with --config and its config.toml",
        env!("CARGO_PKG_VERSION")
    )]
    Version {
        /// That version.
        stored: String,
    },
    /// Another version of the program wrote the record or the checkpoint, in a format that this
    /// version does not read.
    #[error(
        "{}: {other}. Nothing was touched; use that version, or start a new run with \
         `pushforward run --config {}`",
        .path.display(),
        .config.display()
    )]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The configuration of the run, from which it can be run again.
        config: PathBuf,
        /// The format.
        #[source]
        other: OtherFormat,
    },
    /// The configuration is not the one of the checkpoint.
    #[error(
        "{path} is not the configuration that the run began with: {}. Put it back, or start a \
         new run with `pushforward run --config {path}`",
        .differences.join("; "),
        path = .path.display()
    )]
    Config {
        /// The configuration file.
        path: PathBuf,
        /// A line for each key that differs.
        differences: Vec<String>,
    },
    /// More draws are asked of a run that has none yet.
    #[error(
        "the run in {path} has no results yet: go on with it by `pushforward resume {path}`",
        path = .path.display()
    )]
    NoResults {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the run is not what a run writes.
    #[error("{}: {cause}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Draws of this seed are there already.
    #[error(
        "{} holds the draws of seed {seed} already, and the same seed gives the same draws: \
         choose another --seed",
        .place.display()
    )]
    SeedUsed {
        /// The seed.
        seed: u64,
        /// Where its draws are.
        place: PathBuf,
    },
}
