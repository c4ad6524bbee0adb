//! Coordinates: changes of variables, and targets seen in them.

mod affine;
mod constraint;
mod factor;
mod factorisation;
mod log_linear_scales;
mod whitening;

pub use affine::{AffineError, Standardised};
pub use constraint::Constraint;
pub use factor::Factor;
pub use factorisation::Factorisation;
pub use log_linear_scales::{Funnelled, LogLinearScale, LogLinearScales};
pub use whitening::{WhitenedFactor, Whitening};
