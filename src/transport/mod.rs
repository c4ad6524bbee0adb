//! Transport moves draws of the prior along the learned flow or with noise, and keeps the log
//! density of their trajectories.

mod ensemble;
mod euler_maruyama;
mod flow;
mod resampling;
mod runge_kutta;
mod scheme;
mod time_grid;
mod trajectories;
mod transport_error;
mod velocity_field;

pub use ensemble::Ensemble;
pub use flow::{StartAt, log_density_at, paths};
pub use runge_kutta::{StepTooSmall, Tolerance, Work, integrate};
pub use scheme::{Scheme, integrate_ensemble};
pub use time_grid::TimeGrid;
pub use trajectories::trajectories;
pub use transport_error::TransportError;
pub use velocity_field::VelocityField;
