//! The evolutions by name: a new one adds a line here.

use super::{AnnealedOde, Evolution, GeneralOde};

/// Name, one line of description, constructor in a dimension.
pub const EVOLUTIONS: &[(&str, &str, fn(usize) -> Box<dyn Evolution>)] = &[
    ("general-ode", "V and velocity both learned, log-continuity equation", |d| Box::new(GeneralOde::new(d))),
    ("annealed-ode", "V annealed from prior to target, velocity learned", |d| Box::new(AnnealedOde::new(d))),
];

/// The evolution called `name` in dimension `dim`, if there is one.
pub fn evolution_named(name: &str, dim: usize) -> Option<Box<dyn Evolution>> {
    EVOLUTIONS.iter().find(|(n, _, _)| *n == name).map(|(_, _, make)| make(dim))
}
