//! A located target, as it is known before training: its coordinates, and particles of it.

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
    /// The factors of `target` in their whitened coordinates, in the same order.
    ///
    /// # Panics
    /// If the dimension of the target is not that of the one that was located.
    pub fn whitened_factors<'a>(
        &'a self,
        target: &'a dyn Target,
    ) -> impl Iterator<Item = WhitenedFactor<'a>> {
        let whitenings = self.factors.iter().map(|found| &found.whitening).enumerate();
        whitenings
            .map(move |(k, whitening)| WhitenedFactor::new(target, self.factorisation.factor(k), whitening))
    }
}

/// A located factor: its location, its scale, and particles of it.
#[derive(Clone, Debug)]
pub struct LocatedFactor {
    /// Coordinates u in which the factor has about location 0 and scale 1.
    pub whitening: Whitening,
    /// How the factor was located.
    pub located_by: LocatedBy,
    /// The populations along the annealing path from N(0, I), in the coordinates u. The last one
    /// may come from a wider start.
    pub population_path: PopulationPath,
    /// The facts about the whitened factor that an evolution may use.
    pub summary: TargetSummary,
}

/// How a target was located.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocatedBy {
    /// It was not searched for: its own coordinates are used.
    AsGiven,
    /// Particles were annealed from a wide start.
    Particles,
    /// Particles were annealed from the normal distribution of its peak, which holds clearly more
    /// mass than a wide start had found.
    Laplace,
}

impl LocatedBy {
    /// The name of this way in the record of a run.
    pub fn name(self) -> &'static str {
        match self {
            LocatedBy::AsGiven => "as given",
            LocatedBy::Particles => "annealed particles",
            LocatedBy::Laplace => "Laplace, then annealed particles",
        }
    }
}
