//! Why there is no folder for a run.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no folder, with its path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// It exists and is not empty.
    #[error("{} exists: choose another --out, or --force to replace it", .path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A place for new draws that is not empty.
    #[error("{} exists and is not empty: choose another --out", .path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// A file of new draws could not be written; nothing of them is left, and nothing else was touched.
    #[error(
        "{} could not be written: {cause}. Nothing is left of it; make room, or choose another \
         --out",
        .path.display()
    )]
    NoRoom {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// It holds a run that has not come to its end.
    #[error(
        "{path} holds an unfinished run: go on with it by `pushforward resume {path}`, or move \
         it away",
        path = .path.display()
    )]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// Another process works in it.
    #[error("another process is at work in {}: wait for its end, or stop it", .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// To be replaced or gone on with, but it lacks what every run has or holds something no run writes.
    #[error(
        "{} is left as it is: {why}. Give the folder of a run, or another --out",
        .path.display()
    )]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// What is missing or foreign.
        why: String,
    },
    /// Something else than a folder, or a path without a last name.
    #[error("{} is no folder and cannot become one: give the name of one", .path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// There is nothing of this name to go on in.
    #[error("there is no folder {}: give the folder of a run", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be created or written; found before any work.
    #[error(
        "{} cannot be written: {cause}. Choose another --out; nothing was computed yet",
        .path.display()
    )]
    NotWritable {
        /// The path that failed.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A file could not be written or moved after work was done; what was whole stays.
    #[error(
        "{path} could not be written: {cause}. What was whole stays in {kept}; once there is \
         room, `pushforward resume {kept}` goes on from the last checkpoint",
        path = .path.display(),
        kept = .kept.display()
    )]
    Write {
        /// The path that failed.
        path: PathBuf,
        /// Where the whole files are.
        kept: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

pub(crate) fn not_writable(path: &Path, cause: io::Error) -> FolderError {
    FolderError::NotWritable { path: path.to_path_buf(), cause }
}
