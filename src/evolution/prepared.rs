//! An evolution prepared for one target, as training and transport use it.

use super::description::Description;
use super::target_summary::TargetSummary;
use crate::network::{Activation, Jets, Networks};
use crate::residual::{ErasedSystem, Point};

/// An evolution for one target, behind a pointer, with its description.
/// [`ErasedEvolution::prepare`](super::ErasedEvolution::prepare) makes it. Its residuals are those
/// of [`ErasedSystem`].
pub trait PreparedEvolution: ErasedSystem {
    /// Description of the evolution in the dimension of the target.
    fn description(&self) -> &Description;

    /// Summary of the target for which it was prepared.
    fn target(&self) -> TargetSummary;

    /// Writes the velocity of the probability flow and returns its divergence, as
    /// [`Evolution::flow`](super::Evolution::flow) does.
    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64;

    /// Writes ∇V and returns V, as [`Evolution::log_density`](super::Evolution::log_density) does.
    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64;

    /// Learned log Z, nats, as [`Evolution::learned_log_z`](super::Evolution::learned_log_z) gives
    /// it.
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64;

    /// Writes a first guess of log Z, nats, into the parameters, as
    /// [`Evolution::guess_log_z`](super::Evolution::guess_log_z) does.
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64);

    /// Networks for the unknowns, with hidden layers of `widths` units.
    ///
    /// # Panics
    /// Under the conditions of [`Networks::new`].
    fn networks(&self, widths: &[usize], activation: &'static dyn Activation) -> Networks {
        Networks::new(self.unknowns(), self.n_scalars(), self.target().dim, widths, activation)
    }
}
