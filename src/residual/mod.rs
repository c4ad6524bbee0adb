//! The equations: pure formulas in the values and derivatives of their unknowns. No derivative is taken here.

mod continuity;
mod equation;
mod system;

pub use continuity::Continuity;
pub use equation::{Equation, Fields};
pub use system::{ErasedSystem, Point, System};
