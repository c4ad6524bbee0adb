//! The equations, as pure formulas in the values and derivatives of their unknowns. They take no
//! derivatives themselves.
//!
//! Sign: residual = left − right, as written in each. Loss: ½ · mean(residual²); only
//! `training::assemble` applies the ½.

mod continuity;
mod fields;
mod fokker_planck;
mod hamilton_jacobi;
mod system;

pub use continuity::continuity;
pub use fields::Fields;
pub use fokker_planck::fokker_planck;
pub use hamilton_jacobi::hamilton_jacobi;
pub use system::{ErasedSystem, Point, System};
