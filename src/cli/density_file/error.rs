//! Why a density file gives no density.

#[cfg(feature = "plugin")]
use crate::foreign::LibraryError;
use crate::foreign::ProcessError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a density file gives no density.
#[derive(Debug)]
pub enum DensityFileError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is not TOML, or has a table or key that no density file has.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and caret.
        cause: toml::de::Error,
    },
    /// It does not say where the density comes from.
    NoDoor {
        /// The file.
        path: PathBuf,
    },
    /// It says so twice.
    TwoDoors {
        /// The file.
        path: PathBuf,
        /// The tables.
        doors: Vec<&'static str>,
    },
    /// This program was built without what the file asks for.
    NotBuiltIn {
        /// The file.
        path: PathBuf,
        /// Its table.
        door: &'static str,
    },
    /// A value is out of range.
    BadValue {
        /// The file.
        path: PathBuf,
        /// Which one.
        key: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// The shared library it names is no density.
    #[cfg(feature = "plugin")]
    Library {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: LibraryError,
    },
    /// The program it names is no density.
    Command {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: ProcessError,
    },
}

impl fmt::Display for DensityFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DensityFileError::Unreadable { path, cause } => {
                write!(f, "the density file {} cannot be read: {cause}", path.display())
            }
            DensityFileError::Syntax { path, cause } => {
                write!(f, "{} is no density file: {cause}", path.display())
            }
            DensityFileError::NoDoor { path } => write!(
                f,
                "{} does not say where the density comes from; give it a formula (log_density and [parameters]), \
                 a shared library ([library]) or a program ([command])",
                path.display()
            ),
            DensityFileError::TwoDoors { path, doors } => write!(
                f,
                "{} says more than once where the density comes from: {}; leave one of them",
                path.display(),
                doors.join(", ")
            ),
            DensityFileError::NotBuiltIn { path, door } => write!(
                f,
                "{} asks for a density by [{door}], which this program was built without",
                path.display()
            ),
            DensityFileError::BadValue { path, key, requirement } => {
                write!(f, "{}: `{key}` must be {requirement}", path.display())
            }
            #[cfg(feature = "plugin")]
            DensityFileError::Library { path, cause } => write!(f, "{}: {cause}", path.display()),
            DensityFileError::Command { path, cause } => write!(f, "{}: {cause}", path.display()),
        }
    }
}

impl std::error::Error for DensityFileError {}
