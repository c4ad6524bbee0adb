//! The table `[library]` of a density file.

use super::{DensityFileError, Source};
use crate::density::Target;

/// The table `[library]` as it stands in the file.
pub type Table = toml::Table;

/// The density it asks for.
///
/// # Errors
/// [`DensityFileError::NotBuiltIn`].
pub(super) fn open(_table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    Err(DensityFileError::NotBuiltIn { path: source.path.clone(), door: "library" })
}
