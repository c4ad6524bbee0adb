//! Why a density file gives no density.

use crate::density_file::csv_error::CsvError;
use pushforward_foreign::LibraryError;
use pushforward_foreign::ProcessError;
use pushforward_formula::{DeclarationError, Excerpt, Fault, ModelError};
use std::io;
use std::path::PathBuf;

/// Why a density file gives no density.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DensityFileError {
    /// The file cannot be read.
    #[error("the density file {} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The file is not TOML, or has a table or key that no density file has.
    #[error("{} is no density file: {cause}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and caret.
        #[source]
        cause: toml::de::Error,
    },
    /// It does not say where the density comes from.
    #[error(
        "{} does not say where the density comes from; give it a formula (log_density and \
         [parameters]), a shared library ([library]) or a program ([command])",
        .path.display()
    )]
    NoDoor {
        /// The file.
        path: PathBuf,
    },
    /// It says so twice.
    #[error(
        "{} says more than once where the density comes from: {}; leave one of them",
        .path.display(),
        .doors.join(", ")
    )]
    TwoDoors {
        /// The file.
        path: PathBuf,
        /// The tables.
        doors: Vec<&'static str>,
    },
    /// Parameters or data without a formula.
    #[error(
        "{} has no formula; write log_density = \"\"\" … \"\"\" above its first table, or in \
         [model]",
        .path.display()
    )]
    NoFormula {
        /// The file.
        path: PathBuf,
    },
    /// Something is wrong at one place.
    #[error(
        "{}, line {}, column {}: {fault}\n{excerpt}",
        .path.display(),
        .excerpt.line,
        .excerpt.column
    )]
    Placed {
        /// The file.
        path: PathBuf,
        /// The line, and the place in it.
        excerpt: Box<Excerpt>,
        /// What is wrong.
        #[source]
        fault: Box<FileFault>,
    },
    /// A value is out of range.
    #[error("{}: `{key}` must be {requirement}", .path.display())]
    BadValue {
        /// The file.
        path: PathBuf,
        /// Which one.
        key: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// The shared library it names is no density.
    #[error("{}: {cause}", .path.display())]
    Library {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: LibraryError,
    },
    /// The program it names is no density.
    #[error("{}: {cause}", .path.display())]
    Command {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: ProcessError,
    },
}

/// What is wrong at a place of a density file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// In the formula.
    #[error("{fault}{}", names_offered(.fault, .offered.as_ref()))]
    Formula {
        /// What.
        #[source]
        fault: Fault,
        /// The data file and the names it has.
        offered: Option<(String, Vec<String>)>,
    },
    /// In the words of a declaration.
    #[error("{0}")]
    Declaration(#[source] DeclarationError),
    /// Parameters, data and formula do not go together.
    #[error("{0}")]
    Model(#[source] ModelError),
    /// `log_density` among parameters or data.
    #[error("log_density must stand above the first table of the file, or in [model]")]
    MisplacedFormula,
    /// A declaration that is neither a constraint nor a table of size and constraint.
    #[error(
        "declare {name} as {name} = \"real\", {name} = \"> 0\" or {name} = {{ size = 3, \
         constraint = \"ordered\" }}"
    )]
    NotADeclaration {
        /// The parameter.
        name: String,
    },
    /// A key that no declaration has.
    #[error(
        "the declaration of {name} has a key {key:?}; it may have size, constraint, offset and \
         multiplier"
    )]
    DeclarationKey {
        /// The parameter.
        name: String,
        /// The key.
        key: String,
    },
    /// A name of a data file that is no text.
    #[error("file must be a path in quotes")]
    DataFileName,
    /// Data that are neither numbers nor arrays of them.
    #[error("{name} must be a number, an array of numbers, or an array of rows of one length")]
    NotData {
        /// Their name.
        name: String,
    },
    /// A data file that cannot be read.
    #[error("the data file {path} cannot be read: {cause}; paths are relative to the density file")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// A data file that is not a table of columns.
    #[error("the data file {path}: {cause}")]
    Csv {
        /// The file.
        path: String,
        /// Why.
        #[source]
        cause: Box<CsvError>,
    },
    /// A data file that is not a JSON object.
    #[error("the data file {path} must be a JSON object of numbers and arrays: {cause}")]
    Json {
        /// The file.
        path: String,
        /// Why.
        cause: String,
    },
}

/// How many names of a data file a message shows.
const SHOWN: usize = 40;

/// The names that a data file has, after a name that nothing has.
fn names_offered(fault: &Fault, offered: Option<&(String, Vec<String>)>) -> String {
    match (fault, offered) {
        (Fault::Unknown { what: "name", .. }, Some((path, names))) => {
            let shown = names[..names.len().min(SHOWN)].join(", ");
            match names.len().saturating_sub(SHOWN) {
                0 => format!(" {path} has {shown}"),
                more => format!(" {path} has {shown} and {more} more"),
            }
        }
        _ => String::new(),
    }
}
