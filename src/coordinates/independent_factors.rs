//! Independent factors of a target, which are the result of a search for them.

use nalgebra::DMatrix;
use std::ops::Range;

/// Linear coordinates y = at + basis·y′ in which a target is a product of independent factors.
#[derive(Clone, Debug, PartialEq)]
pub struct IndependentFactors {
    /// The point y of y′ = 0. Each factor is a function of its coordinates with the others at this
    /// point.
    pub at: Vec<f64>,
    /// log ρ at the point `at`, nats.
    pub reference: f64,
    /// The columns are the directions of y′ in y, factor after factor.
    pub basis: DMatrix<f64>,
    /// The coordinates of each factor within y′.
    pub ranges: Vec<Range<usize>>,
}
