//! Density files: TOML that says where a log density comes from, and how it is to be fitted.

mod command;
mod error;
mod file;
mod formula;
mod laplacian;
mod library;
mod source;

pub use error::DensityFileError;
pub use file::{DensityFile, Door};
pub use source::Source;
