//! Errors of parameters, data and a formula that form no density.

use super::FormulaError;
use super::fault::suggestion;

/// Why parameters, data and a formula form no density.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The formula has a fault.
    #[error("{0}")]
    Formula(#[source] FormulaError),
    /// No parameter is declared.
    #[error("there are no parameters; declare one, such as mu = \"real\"")]
    NoParameters,
    /// A name cannot be read by formulas.
    #[error(
        "{name:?} is not a name that a formula can read: letters, digits and _, with a letter \
         first, and not `target`"
    )]
    NotAName {
        /// The name that was given.
        name: String,
    },
    /// A name belongs to data and to a parameter, or to two parameters.
    #[error("{name:?} is declared twice; data and parameters need names of their own")]
    TwoMeanings {
        /// The name that is declared twice.
        name: String,
    },
    /// Data have no entry.
    #[error("the data {name:?} have no entry")]
    EmptyData {
        /// The name of the data.
        name: String,
    },
    /// An entry of the data is not finite.
    #[error("entry {entry} of the data {name:?} is {value}; leave such rows out")]
    DataNotFinite {
        /// The name of the data.
        name: String,
        /// The number of the entry, from 1.
        entry: usize,
        /// The value of the entry.
        value: f64,
    },
    /// A constraint needs a vector of at least two entries.
    #[error(
        "{name:?} is ordered or a simplex and needs 2 entries or more: {name} = {{ size = 3, \
         constraint = … }}"
    )]
    NeedsVector {
        /// The name of the parameter.
        name: String,
    },
    /// The bounds of a parameter are not finite or leave no interval.
    #[error("the bounds of {name:?} must be finite, the lower one below the upper one")]
    Bounds {
        /// The name of the parameter.
        name: String,
    },
    /// An offset or a multiplier has a fault.
    #[error("the offset or multiplier of {name:?}: {}", .error.fault)]
    Affine {
        /// The name of the parameter.
        name: String,
        /// The fault of the offset or multiplier.
        #[source]
        error: FormulaError,
    },
    /// A parameter has a change of variables and a constraint.
    #[error(
        "{name:?} has a constraint and cannot have an offset or a multiplier beside it; leave \
         one of them out"
    )]
    AffineOfConstrained {
        /// The name of the parameter.
        name: String,
    },
    /// A quantity to report is not defined in the formula.
    #[error("the formula defines no quantity {name:?} to report{}", suggestion(.nearest.as_deref()))]
    NotDefined {
        /// The name of the quantity.
        name: String,
        /// The name that was most likely meant.
        nearest: Option<String>,
    },
}
