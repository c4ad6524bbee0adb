//! Why a density file defines no density.

use crate::density_file::csv_error::CsvError;
use pushforward_foreign::LibraryError;
use pushforward_foreign::ProcessError;
use pushforward_formula::{DeclarationError, Excerpt, Fault, ModelError};
use std::io;
use std::path::PathBuf;

/// Why a density file defines no density.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DensityFileError {
    /// The file cannot be read.
    #[error("the density file {} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// Path of the density file.
        path: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The file is not TOML, or has a table or key that no density file has.
    #[error("{} is no density file: {cause}", .path.display())]
    Syntax {
        /// Path of the density file.
        path: PathBuf,
        /// The message of the parser, with line, column and caret.
        #[source]
        cause: toml::de::Error,
    },
    /// The file has no density source.
    #[error(
        "{} does not say where the density comes from; give it a formula (log_density and \
         [parameters]), a shared library ([library]) or a program ([command])",
        .path.display()
    )]
    NoDensitySource {
        /// Path of the density file.
        path: PathBuf,
    },
    /// The file has more than one density source.
    #[error(
        "{} says more than once where the density comes from: {}; leave one of them",
        .path.display(),
        .tables.join(", ")
    )]
    TwoDensitySources {
        /// Path of the density file.
        path: PathBuf,
        /// The tables and keys that each give a density source.
        tables: Vec<&'static str>,
    },
    /// The file has parameters or data and no formula.
    #[error(
        "{} has no formula; write log_density = \"\"\" … \"\"\" above its first table, or in \
         [model]",
        .path.display()
    )]
    NoFormula {
        /// Path of the density file.
        path: PathBuf,
    },
    /// There is a fault at one place of the file.
    #[error(
        "{}, line {}, column {}: {fault}\n{excerpt}",
        .path.display(),
        .excerpt.line,
        .excerpt.column
    )]
    Placed {
        /// Path of the density file.
        path: PathBuf,
        /// The line, with the place in it marked.
        excerpt: Box<Excerpt>,
        /// The fault at that place.
        #[source]
        fault: Box<FileFault>,
    },
    /// A value is out of range.
    #[error("{}: `{key}` must be {requirement}", .path.display())]
    BadValue {
        /// Path of the density file.
        path: PathBuf,
        /// The key of the value.
        key: &'static str,
        /// The condition that the value must meet.
        requirement: &'static str,
    },
    /// The shared library that the file names cannot be used as a density.
    #[error("{}: {cause}", .path.display())]
    Library {
        /// Path of the density file.
        path: PathBuf,
        /// The fault of the library.
        #[source]
        cause: LibraryError,
    },
    /// The program that the file names cannot be used as a density.
    #[error("{}: {cause}", .path.display())]
    Command {
        /// Path of the density file.
        path: PathBuf,
        /// The fault of the child process.
        #[source]
        cause: ProcessError,
    },
}

/// A fault at one place of a density file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// The formula has a fault.
    #[error("{fault}{}", names_offered(.fault, .offered.as_ref()))]
    Formula {
        /// The fault of the formula.
        #[source]
        fault: Fault,
        /// The data file and the names it has.
        offered: Option<(String, Vec<String>)>,
    },
    /// The text of a declaration has a fault.
    #[error("{0}")]
    Declaration(#[source] DeclarationError),
    /// Parameters, data and formula contradict each other.
    #[error("{0}")]
    Model(#[source] ModelError),
    /// The key `log_density` stands among the parameters or the data.
    #[error("log_density must stand above the first table of the file, or in [model]")]
    MisplacedFormula,
    /// A declaration is neither a constraint nor a table of size and constraint.
    #[error(
        "declare {name} as {name} = \"real\", {name} = \"> 0\" or {name} = {{ size = 3, \
         constraint = \"ordered\" }}"
    )]
    NotADeclaration {
        /// Name of the parameter.
        name: String,
    },
    /// A declaration has an unknown key.
    #[error(
        "the declaration of {name} has a key {key:?}; it may have size, constraint, offset and \
         multiplier"
    )]
    DeclarationKey {
        /// Name of the parameter.
        name: String,
        /// Text of the unknown key.
        key: String,
    },
    /// The name of the data file is not a text.
    #[error("file must be a path in quotes")]
    DataFileName,
    /// Data are neither numbers nor arrays of numbers.
    #[error("{name} must be a number, an array of numbers, or an array of rows of one length")]
    NotData {
        /// Name of the data.
        name: String,
    },
    /// The data file cannot be read.
    #[error("the data file {path} cannot be read: {cause}; paths are relative to the density file")]
    Unreadable {
        /// Path of the data file.
        path: String,
        /// The message of the operating system.
        cause: String,
    },
    /// The data file is not a table of columns.
    #[error("the data file {path}: {cause}")]
    Csv {
        /// Path of the data file.
        path: String,
        /// The fault of the table.
        #[source]
        cause: Box<CsvError>,
    },
    /// The data file is not a JSON object of numbers and arrays.
    #[error("the data file {path} must be a JSON object of numbers and arrays: {cause}")]
    Json {
        /// Path of the data file.
        path: String,
        /// The message of the parser.
        cause: String,
    },
}

/// The largest number of names that a message shows.
const SHOWN: usize = 40;

/// The end of a message about an unknown name: the names of the data file.
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
