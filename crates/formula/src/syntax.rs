//! The tree of a formula: statements and expressions, each with its place.

use super::Span;

/// A statement of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// The definition of a quantity, `name = value`.
    Define { name: String, span: Span, value: Expression },
    /// A term of the log density, `target += value`.
    Add { value: Expression },
    /// The log density of a distribution, `left ~ distribution(arguments)`.
    Distributed { left: Expression, distribution: String, span: Span, arguments: Vec<Expression> },
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression {
    pub kind: Kind,
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Name(String),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Call {
        name: String,
        arguments: Vec<Expression>,
    },
    /// A vector of expressions, `[a, b, c]`.
    List(Vec<Expression>),
    Index {
        of: Box<Expression>,
        indices: Vec<Index>,
    },
}

/// What stands between the brackets of an index.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Index {
    /// All entries: an empty index, or `:`.
    All,
    /// The entries `i`, a number or a vector of numbers.
    At(Expression),
    /// The entries `from:to`, both ends included.
    Range(Expression, Expression),
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Operator {
    /// The operator as it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Power => "^",
        }
    }
}
