//! The shapes of values in a formula.

use std::fmt;

/// The shape of a value: a number, a vector or a matrix, with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A scalar, which has no size.
    Number,
    /// A vector with this number of entries.
    Vector(usize),
    /// A matrix with these numbers of rows and columns.
    Matrix(usize, usize),
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Number => write!(f, "a number"),
            Shape::Vector(n) => write!(f, "a vector of {n}"),
            Shape::Matrix(rows, columns) => write!(f, "a {rows}×{columns} matrix"),
        }
    }
}
