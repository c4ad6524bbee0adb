//! The built-in evolutions by name.

use crate::evolution::{ErasedEvolution, TargetSummary, built_in_evolutions};
use std::sync::LazyLock;

/// Names of all built-in evolutions; the first is the default.
pub(super) static EVOLUTION_NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    built_in_evolutions(TargetSummary::smooth(1)).iter().map(|evolution| evolution.name()).collect()
});

/// The built-in evolution of this name.
///
/// # Panics
/// If there is none.
pub(super) fn named_evolution(name: &str) -> Box<dyn ErasedEvolution> {
    let mut all = built_in_evolutions(TargetSummary::smooth(1)).into_iter();
    all.find(|evolution| evolution.name() == name)
        .unwrap_or_else(|| panic!("evolutions: {name:?} is no name of a built-in one"))
}
