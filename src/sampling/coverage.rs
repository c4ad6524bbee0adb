//! The mass of the target that the draws of a fit never reach.

use super::transport::Transport;
use crate::density::DensityError;
use crate::num::{Purpose, indexed_seed};
use crate::training::{backward_log_weights, forward_log_weights, uncovered_fraction};

/// Number of draws that give log Z of a factor to hundredths.
const DRAWS: usize = 1024;

impl<'t> Transport<'t> {
    /// The share of the target's mass, 0 to 1, that lies where draws hardly ever come.
    ///
    /// It is estimated by the particles of the search: a particle is uncovered if its weight under
    /// the probability flow exceeds Z by a factor e², or if the flow loses it on the way back. The
    /// share is 1 if the flow cannot be followed at all. The weights of draws say nothing of such
    /// mass, and their log Z is too small by −log(1 − share).
    ///
    /// # Errors
    /// [`DensityError`] if the density fails, with the point.
    ///
    /// # Cost
    /// That of 2048 draws.
    pub fn uncovered_mass(&self) -> Result<f64, DensityError> {
        let mut seen = 1.0;
        for factor in self.factors() {
            let (field, coordinates) = (factor.field(), &factor.coordinates);
            let seed = indexed_seed(self.settings.seed, coordinates.index());
            let failed = |error| coordinates.in_user_coordinates(error);
            let forward = forward_log_weights(field, DRAWS, seed, Purpose::Pilot).map_err(failed)?;
            let backward = backward_log_weights(field, &factor.fitted.population_path).map_err(failed)?;
            seen *= forward
                .zip(backward)
                .map_or(0.0, |(forward, backward)| 1.0 - uncovered_fraction(&forward, &backward));
        }
        Ok(1.0 - seen)
    }
}
