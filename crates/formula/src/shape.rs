//! Sizes of the things of a formula.

use std::fmt;

/// Whether a thing is a number, a vector or a matrix, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One number.
    Number,
    /// That many numbers.
    Vector(usize),
    /// Rows and columns.
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
