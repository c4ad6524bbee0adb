//! Transport: moves draws of the prior along the learned velocity, with the log density the flow gives them.

mod ensemble;
mod runge_kutta;
mod velocity_field;

pub use ensemble::{Ensemble, TransportError, move_ensemble, paths};
pub use runge_kutta::{StepTooSmall, Tolerance, Work, integrate};
pub use velocity_field::VelocityField;
