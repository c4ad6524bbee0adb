//! What is wrong with a formula, and where.

use super::{Excerpt, Shape, Span};
use std::fmt;

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A character that no formula has.
    Character(char),
    /// Something else should stand there.
    Expected {
        /// What.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// Nothing of that name.
    Unknown {
        /// "name", "function" or "distribution".
        what: &'static str,
        /// As given.
        given: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// A name that is given a second meaning.
    Redefined {
        /// The name.
        name: String,
    },
    /// Two things of sizes that do not go together.
    Sizes {
        /// The operation.
        what: String,
        /// Size of the first.
        left: Shape,
        /// Size of the second.
        right: Shape,
    },
    /// A thing of a kind that the operation does not take.
    Kind {
        /// The operation.
        what: String,
        /// What it takes.
        takes: &'static str,
        /// What it got.
        given: Shape,
    },
    /// A function or distribution with the wrong number of arguments.
    Count {
        /// Its name.
        name: String,
        /// Its arguments.
        takes: &'static str,
        /// How many were given.
        given: usize,
    },
    /// Something that must be known before the parameters are.
    NotData {
        /// What.
        what: &'static str,
    },
    /// An index outside its vector or matrix, or not a whole number.
    Index {
        /// As given.
        index: f64,
        /// The size it must not exceed.
        size: usize,
    },
    /// Data at which a distribution has no density.
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
    NotFinite {
        /// Which entry, from 1.
        entry: usize,
        /// Its value.
        value: f64,
    },
    /// Nothing is added to the log density.
    Empty,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Character(c) => write!(f, "a formula has no character {c:?}"),
            Fault::Expected { what, found } => write!(f, "{what} should stand here, not {found}"),
            Fault::Unknown { what, given, nearest } => {
                write!(f, "unknown {what} {given:?}")?;
                nearest.as_ref().map_or(Ok(()), |nearest| write!(f, "; did you mean {nearest:?}?"))
            }
            Fault::Redefined { name } => {
                write!(f, "{name:?} has a meaning already; choose another name")
            }
            Fault::Sizes { what, left, right } => {
                write!(f, "{what}: {left} and {right} do not go together")
            }
            Fault::Kind { what, takes, given } => write!(f, "{what} takes {takes}, not {given}"),
            Fault::Count { name, takes, given } => {
                write!(f, "{name} takes {takes}, not {given} arguments")
            }
            Fault::NotData { what } => {
                write!(f, "{what} must be data or a number: it may not depend on parameters")
            }
            Fault::Index { index, size } => {
                write!(f, "index {index} is not a whole number from 1 to {size}")
            }
            Fault::Support { distribution, entry, value, must_be } => {
                write!(f, "{distribution}: entry {entry} of the data is {value} and must be {must_be}")
            }
            Fault::Argument { distribution, argument, value, must_be } => {
                write!(f, "{distribution}: {argument} is {value} and must be {must_be}")
            }
            Fault::NotFinite { entry, value } => {
                write!(f, "entry {entry} is {value} for the data given")
            }
            Fault::Empty => {
                write!(f, "nothing is added to the log density; write a line such as `mu ~ normal(0, 1)`")
            }
        }
    }
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
#[derive(Clone, Debug, PartialEq)]
pub struct FormulaError {
    /// What is wrong.
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

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Excerpt { line, column, .. } = *self.excerpt;
        write!(f, "line {line}, column {column} of the formula: {}\n{}", self.fault, self.excerpt)
    }
}
impl std::error::Error for FormulaError {}
