//! How the draws of a fit are moved: along its flow, or with its noise.

use crate::evolution::Evolution;
use crate::training::{FitSettings, Sampler};
use crate::transport::{Mover, TimeGrid, Tolerance, TransportError, VelocityField};

/// The sampler asked for, or the usual one of an evolution.
pub(super) fn sampler(evolution: &dyn Evolution, settings: &FitSettings) -> Sampler {
    let has_noise = evolution.variance_rate(0.0, 1.0) > 0.0;
    settings.sampler.unwrap_or(if has_noise { Sampler::Noise } else { Sampler::Flow })
}

/// The mover that the settings ask for, with its time grid fitted to the field as it is.
///
/// # Errors
/// If pilot chains cannot be carried to t = 1.
pub(super) fn mover(
    field: VelocityField<'_>,
    settings: &FitSettings,
    tolerance: Tolerance,
) -> Result<Mover, TransportError> {
    Ok(match sampler(field.evolution, settings) {
        Sampler::Flow => Mover::Flow(tolerance),
        Sampler::Noise => {
            let grid = TimeGrid::adapted(field, settings.time_steps, settings.seed)?;
            Mover::Noise { grid, resample_below: settings.resample_below }
        }
    })
}
