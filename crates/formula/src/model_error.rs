//! Why parameters, data and a formula make no density.

use super::FormulaError;
use super::fault::suggestion;

/// Why parameters, data and a formula make no density.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The formula is wrong somewhere.
    #[error("{0}")]
    Formula(#[source] FormulaError),
    /// There is nothing to sample.
    #[error("there are no parameters; declare one, such as mu = \"real\"")]
    NoParameters,
    /// A name that formulas cannot read.
    #[error(
        "{name:?} is not a name that a formula can read: letters, digits and _, with a letter \
         first, and not `target`"
    )]
    NotAName {
        /// As given.
        name: String,
    },
    /// A name of data and of a parameter, or of two parameters.
    #[error("{name:?} is declared twice; data and parameters need names of their own")]
    TwoMeanings {
        /// The name.
        name: String,
    },
    /// Data without an entry.
    #[error("the data {name:?} have no entry")]
    EmptyData {
        /// Its name.
        name: String,
    },
    /// Data that are not finite.
    #[error("entry {entry} of the data {name:?} is {value}; leave such rows out")]
    DataNotFinite {
        /// The name.
        name: String,
        /// Which entry, from 1.
        entry: usize,
        /// Its value.
        value: f64,
    },
    /// A constraint that needs a vector of two entries or more.
    #[error(
        "{name:?} is ordered or a simplex and needs 2 entries or more: {name} = {{ size = 3, \
         constraint = … }}"
    )]
    NeedsVector {
        /// The parameter.
        name: String,
    },
    /// Bounds of a parameter that are not finite or leave nothing.
    #[error("the bounds of {name:?} must be finite, the lower one below the upper one")]
    Bounds {
        /// The parameter.
        name: String,
    },
    /// An offset or a multiplier that is wrong somewhere.
    #[error("the offset or multiplier of {name:?}: {}", .error.fault)]
    Affine {
        /// The parameter.
        name: String,
        /// What is wrong.
        #[source]
        error: FormulaError,
    },
    /// A change of variables of a parameter that has a constraint already.
    #[error(
        "{name:?} has a constraint and cannot have an offset or a multiplier beside it; leave \
         one of them out"
    )]
    AffineOfConstrained {
        /// The parameter.
        name: String,
    },
    /// A quantity to report that the formula does not define.
    #[error("the formula defines no quantity {name:?} to report{}", suggestion(.nearest.as_deref()))]
    NotDefined {
        /// As given.
        name: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
}
