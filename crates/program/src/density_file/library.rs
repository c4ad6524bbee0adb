//! The table `[library]` of a density file: a shared library with the functions of BridgeStan.

use crate::density_file::error::DensityFileError;
use crate::density_file::laplacian::Laplacian;
use crate::density_file::source::Source;
use pushforward::density::Target;
use serde::Deserialize;

/// The table `[library]` as it stands in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The library, beside the density file.
    pub(crate) path: String,
    /// A file that ends in `.json`, beside the density file, or JSON itself.
    pub(crate) data: Option<String>,
    /// Handed to the library.
    #[serde(default)]
    pub(crate) seed: u32,
    /// Whether several threads may be in it at once; as the library says if left out.
    pub(crate) parallel: Option<bool>,
    /// What a point is at which it fails.
    #[serde(default)]
    pub(crate) refused: Refused,
    /// Where the Laplacian comes from.
    pub(crate) laplacian: Option<Laplacian>,
}

/// What a point is at which the library fails.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Refused {
    /// A failure of the density.
    #[default]
    Fail,
    /// Outside the support.
    Outside,
}

/// The density it asks for.
///
/// # Errors
/// [`DensityFileError::Library`].
pub(crate) fn open(table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    use pushforward::density::Differenced;
    use pushforward_foreign::{Concurrency, Library, LibrarySettings, Refusals};
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
