//! Why parameters, data and a formula make no density.

use super::FormulaError;
use std::fmt;

/// Why parameters, data and a formula make no density.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelError {
    /// The formula is wrong somewhere.
    Formula(FormulaError),
    /// There is nothing to sample.
    NoParameters,
    /// A name that formulas cannot read.
    NotAName {
        /// As given.
        name: String,
    },
    /// A name of data and of a parameter, or of two parameters.
    TwoMeanings {
        /// The name.
        name: String,
    },
    /// Data without an entry.
    EmptyData {
        /// Its name.
        name: String,
    },
    /// Data that are not finite.
    DataNotFinite {
        /// The name.
        name: String,
        /// Which entry, from 1.
        entry: usize,
        /// Its value.
        value: f64,
    },
    /// A constraint that needs a vector of two entries or more.
    NeedsVector {
        /// The parameter.
        name: String,
    },
    /// Bounds of a parameter that are not finite or leave nothing.
    Bounds {
        /// The parameter.
        name: String,
    },
    /// An offset or a multiplier that is wrong somewhere.
    Affine {
        /// The parameter.
        name: String,
        /// What is wrong.
        error: FormulaError,
    },
    /// A change of variables of a parameter that has a constraint already.
    AffineOfConstrained {
        /// The parameter.
        name: String,
    },
    /// A quantity to report that the formula does not define.
    NotDefined {
        /// As given.
        name: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelError::Formula(error) => error.fmt(f),
            ModelError::NoParameters => {
                write!(f, "there are no parameters; declare one, such as mu = \"real\"")
            }
            ModelError::NotAName { name } => write!(
                f,
                "{name:?} is not a name that a formula can read: letters, digits and _, with a letter first, and \
                 not `target`"
            ),
            ModelError::TwoMeanings { name } => {
                write!(f, "{name:?} is declared twice; data and parameters need names of their own")
            }
            ModelError::EmptyData { name } => write!(f, "the data {name:?} have no entry"),
            ModelError::DataNotFinite { name, entry, value } => {
                write!(f, "entry {entry} of the data {name:?} is {value}; leave such rows out")
            }
            ModelError::NeedsVector { name } => write!(
                f,
                "{name:?} is ordered or a simplex and needs 2 entries or more: {name} = {{ size = 3, constraint = … }}"
            ),
            ModelError::Bounds { name } => {
                write!(f, "the bounds of {name:?} must be finite, the lower one below the upper one")
            }
            ModelError::Affine { name, error } => {
                write!(f, "the offset or multiplier of {name:?}: {}", error.fault)
            }
            ModelError::AffineOfConstrained { name } => write!(
                f,
                "{name:?} has a constraint and cannot have an offset or a multiplier beside it; leave one of them out"
            ),
            ModelError::NotDefined { name, nearest } => {
                write!(f, "the formula defines no quantity {name:?} to report")?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; did you mean {nearest:?}?"))
            }
        }
    }
}
impl std::error::Error for ModelError {}
