//! What is wrong with a formula, and where.

use super::{Excerpt, Shape, Span};

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A character that no formula has.
    #[error("a formula has no character {0:?}")]
    Character(char),
    /// Something else should stand there.
    #[error("{what} should stand here, not {found}")]
    Expected {
        /// What.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// Nothing of that name.
    #[error("unknown {what} {given:?}{}", suggestion(.nearest.as_deref()))]
    Unknown {
        /// "name", "function" or "distribution".
        what: &'static str,
        /// As given.
        given: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// A name that is given a second meaning.
    #[error("{name:?} has a meaning already; choose another name")]
    Redefined {
        /// The name.
        name: String,
    },
    /// Two things of sizes that do not go together.
    #[error("{what}: {left} and {right} do not go together")]
    Sizes {
        /// The operation.
        what: String,
        /// Size of the first.
        left: Shape,
        /// Size of the second.
        right: Shape,
    },
    /// A thing of a kind that the operation does not take.
    #[error("{what} takes {takes}, not {given}")]
    Kind {
        /// The operation.
        what: String,
        /// What it takes.
        takes: &'static str,
        /// What it got.
        given: Shape,
    },
    /// A function or distribution with the wrong number of arguments.
    #[error("{name} takes {takes}, not {given} arguments")]
    Count {
        /// Its name.
        name: String,
        /// Its arguments.
        takes: &'static str,
        /// How many were given.
        given: usize,
    },
    /// Something that must be known before the parameters are.
    #[error("{what} must be data or a number: it may not depend on parameters")]
    NotData {
        /// What.
        what: &'static str,
    },
    /// An index outside its vector or matrix, or not a whole number.
    #[error("index {index} is not a whole number from 1 to {size}")]
    Index {
        /// As given.
        index: f64,
        /// The size it must not exceed.
        size: usize,
    },
    /// Data at which a distribution has no density.
    #[error("{distribution}: entry {entry} of the data is {value} and must be {must_be}")]
    Support {
        /// The distribution.
        distribution: String,
        /// Which entry, from 1.
        entry: usize,
        /// Its value.
        value: f64,
        /// What it must be.
        must_be: String,
    },
    /// An argument that is data, and not what the distribution needs.
    #[error("{distribution}: {argument} is {value} and must be {must_be}")]
    Argument {
        /// The distribution.
        distribution: String,
        /// The argument.
        argument: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        must_be: &'static str,
    },
    /// Data for which a formula has no value.
    #[error("entry {entry} is {value} for the data given")]
    NotFinite {
        /// Which entry, from 1.
        entry: usize,
        /// Its value.
        value: f64,
    },
    /// Nothing is added to the log density.
    #[error("nothing is added to the log density; write a line such as `mu ~ normal(0, 1)`")]
    Empty,
}

/// `; did you mean "x"?`, if something is near.
pub(super) fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| format!("; did you mean {nearest:?}?"))
}

/// A fault where it stands in the formula.
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
    /// What is wrong.
    #[source]
    pub fault: Fault,
    /// Where, in bytes of the formula.
    pub span: Span,
    /// The line, and the place in it.
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

    /// The last cause of an error.
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
