//! Why a run cannot go on, or give more draws, from the files in its folder.

use crate::folder::run_format::OtherFormat;
use crate::format::safetensors::SafetensorsError;
use std::io;
use std::path::PathBuf;

/// Why a run cannot go on from the files in its folder. Nothing was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// A file cannot be read.
    #[error("{} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The configuration names no target.
    #[error("{} names no target: put the line back that begins with \"target =\"", .path.display())]
    NoTarget {
        /// Path of the file.
        path: PathBuf,
    },
    /// The checkpoint is truncated or altered.
    #[error(
        "{} is no checkpoint to go on from: {cause}. Nothing was touched; put a copy back, or \
         move the file away to start the run anew",
        .path.display()
    )]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// The fault of the file.
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
        /// The version of the program that wrote the checkpoint.
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
        /// Path of the file.
        path: PathBuf,
        /// Path of the configuration of the run, from which it can be run again.
        config: PathBuf,
        /// The format that was found.
        #[source]
        other: OtherFormat,
    },
    /// The configuration differs from that of the checkpoint.
    #[error(
        "{path} is not the configuration that the run began with: {}. Put it back, or start a \
         new run with `pushforward run --config {path}`",
        .differences.join("; "),
        path = .path.display()
    )]
    Config {
        /// Path of the configuration file.
        path: PathBuf,
        /// One line for each key that differs.
        differences: Vec<String>,
    },
    /// More draws were asked for, and the run has none yet.
    #[error(
        "the run in {path} has no results yet: go on with it by `pushforward resume {path}`",
        path = .path.display()
    )]
    NoResults {
        /// Path of the run's folder.
        path: PathBuf,
    },
    /// A file of the run has a content that no run writes.
    #[error("{}: {cause}", .path.display())]
    Foreign {
        /// Path of the file.
        path: PathBuf,
        /// The fault of the file.
        cause: String,
    },
    /// Draws of this seed exist already.
    #[error(
        "{} holds the draws of seed {seed} already, and the same seed gives the same draws: \
         choose another --seed",
        .place.display()
    )]
    SeedUsed {
        /// Seed of the draws.
        seed: u64,
        /// Path of the folder that has these draws.
        place: PathBuf,
    },
}
