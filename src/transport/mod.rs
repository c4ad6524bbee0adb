//! Transport: moves draws of the prior along the learned flow or with noise, with the log density of their way.

mod ensemble;
mod euler_maruyama;
mod flow;
mod journeys;
mod mover;
mod resampling;
mod runge_kutta;
mod time_grid;
mod transport_error;
mod velocity_field;

pub use ensemble::Ensemble;
pub use flow::{From, log_density_at, paths};
pub use journeys::journeys;
pub use mover::{Mover, move_ensemble};
pub use runge_kutta::{StepTooSmall, Tolerance, Work, integrate};
pub use time_grid::TimeGrid;
pub use transport_error::TransportError;
pub use velocity_field::VelocityField;
