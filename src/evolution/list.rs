//! The evolutions by name: a new one adds a line here.

use super::{AnnealedOde, Evolution, GeneralOde};

/// One evolution that can be asked for by name.
#[derive(Debug)]
pub struct EvolutionEntry {
    /// Its name.
    pub name: &'static str,
    /// One line on what it is.
    pub description: &'static str,
    /// Makes it in a dimension.
    pub make: fn(usize) -> Box<dyn Evolution>,
}

/// Every evolution; the first is the default.
pub const EVOLUTIONS: &[EvolutionEntry] = &[
    EvolutionEntry {
        name: "general-ode",
        description: "V and velocity both learned, log-continuity equation",
        make: |dim| Box::new(GeneralOde::new(dim)),
    },
    EvolutionEntry {
        name: "annealed-ode",
        description: "V annealed from prior to target, velocity learned",
        make: |dim| Box::new(AnnealedOde::new(dim)),
    },
];

/// The evolution called `name` in dimension `dim`, if there is one.
pub fn evolution_named(name: &str, dim: usize) -> Option<Box<dyn Evolution>> {
    EVOLUTIONS.iter().find(|entry| entry.name == name).map(|entry| (entry.make)(dim))
}
