//! Fitting: points, the least-squares problem they make, and its solution.

mod assemble;
mod points;

pub use assemble::Assembler;
pub use points::Points;
