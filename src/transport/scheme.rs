//! Draws of the prior, moved to t = 1 along the flow or with noise.

use super::ensemble::Ensemble;
use super::euler_maruyama::{Chain, move_with_noise};
use super::flow::move_along;
use super::runge_kutta::Tolerance;
use super::time_grid::TimeGrid;
use super::transport_error::TransportError;
use super::velocity_field::VelocityField;
use crate::num::Purpose;

/// How particles are moved from t = 0 to t = 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Scheme {
    /// Along the probability flow, with adaptive steps of this tolerance.
    Flow(Tolerance),
    /// With noise, by an Euler-Maruyama chain.
    Noise {
        /// Times of the steps of the chain.
        grid: TimeGrid,
        /// Each [`crate::num::BLOCK`] of particles is a population of its own, resampled when its
        /// effective fraction falls below this value. 0 turns resampling off. With resampling, the
        /// particles of a population are statistically dependent.
        resample_below: f64,
    },
}

/// Moves `n` draws of the prior, from stream `(seed, purpose)`, to t = 1.
///
/// The particles of a block share their step sizes. Results therefore do not depend on the number
/// of threads, and the first particles do not depend on `n`.
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
