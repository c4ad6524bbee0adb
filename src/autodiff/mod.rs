//! Derivatives: forward jets in space and time, the reverse tape, and each nested in the other.

mod audit;
mod batch;
mod dual2;
mod formula;
mod jet;
mod small_jet;
mod tape;
mod var;

pub(crate) use audit::central_differences;
pub use audit::{ModeCheck, check_modes};
pub use batch::{laplacians, values_and_gradients};
pub use dual2::Dual2;
pub use formula::Formula;
pub use jet::{Jet, JetPoint};
pub use small_jet::SmallJet;
pub use tape::Tape;
pub use var::Var;
