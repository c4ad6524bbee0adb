//! What most programs need, for `use pushforward::prelude::*`.

pub use crate::density::{LogDensity, Refusal, Target};
pub use crate::diagnostics::{Estimate, Verdict};
pub use crate::evolution::Evolution;
pub use crate::num::{Scalar, Seed};
pub use crate::sampling::{Fit, Sample, Transport};
