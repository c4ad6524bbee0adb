//! Where the Laplacian of a density of another language comes from.

use serde::Deserialize;

/// Where the Laplacian comes from.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Laplacian {
    /// The density's own second derivatives, if it has them.
    Own,
    /// Central differences of its score.
    Differences,
    /// There is none.
    None,
}
