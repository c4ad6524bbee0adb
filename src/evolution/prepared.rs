//! An evolution that is ready for one target: what training and transport run.

use super::description::Description;
use super::target_summary::TargetSummary;
use crate::network::{Activation, Jets, Networks};
use crate::residual::{ErasedSystem, Point};

/// An evolution for one target, behind a pointer, with its description at hand; made by
/// [`ErasedEvolution::prepare`](super::ErasedEvolution::prepare). Its residuals are those of [`ErasedSystem`].
pub trait PreparedEvolution: ErasedSystem {
    /// What it is.
    fn description(&self) -> &Description;

    /// The target for which it was made.
    fn target(&self) -> TargetSummary;

    /// See [`Evolution::flow`](super::Evolution::flow).
    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64;

    /// See [`Evolution::log_density`](super::Evolution::log_density).
    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64;

    /// See [`Evolution::learned_log_z`](super::Evolution::learned_log_z).
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64;

    /// See [`Evolution::guess_log_z`](super::Evolution::guess_log_z).
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64);

    /// Networks for its unknowns with hidden layers of `widths` units.
    ///
    /// # Panics
    /// As [`Networks::new`].
    fn networks(&self, widths: &[usize], activation: &'static dyn Activation) -> Networks {
        Networks::new(self.unknowns(), self.n_scalars(), self.target().dim, widths, activation)
    }
}
