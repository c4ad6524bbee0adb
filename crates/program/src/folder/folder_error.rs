//! Why the folder of a run cannot be made, opened or written.

use std::io;
use std::path::{Path, PathBuf};

/// Why the folder of a run cannot be made, opened or written, with its path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The folder exists and is not empty.
    #[error("{} exists: choose another --out, or --force to replace it", .path.display())]
    Exists {
        /// Path of the folder.
        path: PathBuf,
    },
    /// The folder for new draws exists and is not empty.
    #[error("{} exists and is not empty: choose another --out", .path.display())]
    Taken {
        /// Path of the folder.
        path: PathBuf,
    },
    /// A file of new draws could not be written. None of the new draws is left, and nothing else
    /// was touched.
    #[error(
        "{} could not be written: {cause}. Nothing is left of it; make room, or choose another \
         --out",
        .path.display()
    )]
    NoRoom {
        /// Path of the file.
        path: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The folder holds a run that has not finished.
    #[error(
        "{path} holds an unfinished run: go on with it by `pushforward resume {path}`, or move \
         it away",
        path = .path.display()
    )]
    Unfinished {
        /// Path of the folder.
        path: PathBuf,
    },
    /// Another process works in the folder.
    #[error("another process is at work in {}: wait for its end, or stop it", .path.display())]
    InUse {
        /// Path of the folder.
        path: PathBuf,
    },
    /// The folder is to be replaced or resumed, but it lacks a file that every run has, or holds
    /// one that no run writes.
    #[error(
        "{} is left as it is: {why}. Give the folder of a run, or another --out",
        .path.display()
    )]
    NotARun {
        /// Path of the folder.
        path: PathBuf,
        /// The reason, which names the file that is missing or foreign.
        why: String,
    },
    /// The path is not a folder, or has no last name.
    #[error("{} is no folder and cannot become one: give the name of one", .path.display())]
    NotAFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// No folder to resume exists at the path.
    #[error("there is no folder {}: give the folder of a run", .path.display())]
    Missing {
        /// The path that was given.
        path: PathBuf,
    },
    /// The folder cannot be created or written. This is found before any work.
    #[error(
        "{} cannot be written: {cause}. Choose another --out; nothing was computed yet",
        .path.display()
    )]
    NotWritable {
        /// The path that failed.
        path: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
    /// A file could not be written or moved after work was done. Complete files stay.
    #[error(
        "{path} could not be written: {cause}. What was whole stays in {kept}; once there is \
         room, `pushforward resume {kept}` goes on from the last checkpoint",
        path = .path.display(),
        kept = .kept.display()
    )]
    Write {
        /// The path that failed.
        path: PathBuf,
        /// Path of the folder with the complete files.
        kept: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
}

pub(crate) fn not_writable(path: &Path, cause: io::Error) -> FolderError {
    FolderError::NotWritable { path: path.to_path_buf(), cause }
}
