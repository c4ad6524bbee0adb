//! Coordinates: changes of variables, and targets seen in them.

mod affine;
mod constraint;
mod factor;
mod factorisation;
mod log_linear_scales;
mod whitening;

pub use affine::{StandardiseError, Standardised};
pub use constraint::Constraint;
pub use factor::Block;
pub use factorisation::Split;
pub use log_linear_scales::{Funnelled, LogScale, LogScales};
pub use whitening::{Frame, Framed};
