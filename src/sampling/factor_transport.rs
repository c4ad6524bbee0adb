//! A factor of a fit with the target at hand: where it stands, its coordinates, and its field.

use super::fit::{Fit, FittedFactor};
use crate::coordinates::WhitenedFactor;
use crate::density::Target;
use crate::transport::VelocityField;

/// The transport to one factor of a target.
pub struct FactorTransport<'a> {
    /// What was fitted to the factor.
    pub fitted: &'a FittedFactor,
    /// The factor in the coordinates of the fit, with its number and its range.
    pub coordinates: WhitenedFactor<'a>,
}

impl Fit {
    /// The transports to the factors of `target`, which must be the one fitted, in order.
    ///
    /// # Panics
    /// If the target has another dimension than the one fitted.
    pub fn factors<'a>(&'a self, target: &'a dyn Target) -> impl Iterator<Item = FactorTransport<'a>> {
        (0..self.factors.len()).map(move |k| self.factor(target, k))
    }

    /// The transport to factor number `k`, from 0, of `target`, which must be the one fitted.
    ///
    /// # Panics
    /// If there are no more than `k` factors, or the target has another dimension.
    pub fn factor<'a>(&'a self, target: &'a dyn Target, k: usize) -> FactorTransport<'a> {
        let fitted = &self.factors[k];
        let factor = self.factorisation.factor(k);
        FactorTransport { fitted, coordinates: WhitenedFactor::new(target, factor, &fitted.whitening) }
    }
}

impl FactorTransport<'_> {
    /// The fitted flow, in the coordinates u of the factor.
    pub fn field(&self) -> VelocityField<'_> {
        let FittedFactor { evolution, networks, theta, .. } = self.fitted;
        VelocityField { evolution: &**evolution, networks, theta, target: self.coordinates.target() }
    }
}
