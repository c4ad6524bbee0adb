//! What is checked of a density before anything is fitted to it.

mod check;
mod decay;
mod derivatives;
mod error;
mod points;
mod repeat;
mod report;

pub use check::preflight;
pub use error::PreflightError;
pub use report::{Preflight, Warning};
