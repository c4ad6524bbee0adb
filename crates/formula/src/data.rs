//! Data of a formula.

use super::Matrix;

/// What a name of the data stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// One number.
    Number(f64),
    /// Numbers in a row.
    Vector(Vec<f64>),
    /// A matrix, such as a design.
    Matrix(Matrix),
}

impl Data {
    /// All its numbers; those of a matrix column after column.
    pub fn entries(&self) -> &[f64] {
        match self {
            Data::Number(value) => std::slice::from_ref(value),
            Data::Vector(values) => values,
            Data::Matrix(matrix) => matrix.entries(),
        }
    }
}
