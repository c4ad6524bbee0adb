//! The table `[library]` of a density file: a shared library with the functions of BridgeStan.

use super::laplacian::Laplacian;
use super::{DensityFileError, Source};
use crate::density::Target;
use serde::Deserialize;

/// The table `[library]` as it stands in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
// Without the feature the table is understood, and then refused.
#[cfg_attr(not(feature = "plugin"), expect(dead_code))]
pub struct Table {
    /// The library, beside the density file.
    pub(super) path: String,
    /// A file that ends in `.json`, beside the density file, or JSON itself.
    pub(super) data: Option<String>,
    /// Handed to the library.
    #[serde(default)]
    pub(super) seed: u32,
    /// Whether several threads may be in it at once; as the library says if left out.
    pub(super) parallel: Option<bool>,
    /// What a point is at which it fails.
    #[serde(default)]
    pub(super) refused: Refused,
    /// Where the Laplacian comes from.
    pub(super) laplacian: Option<Laplacian>,
}

/// What a point is at which the library fails.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Refused {
    /// A failure of the density.
    #[default]
    Fail,
    /// Outside the support.
    Outside,
}

/// The density it asks for.
///
/// # Errors
/// [`DensityFileError::Library`]; [`DensityFileError::NotBuiltIn`] without the feature `plugin`.
#[cfg(feature = "plugin")]
pub(super) fn open(table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    use crate::density::Differenced;
    use crate::foreign::{Concurrency, Library, LibrarySettings, Refusals};
    let data = table.data.clone().map(|data| match data.ends_with(".json") {
        true => source.beside(data).to_string_lossy().into_owned(),
        false => data,
    });
    let settings = LibrarySettings {
        path: source.beside(&table.path),
        data,
        seed: table.seed,
        concurrency: match table.parallel {
            None => Concurrency::AsDeclared,
            Some(true) => Concurrency::Parallel,
            Some(false) => Concurrency::OneCallAtATime,
        },
        refusals: match table.refused {
            Refused::Fail => Refusals::Fail,
            Refused::Outside => Refusals::OutsideSupport,
        },
    };
    // SAFETY: the user named the library as the density to be sampled; README says what it must be.
    let library = unsafe { Library::load(&settings) };
    let library = library.map_err(|cause| DensityFileError::Library { path: source.path.clone(), cause })?;
    Ok(match table.laplacian.unwrap_or(Laplacian::Own) {
        Laplacian::Own => Box::new(library),
        Laplacian::None => Box::new(library.without_hessian()),
        Laplacian::Differences => Box::new(Differenced::new(library)),
    })
}

#[cfg(not(feature = "plugin"))]
pub(super) fn open(_table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    Err(DensityFileError::NotBuiltIn { path: source.path.clone(), door: "library" })
}
