//! Why a density file gives no density.

use crate::density_file::csv_error::CsvError;
use pushforward_foreign::LibraryError;
use pushforward_foreign::ProcessError;
use pushforward_formula::{DeclarationError, Excerpt, Fault, ModelError};
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
    /// Parameters or data without a formula.
    NoFormula {
        /// The file.
        path: PathBuf,
    },
    /// Something is wrong at one place.
    Placed {
        /// The file.
        path: PathBuf,
        /// The line, and the place in it.
        excerpt: Box<Excerpt>,
        /// What is wrong.
        fault: Box<FileFault>,
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
            DensityFileError::NoFormula { path } => write!(
                f,
                "{} has no formula; write log_density = \"\"\" … \"\"\" above its first table, or in [model]",
                path.display()
            ),
            DensityFileError::Placed { path, excerpt, fault } => {
                let (line, column) = (excerpt.line, excerpt.column);
                write!(f, "{}, line {line}, column {column}: {fault}\n{excerpt}", path.display())
            }
            DensityFileError::BadValue { path, key, requirement } => {
                write!(f, "{}: `{key}` must be {requirement}", path.display())
            }
            DensityFileError::Library { path, cause } => write!(f, "{}: {cause}", path.display()),
            DensityFileError::Command { path, cause } => write!(f, "{}: {cause}", path.display()),
        }
    }
}

impl std::error::Error for DensityFileError {}

/// How many names of a data file a message shows.
const SHOWN: usize = 40;

/// What is wrong at a place of a density file.
#[derive(Clone, Debug, PartialEq)]
pub enum FileFault {
    /// In the formula.
    Formula {
        /// What.
        fault: Fault,
        /// The data file and the names it has.
        offered: Option<(String, Vec<String>)>,
    },
    /// In the words of a declaration.
    Declaration(DeclarationError),
    /// Parameters, data and formula do not go together.
    Model(ModelError),
    /// `log_density` among parameters or data.
    MisplacedFormula,
    /// A declaration that is neither a constraint nor a table of size and constraint.
    NotADeclaration {
        /// The parameter.
        name: String,
    },
    /// A key that no declaration has.
    DeclarationKey {
        /// The parameter.
        name: String,
        /// The key.
        key: String,
    },
    /// A name of a data file that is no text.
    DataFileName,
    /// Data that are neither numbers nor arrays of them.
    NotData {
        /// Their name.
        name: String,
    },
    /// A data file that cannot be read.
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// A data file that is not a table of columns.
    Csv {
        /// The file.
        path: String,
        /// Why.
        cause: Box<CsvError>,
    },
    /// A data file that is not a JSON object.
    Json {
        /// The file.
        path: String,
        /// Why.
        cause: String,
    },
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileFault::Formula { fault, offered } => {
                write!(f, "{fault}")?;
                match (fault, offered) {
                    (Fault::Unknown { what: "name", .. }, Some((path, names))) => {
                        write!(f, " {path} has {}", names[..names.len().min(SHOWN)].join(", "))?;
                        match names.len().saturating_sub(SHOWN) {
                            0 => Ok(()),
                            more => write!(f, " and {more} more"),
                        }
                    }
                    _ => Ok(()),
                }
            }
            FileFault::Declaration(error) => error.fmt(f),
            FileFault::Model(error) => error.fmt(f),
            FileFault::MisplacedFormula => {
                write!(f, "log_density must stand above the first table of the file, or in [model]")
            }
            FileFault::NotADeclaration { name } => write!(
                f,
                "declare {name} as {name} = \"real\", {name} = \"> 0\" or \
                 {name} = {{ size = 3, constraint = \"ordered\" }}"
            ),
            FileFault::DeclarationKey { name, key } => {
                write!(
                    f,
                    "the declaration of {name} has a key {key:?}; it may have size, constraint, offset and multiplier"
                )
            }
            FileFault::DataFileName => write!(f, "file must be a path in quotes"),
            FileFault::NotData { name } => {
                write!(f, "{name} must be a number, an array of numbers, or an array of rows of one length")
            }
            FileFault::Unreadable { path, cause } => {
                write!(
                    f,
                    "the data file {path} cannot be read: {cause}; paths are relative to the density file"
                )
            }
            FileFault::Csv { path, cause } => write!(f, "the data file {path}: {cause}"),
            FileFault::Json { path, cause } => {
                write!(f, "the data file {path} must be a JSON object of numbers and arrays: {cause}")
            }
        }
    }
}
