//! The evolution of a fit for one factor, and the networks that represent its unknowns.

use super::settings::FitSettings;
use crate::evolution::{ErasedEvolution, PreparedEvolution, TargetSummary};
use crate::network::{Networks, Tanh};

/// Prepares the evolution for one factor of the target, and the networks of its unknowns.
pub(crate) fn unknowns(
    evolution: &dyn ErasedEvolution,
    summary: TargetSummary,
    settings: &FitSettings,
) -> (Box<dyn PreparedEvolution>, Networks) {
    let evolution = evolution.prepare(summary);
    let networks = evolution.networks(&vec![settings.width; settings.depth], &Tanh);
    (evolution, networks)
}
