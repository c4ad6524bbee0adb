//! Derivatives: forward jets in space and time, the reverse tape, and each nested in the other.

mod audit;
mod jet;
mod tape;
mod taylor;
mod var;

pub use audit::{Formula, ModeCheck, check_modes};
pub use jet::{Jet, JetPoint};
pub use tape::Tape;
pub use taylor::Taylor;
pub use var::Var;
