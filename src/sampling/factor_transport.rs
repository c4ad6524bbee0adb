//! A factor of a fit with the target at hand: where it stands, its coordinates, and its field.

use super::transport::{FittedFactor, Transport};
use crate::coordinates::WhitenedFactor;
use crate::transport::VelocityField;

/// The transport to one factor of a target.
pub struct FactorTransport<'a> {
    /// What was fitted to the factor.
    pub fitted: &'a FittedFactor,
    /// The factor in the coordinates of the fit, with its number and its range.
    pub coordinates: WhitenedFactor<'a>,
}

impl<'t> Transport<'t> {
    /// The transports to the factors of the target, in order.
    pub fn factors(&self) -> impl Iterator<Item = FactorTransport<'_>> {
        (0..self.factors.len()).map(|k| self.factor(k))
    }

    /// The transport to factor number `k` of the target, from 0.
    ///
    /// # Panics
    /// If there are no more than `k` factors.
    pub fn factor(&self, k: usize) -> FactorTransport<'_> {
        let fitted = &self.factors[k];
        let factor = self.factorisation.factor(k);
        FactorTransport { fitted, coordinates: WhitenedFactor::new(self.target, factor, &fitted.whitening) }
    }
}

impl FactorTransport<'_> {
    /// The fitted flow, in the coordinates u of the factor.
    pub fn field(&self) -> VelocityField<'_> {
        let FittedFactor { evolution, networks, theta, .. } = self.fitted;
        VelocityField { evolution: &**evolution, networks, theta, target: self.coordinates.target() }
    }
}
