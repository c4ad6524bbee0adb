//! Coordinates: changes of variables, and targets seen in them.
//!
//! A target ρ of x = T(u) is ρ_u(u) = ρ(T(u)) |det ∂T/∂u| of u, with the same Z; its score is
//! ∇_u log ρ_u = (∂T/∂u)ᵀ ∇_x log ρ + ∇_u log |det ∂T/∂u|.
//!
//! In reading order, from the coordinates of a user to those of a network: [`Constraint`], which
//! makes bounded parameters free; [`Factorisation`], in whose coordinates a target is a product,
//! and [`Factor`], one of its factors as a target; [`Standardised`], an affine map;
//! [`LogLinearScales`], scales that depend on other coordinates; [`Whitening`], the two together.

mod affine;
mod constraint;
mod factor;
mod factorisation;
mod independent_factors;
mod log_linear_scales;
mod whitening;

pub use affine::{AffineError, Standardised};
pub use constraint::Constraint;
pub use factor::Factor;
pub use factorisation::Factorisation;
pub use independent_factors::IndependentFactors;
pub use log_linear_scales::{Funnelled, LogLinearScale, LogLinearScales};
pub use whitening::{WhitenedFactor, Whitening};
