//! What an evolution is to the rest of the program.

use super::{AnnealedPoint, GaussianCase, Nearby, Path, TargetData};
use crate::network::{Jets, Networks};
use crate::residual::{ErasedSystem, Point};

/// An evolution from the standard normal prior (t = 0) to the target (t = 1), in standardised coordinates.
///
/// Its law p_t is that of the probability flow dX = v dt, and, for any σ, that of dX = (v + ½σ²∇V) dt + σ dW.
/// All jets are those of all unknowns, in their order; those of a network that was not asked for are NaN.
pub trait Evolution: ErasedSystem {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Itself as the system of equations it solves.
    fn as_system(&self) -> &dyn ErasedSystem;

    /// What `data` of its points holds when the equations are asked to hold.
    fn equation_data(&self) -> TargetData;

    /// The annealing path on which V lies, or near which it starts.
    fn path(&self) -> Path;

    /// Where particles are to be looked for at time t before anything is learned.
    fn nearby(&self, t: f64) -> Nearby {
        Nearby::Annealed { b: self.path().at(t).0 }
    }

    /// The unknowns that [`Evolution::flow`] reads, by their number in [`ErasedSystem::unknowns`].
    fn flow_unknowns(&self) -> Vec<usize>;

    /// What [`Evolution::flow`] reads of the target.
    fn flow_data(&self) -> TargetData;

    /// Writes the velocity v of the probability flow, and returns its divergence. If the divergence alone needs
    /// Δlog ρ, that may be NaN in `point.data`; then the divergence is NaN and v is not.
    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64;

    /// Mean of σ² over `[from, to]` when draws are moved with noise; 0 if this evolution has none.
    fn variance_rate(&self, from: f64, to: f64) -> f64;

    /// Writes ∇V and returns V, up to a function of t alone. Reads [`TargetData::Score`] and all unknowns.
    ///
    /// By default V = A − b z + cφ, c of [`Path::freedom`], φ the unknown 0 and z the free scalar 0.
    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path());
        let slope: Vec<f64> = (0..gradient.len()).map(|i| jets.dx(0, 0, i)).collect();
        gradient.copy_from_slice(&annealed.grad_v(&slope));
        annealed.value(jets.value(0, 0), jets.scalar(0))
    }

    /// log Z as the solution itself has it, nats: by default z, the free scalar 0.
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        theta[networks.scalars().start]
    }

    /// Puts a first guess of log Z into the parameters: by default into z.
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        theta[networks.scalars().start] = log_z;
    }

    /// The closed form between Gaussians at (t, x): the jets of all unknowns in their order, then the free scalars.
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>);
}
