//! The source of the Laplacian for a density in another language.

use serde::Deserialize;

/// The source of the Laplacian.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Laplacian {
    /// The density's own second derivatives, if it has them.
    Own,
    /// Central differences of the score.
    Differences,
    /// The density has no Laplacian.
    None,
}
