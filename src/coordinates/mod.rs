//! Coordinates: changes of variables, and targets seen in them.
//!
//! A target ρ of x = x(u) is ρ_u(u) = ρ(x(u)) |det ∂x/∂u| of u, with the same Z. Its score is ∇_u
//! log ρ_u = (∂x/∂u)ᵀ ∇_x log ρ + ∇_u log |det ∂x/∂u|.
//!
//! In reading order: [`ChangeOfVariables`], the trait of such a map; [`Transformed`], a target in
//! the coordinates of a map; [`check_change_of_variables`], which compares a map with differences.
//! Then the maps, from the coordinates of a user to those of a network: [`Constraint`], which makes
//! bounded parameters free, and [`ConstraintMap`], the same for a given number of them;
//! [`Factorisation`], in whose coordinates a target is a product, and [`Factor`], the coordinates
//! of one of its factors; [`Affine`]; [`LogLinearScales`], scales that depend on other coordinates;
//! [`Composed`], one map after another; [`Whitening`], an affine map after log-linear scales;
//! [`WhitenedFactor`], a factor in these.

mod affine;
mod change_of_variables;
mod check;
mod composed;
mod constraint;
mod constraint_map;
mod factor;
mod factorisation;
mod independent_factors;
mod log_linear_scales;
mod transformed;
mod whitened_factor;
mod whitening;

pub use affine::{Affine, AffineError};
pub use change_of_variables::ChangeOfVariables;
pub use check::check_change_of_variables;
pub use composed::Composed;
pub use constraint::Constraint;
pub use constraint_map::ConstraintMap;
pub use factor::Factor;
pub use factorisation::Factorisation;
pub use independent_factors::IndependentFactors;
pub use log_linear_scales::{LogLinearScale, LogLinearScales};
pub use transformed::Transformed;
pub use whitened_factor::WhitenedFactor;
pub use whitening::Whitening;
