//! Weighted draws and log Z of an unnormalised density, by a learned transport.
//!
//! Given log ρ(x), networks learn a log density V(x, t) and a velocity μ(x, t) that carry N(0, I)
//! at t = 0 to ρ/Z at t = 1. They minimise the residual of the log-continuity equation,
//!
//! ```text
//! R = ∂V/∂t + div μ + μ·∇V        ½ mean R² over points (t, x), without simulation
//! ```
//!
//! and draws are then moved once along μ and weighted by w = ρ/q, with the exact density q of where
//! they arrive. A bad fit makes the weights uneven; it does not make them wrong.
//!
//! ```
//! use pushforward::prelude::*;
//!
//! struct Banana;
//! impl LogDensity for Banana {
//!     fn dim(&self) -> usize { 2 }
//!     fn log_density<S: Scalar>(&self, x: &[S]) -> S {
//!         (x[0].square() + (x[1].clone() - x[0].square()).square()) * -0.5
//!     }
//! }
//!
//! let transport = Fit::new(&Banana).width(16).depth(2).run()?;
//! let sample = transport.sample(4000, Seed(1))?;
//! println!("{}", sample.log_z()); // estimate ± standard error; exact is log 2π = 1.8379
//! println!("{}", sample.verdict()); // whether to rely on it, and if not, why
//! # let log_z = sample.log_z();
//! # assert!((log_z.value - (2.0 * std::f64::consts::PI).ln()).abs() < 5.0 * log_z.standard_error);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | I have | I implement |
//! |---|---|
//! | a formula for log ρ | [`LogDensity`]: one function, generic in its number |
//! | a value and a score | [`Target`], which may fail with a [`Refusal`] |
//! | another path, drift or noise | [`Evolution`]: a description, residuals and a flow |
//! | a differential equation | [`System`], solved by [`Assembler`] and [`Optimiser`] |
//! | other coordinates | [`ChangeOfVariables`] |
//! | log weights of my own | nothing: [`Estimates`] and [`judge`] read them |
//!
//! The modules stand in the order in which data flow through them. [`num`] and [`autodiff`] are
//! numbers and derivatives. A [`density`] is located by [`particles`] ([`locate`]) in
//! [`coordinates`] in which it looks like N(0, I). An [`evolution`] states equations
//! ([`residual`]) for unknowns that are [`network`]s. [`training`] puts points under them and
//! [`optim`] solves. [`transport`] moves draws, [`diagnostics`] judges their weights, and
//! [`sampling`] joins all of it.
//!
//! [`LogDensity`]: density::LogDensity
//! [`Target`]: density::Target
//! [`Refusal`]: density::Refusal
//! [`Evolution`]: evolution::Evolution
//! [`System`]: residual::System
//! [`Assembler`]: training::Assembler
//! [`Optimiser`]: optim::Optimiser
//! [`ChangeOfVariables`]: coordinates::ChangeOfVariables
//! [`Estimates`]: diagnostics::Estimates
//! [`judge`]: diagnostics::judge
//!
//! The same seed gives the same bits on any number of threads on one type of machine.

#![warn(missing_docs)]

/// The crate of the matrices at the public edge: means, covariances, roots.
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
