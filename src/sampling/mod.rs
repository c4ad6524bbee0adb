//! Sampling: the fitted transport, and what is drawn and read from it.
//!
//! [`fit`] locates a target, trains a transport for each of its factors and gives a [`Transport`].
//! A draw moves x₀ ~ N(0, I) along dx = v dt, factor by factor, and its log weight is log ρ(x) −
//! log q(x) with log q = log p_prior(x₀) − ∫ div v dt: weights are exact whatever the networks have
//! learned.
//!
//! In reading order: [`plan`], what a fit would be; [`fit`] and [`Transport`]; [`FactorTransport`],
//! one of its factors with the target at hand; `sampler`, how its draws are moved; [`Draws`];
//! `coverage`, the mass that draws never reach; `inspect`, trajectories and residuals.

mod coverage;
mod draws;
mod factor_transport;
mod fit;
mod inspect;
mod plan;
mod sample;
mod sampler;
mod transport;

pub use draws::{DrawError, Draws};
pub use factor_transport::FactorTransport;
pub use fit::{Fit, fit, fit_observed};
pub use inspect::{ResidualsAt, Trajectories};
pub use plan::{Plan, plan};
pub use sample::Sample;
pub use transport::{FittedFactor, Transport};
