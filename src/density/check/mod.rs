//! The pre-flight check of a density, before anything is fitted to it.

mod decay;
mod derivatives;
mod error;
mod points;
mod preflight;
mod repeat;
mod report;

pub use error::PreflightError;
pub use preflight::preflight;
pub use report::{Preflight, Warning};
