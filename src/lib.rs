//! Learned transport to an unnormalised density: weighted draws and log Z from a Gaussian moved by an ODE.
//!
//! Given log ρ(x), a network learns a velocity that carries N(0, I) to ρ/Z by least squares on the
//! log-continuity equation, without simulating anything in training; draws are then moved once and
//! weighted exactly. The modules stand in the order in which data flow through them.

/// The matrices of the public edge: means, covariances, frames.
pub use nalgebra;

pub mod num;

pub mod autodiff;
pub mod density;

pub mod network;
pub mod residual;

pub mod evolution;
pub mod optim;

pub mod coordinates;
pub mod particles;
pub mod transport;

pub mod locate;
pub mod training;

pub mod diagnostics;
pub mod sampling;

pub mod prelude;

/// The README's examples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
