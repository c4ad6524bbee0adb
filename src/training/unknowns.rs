//! The evolution of a fit and the networks that stand for its unknowns.

use super::fit_error::FitError;
use super::settings::FitSettings;
use crate::evolution::{Evolution, EvolutionEntry, Setting, evolution_entry};
use crate::network::{Networks, Tanh};

/// The evolution that the settings name.
///
/// # Errors
/// [`FitError::UnknownEvolution`] if none has this name.
pub(crate) fn evolution_of(settings: &FitSettings) -> Result<&'static EvolutionEntry, FitError> {
    evolution_entry(&settings.evolution)
        .ok_or_else(|| FitError::UnknownEvolution { name: settings.evolution.clone() })
}

/// The evolution of the settings, made for a target, and the networks of its unknowns.
///
/// # Errors
/// As [`evolution_of`].
pub(crate) fn unknowns(
    setting: Setting,
    settings: &FitSettings,
) -> Result<(Box<dyn Evolution>, Networks), FitError> {
    let evolution = (evolution_of(settings)?.make)(setting);
    let system = evolution.as_system();
    let widths = vec![settings.width; settings.depth];
    let networks = Networks::new(system.unknowns(), system.n_scalars(), setting.dim, &widths, &Tanh);
    Ok((evolution, networks))
}
