//! The table `[library]` of a density file: a shared library with the functions of BridgeStan.

use crate::density_file::error::DensityFileError;
use crate::density_file::laplacian::Laplacian;
use crate::density_file::source::Source;
use pushforward::density::Target;
use serde::Deserialize;

/// The table `[library]` of a density file, before any path in it is resolved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Path of the library, relative to the density file.
    pub(crate) path: String,
    /// Path of a file that ends in `.json`, relative to the density file, or JSON itself.
    pub(crate) data: Option<String>,
    /// The seed passed to the library.
    #[serde(default)]
    pub(crate) seed: u32,
    /// Whether several threads may call the library at the same time. If left out, the library
    /// decides.
    pub(crate) parallel: Option<bool>,
    /// What a failure of the library at a point means.
    #[serde(default)]
    pub(crate) refused: Refused,
    /// The source of the Laplacian.
    pub(crate) laplacian: Option<Laplacian>,
}

/// What a failure of the library at a point means.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Refused {
    /// The density failed, and the run ends.
    #[default]
    Fail,
    /// The point is outside the support, log ρ = −inf.
    Outside,
}

/// Loads the library as a density.
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
