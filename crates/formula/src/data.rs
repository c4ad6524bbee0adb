//! The data of a formula.

use super::Matrix;

/// The value of a name of the data.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A scalar, which stands for one number.
    Number(f64),
    /// A vector of numbers.
    Vector(Vec<f64>),
    /// A matrix, such as a design matrix.
    Matrix(Matrix),
}

impl Data {
    /// All numbers of the value; those of a matrix column after column.
    pub fn entries(&self) -> &[f64] {
        match self {
            Data::Number(value) => std::slice::from_ref(value),
            Data::Vector(values) => values,
            Data::Matrix(matrix) => matrix.entries(),
        }
    }
}
