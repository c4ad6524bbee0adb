//! Densities written as formulas: declarations, data and statements are compiled to instructions on
//! vectors.

mod builder;
mod calls;
mod compiler;
mod data;
mod declaration;
mod densities;
mod distributions;
mod excerpt;
mod fault;
mod functions;
mod lanes;
mod matrix;
mod model;
mod model_error;
#[cfg(test)]
mod model_tests;
mod parser;
mod program;
mod shape;
mod sweep;
mod syntax;
mod token;

pub use data::Data;
pub use declaration::{Affine, DeclarationError, Parameter, constraint, size};
pub use excerpt::{Excerpt, Span};
pub use fault::{Fault, FormulaError};
pub use matrix::Matrix;
pub use model::Model;
pub use model_error::ModelError;
pub use shape::Shape;
pub use token::names_in;
