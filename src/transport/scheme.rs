//! Draws of the prior, moved to t = 1 along the flow or with noise.

use super::ensemble::Ensemble;
use super::euler_maruyama::{Chain, move_with_noise};
use super::flow::move_along;
use super::runge_kutta::Tolerance;
use super::time_grid::TimeGrid;
use super::transport_error::TransportError;
use super::velocity_field::VelocityField;
use crate::num::Purpose;

/// How particles are moved.
#[derive(Clone, Debug, PartialEq)]
pub enum Scheme {
    /// Along the probability flow, adaptive in time.
    Flow(Tolerance),
    /// With noise.
    Noise {
        /// The times.
        grid: TimeGrid,
        /// Each [`crate::num::BLOCK`] of particles is a population of its own: it is resampled when its effective
        /// fraction falls below this; 0 is never. Then particles of a population depend on one another.
        resample_below: f64,
    },
}

/// Moves `n` draws of the prior of stream `(seed, purpose)`.
///
/// Blocks of particles share their step sizes, so results do not depend on threads, nor the first ones on n.
///
/// # Errors
/// [`TransportError`] of the first block that failed.
pub fn integrate_ensemble(
    field: VelocityField<'_>,
    n: usize,
    seed: u64,
    purpose: Purpose,
    scheme: &Scheme,
) -> Result<Ensemble, TransportError> {
    match scheme {
        Scheme::Flow(tolerance) => move_along(field, n, seed, purpose, *tolerance),
        Scheme::Noise { grid, resample_below } => {
            let chain = Chain { times: grid.times(), resample_below: *resample_below };
            move_with_noise(field, n, seed, purpose, chain)
        }
    }
}
