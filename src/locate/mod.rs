//! Locating a target: coordinates in which it is simple, and particles of it.
//!
//! Annealed particles search for a target of unknown location and scale. Then coordinates are found
//! in which it is a product, x = c + M·(y₁, …, y_m, z) with z ~ N(0, I) and independent factors
//! y_k, and in which each factor has about location 0 and scale 1, y_k = ℓ_k + L_k·w(u_k). Each
//! step uses particles of the step before; nothing is trained.
//!
//! In reading order: [`LocateSettings`]; [`LocatedTarget`], the result; [`locate`], the steps in
//! their order. The steps are: the search from ever wider starts, with the normal distribution of a
//! peak (`laplace`, which climbs by the Hessians of `hessian`); `gaussian_directions`;
//! `independence`; the whitening of a cloud of points (`whitening_estimate`) and the scales in it
//! that depend on coordinates (`scale_dependence`); the populations of a whitened factor
//! (`anneal`). `saved` writes and reads a located target.

mod anneal;
mod gaussian_directions;
mod hessian;
mod independence;
mod laplace;
mod locate_error;
mod locate_target;
mod located_target;
mod saved;
mod scale_dependence;
mod search;
mod settings;
mod whitening_estimate;

pub use locate_error::LocateError;
pub use locate_target::locate;
pub use located_target::{LocatedBy, LocatedFactor, LocatedTarget};
pub(crate) use saved::{factor_prefix, read_located, write_located};
pub use settings::LocateSettings;
