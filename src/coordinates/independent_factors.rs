//! Independent factors of a target, as a search for them finds them.

use nalgebra::DMatrix;
use std::ops::Range;

/// Linear coordinates y = at + basis·y′ in which a target is a product of independent factors.
#[derive(Clone, Debug, PartialEq)]
pub struct IndependentFactors {
    /// The point y of y′ = 0, at which every factor sees the others.
    pub at: Vec<f64>,
    /// log ρ at that point, nats.
    pub reference: f64,
    /// The columns are the directions of y′, factor after factor.
    pub basis: DMatrix<f64>,
    /// The coordinates of each factor within y′.
    pub ranges: Vec<Range<usize>>,
}
