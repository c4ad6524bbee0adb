//! What an evolution is to the rest of the program.

use super::Path;
use crate::network::{Jets, Networks};
use crate::residual::{ErasedSystem, Point};

/// An evolution from the standard normal prior (t = 0) to the target (t = 1), in standardised coordinates.
///
/// As a system its points carry `data = [log ρ(x), ∇log ρ(x)]`, 1 + d numbers.
pub trait Evolution: ErasedSystem {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Itself as the system of equations it solves.
    fn as_system(&self) -> &dyn ErasedSystem;

    /// The annealing path on which V lies, or near which it starts: where points are looked for at time t.
    fn path(&self) -> Path;

    /// The unknowns that the velocity reads, by their number in [`ErasedSystem::unknowns`].
    fn velocity_unknowns(&self) -> Vec<usize>;

    /// Writes the velocity that moves draws and returns its divergence. `jets` has the
    /// [`Evolution::velocity_unknowns`] alone, counted from 0.
    fn velocity(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64;

    /// log Z as the solution itself has it, nats.
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64;

    /// Puts a first guess of log Z into the parameters.
    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64);
}
