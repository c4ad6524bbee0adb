//! The tables of a density file that give a formula: parameters, data and the log density.

use super::file::Entries;
use super::{DensityFileError, Source};
use crate::density::Target;
use toml::{Spanned, Value};

/// What a density file says of a formula.
#[derive(Debug)]
pub struct Table {
    pub(super) log_density: Option<Spanned<String>>,
    pub(super) report: Option<Spanned<Value>>,
    pub(super) parameters: Option<Entries>,
    pub(super) data: Option<Entries>,
}

/// The density.
///
/// # Errors
/// [`DensityFileError::NotBuiltIn`].
pub(super) fn open(_table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    Err(DensityFileError::NotBuiltIn { path: source.path.clone(), door: "parameters" })
}
