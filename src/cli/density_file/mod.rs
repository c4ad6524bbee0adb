//! Density files: TOML that says where a log density comes from, and how it is to be fitted.

mod command;
mod csv;
mod data;
mod error;
mod file;
mod formula;
mod laplacian;
mod library;
mod source;

pub use csv::CsvError;
pub use error::{DensityFileError, FileFault};
pub use file::{DensityFile, Door};
pub use source::{Embedded, Source};
