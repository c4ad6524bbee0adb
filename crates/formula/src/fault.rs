//! The faults of a formula, with their places.

use super::{Excerpt, Shape, Span};

/// A fault of a formula.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The formula has a character that no formula may have.
    #[error("a formula has no character {0:?}")]
    Character(char),
    /// Something else should stand at the place.
    #[error("{what} should stand here, not {found}")]
    Expected {
        /// The construct that should stand at the place.
        what: &'static str,
        /// The word that stands at the place.
        found: String,
    },
    /// A name is not known.
    #[error("unknown {what} {given:?}{}", suggestion(.nearest.as_deref()))]
    Unknown {
        /// The kind of name: "name", "function" or "distribution".
        what: &'static str,
        /// The name that is not known.
        given: String,
        /// The known name that was most likely meant.
        nearest: Option<String>,
    },
    /// A name is given a second meaning.
    #[error("{name:?} has a meaning already; choose another name")]
    Redefined {
        /// The name that is defined twice.
        name: String,
    },
    /// Two operands have sizes that do not match.
    #[error("{what}: {left} and {right} do not go together")]
    Sizes {
        /// The operation, in words.
        what: String,
        /// The size of the first operand.
        left: Shape,
        /// The size of the second operand.
        right: Shape,
    },
    /// An operand has a kind that the operation does not accept.
    #[error("{what} takes {takes}, not {given}")]
    Kind {
        /// The operation, in words.
        what: String,
        /// The kinds that the operation accepts.
        takes: &'static str,
        /// The shape of the operand.
        given: Shape,
    },
    /// A function or distribution has the wrong number of arguments.
    #[error("{name} takes {takes}, not {given} arguments")]
    Count {
        /// The name of the function or distribution.
        name: String,
        /// The arguments that it takes, in words.
        takes: &'static str,
        /// The number of arguments given.
        given: usize,
    },
    /// Something depends on parameters and may not.
    #[error("{what} must be data or a number: it may not depend on parameters")]
    NotData {
        /// The quantity that may not depend on parameters.
        what: &'static str,
    },
    /// An index lies outside its vector or matrix, or is not a whole number.
    #[error("index {index} is not a whole number from 1 to {size}")]
    Index {
        /// The index that was given.
        index: f64,
        /// The largest index allowed.
        size: usize,
    },
    /// A distribution has no density at an entry of the data.
    #[error("{distribution}: entry {entry} of the data is {value} and must be {must_be}")]
    Support {
        /// The name of the distribution.
        distribution: String,
        /// The number of the entry, from 1.
        entry: usize,
        /// The value of the entry.
        value: f64,
        /// The values allowed, in words.
        must_be: String,
    },
    /// An argument is data and lies outside the values that the distribution allows.
    #[error("{distribution}: {argument} is {value} and must be {must_be}")]
    Argument {
        /// The name of the distribution.
        distribution: String,
        /// The name of the argument.
        argument: &'static str,
        /// The value of the argument.
        value: f64,
        /// The values allowed, in words.
        must_be: &'static str,
    },
    /// A formula has no value for the data given.
    #[error("entry {entry} is {value} for the data given")]
    NotFinite {
        /// The number of the entry, from 1.
        entry: usize,
        /// The value of the entry.
        value: f64,
    },
    /// The formula adds nothing to the log density.
    #[error("nothing is added to the log density; write a line such as `mu ~ normal(0, 1)`")]
    Empty,
}

/// The hint `; did you mean "x"?`, or nothing if no name is near.
pub(super) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest:?}?"))
}

/// A fault with its place in the formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Located {
    pub fault: Fault,
    pub span: Span,
}

impl Fault {
    pub(super) fn at(self, span: Span) -> Located {
        Located { fault: self, span }
    }
}

/// Why a formula cannot be compiled; shown with its line and carets under the place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "line {}, column {} of the formula: {fault}\n{excerpt}",
    .excerpt.line,
    .excerpt.column
)]
pub struct FormulaError {
    /// The fault at this place.
    #[source]
    pub fault: Fault,
    /// The place of the fault, in bytes of the formula.
    pub span: Span,
    /// The line with the place marked in it.
    pub excerpt: Box<Excerpt>,
}

impl FormulaError {
    pub(super) fn of(located: Located, text: &str) -> FormulaError {
        let Located { fault, span } = located;
        FormulaError { fault, span, excerpt: Box::new(Excerpt::of(text, span)) }
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Data;
    use crate::declaration::DeclarationError;
    use crate::fault::Fault;
    use crate::model::Model;
    use crate::model_error::ModelError;
    use crate::{Parameter, constraint};
    use std::collections::BTreeMap;
    use std::error::Error;

    /// The last cause of an error, as a fault.
    fn last_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Fault> {
        let mut cause = error.source()?;
        while let Some(next) = cause.source() {
            cause = next;
        }
        cause.downcast_ref()
    }

    #[test]
    fn causes_are_chained_to_the_fault() {
        let data = BTreeMap::<String, Data>::new();
        let mu = Parameter {
            name: "mu".to_string(),
            size: None,
            constraint: constraint("real", &data).unwrap(),
            affine: None,
        };
        let error = Model::compile(vec![mu], &data, "mu ~ normal(0, sigma)", &[]).unwrap_err();
        let ModelError::Formula(formula) = &error else { panic!("{error}") };
        assert!(matches!(formula.fault, Fault::Unknown { .. }), "{formula}");
        let fault = Some(&formula.fault);
        assert_eq!(last_cause(&error), fault);
        assert_eq!(last_cause(formula), fault);
        let affine = ModelError::Affine { name: "mu".to_string(), error: formula.clone() };
        assert_eq!(last_cause(&affine), fault);
        assert_eq!(last_cause(&DeclarationError::Formula(formula.clone())), fault);
        assert_eq!(last_cause(&ModelError::NoParameters), None);
    }
}
