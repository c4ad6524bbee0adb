//! A formula as a tree: statements and expressions, each with its place.

use super::Span;

/// A statement of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// `name = value`.
    Define { name: String, span: Span, value: Expression },
    /// `target += value`.
    Add { value: Expression },
    /// `left ~ distribution(arguments)`.
    Distributed { left: Expression, distribution: String, span: Span, arguments: Vec<Expression> },
}

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression {
    pub kind: Kind,
    pub span: Span,
}

/// What an expression is.
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
    /// `[a, b, c]`.
    List(Vec<Expression>),
    Index {
        of: Box<Expression>,
        indices: Vec<Index>,
    },
}

/// What stands between the brackets of an index.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Index {
    /// Nothing, or `:`.
    All,
    /// `i`, a number or a vector of them.
    At(Expression),
    /// `from:to`, both included.
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
    /// As it is written.
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
