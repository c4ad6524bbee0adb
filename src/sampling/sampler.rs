//! How the draws of a fit are moved: along its flow, or with its noise.

use crate::evolution::Description;
use crate::training::{FitSettings, Sampler};
use crate::transport::{Scheme, TimeGrid, Tolerance, TransportError, VelocityField};

/// The sampler asked for, or the usual one of an evolution.
pub(super) fn sampler(evolution: &Description, settings: &FitSettings) -> Sampler {
    settings.sampler.unwrap_or(if evolution.noise.is_some() { Sampler::Noise } else { Sampler::Flow })
}

/// The scheme that the settings ask for, with its time grid fitted to the field as it is.
///
/// # Errors
/// If pilot chains cannot be carried to t = 1.
pub(super) fn scheme(
    field: VelocityField<'_>,
    settings: &FitSettings,
    tolerance: Tolerance,
) -> Result<Scheme, TransportError> {
    Ok(match sampler(field.evolution.description(), settings) {
        Sampler::Flow => Scheme::Flow(tolerance),
        Sampler::Noise => {
            let grid = TimeGrid::adapted(field, settings.time_steps, settings.seed)?;
            Scheme::Noise { grid, resample_below: settings.resample_below }
        }
    })
}
