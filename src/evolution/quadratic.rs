//! The annealing path b = t².

use super::annealing_path::AnnealingPath;

/// The path b = t². A target whose tails fall faster than those of the prior dominates them from b
/// near 0 on, and the velocity that draws them in grows like b′/b. With t² this happens later and
/// takes longer than with b = t.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quadratic;

impl AnnealingPath for Quadratic {
    fn share(&self, t: f64) -> (f64, f64) {
        (t * t, 2.0 * t)
    }
}
