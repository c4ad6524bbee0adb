//! What is known of a target before training: its coordinates, and particles of it.

use crate::coordinates::{Factorisation, WhitenedFactor, Whitening};
use crate::density::Target;
use crate::evolution::TargetSummary;
use crate::particles::PopulationPath;

/// A located target: coordinates in which it is a product, and each of its factors.
#[derive(Clone, Debug)]
pub struct LocatedTarget {
    /// Coordinates in which the target is a product.
    pub factorisation: Factorisation,
    /// The factors, in the order of the factorisation.
    pub factors: Vec<LocatedFactor>,
}

impl LocatedTarget {
    /// The factors of `target` in their whitened coordinates, in order.
    ///
    /// # Panics
    /// If the target has another dimension than the one that was located.
    pub fn whitened_factors<'a>(
        &'a self,
        target: &'a dyn Target,
    ) -> impl Iterator<Item = WhitenedFactor<'a>> {
        let whitenings = self.factors.iter().map(|found| &found.whitening).enumerate();
        whitenings
            .map(move |(k, whitening)| WhitenedFactor::new(target, self.factorisation.factor(k), whitening))
    }
}

/// A located factor: where it lies, how wide it is, and particles of it.
#[derive(Clone, Debug)]
pub struct LocatedFactor {
    /// Coordinates u in which the factor has about location 0 and scale 1.
    pub whitening: Whitening,
    /// What brought the particles to the factor.
    pub located_by: LocatedBy,
    /// Populations along the annealing path from N(0, I), in the coordinates u. The last one may
    /// have come from further out.
    pub population_path: PopulationPath,
    /// What evolutions may know of the whitened factor.
    pub summary: TargetSummary,
}

/// What brought the particles to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocatedBy {
    /// Nothing: the target was taken as it stands.
    AsGiven,
    /// Annealing from a wide start.
    Particles,
    /// Annealing from the normal law of its peak, which holds clearly more mass than a wide start
    /// had found.
    Laplace,
}

impl LocatedBy {
    /// As the record says it.
    pub fn name(self) -> &'static str {
        match self {
            LocatedBy::AsGiven => "as given",
            LocatedBy::Particles => "annealed particles",
            LocatedBy::Laplace => "Laplace, then annealed particles",
        }
    }
}
