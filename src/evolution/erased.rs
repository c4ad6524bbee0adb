//! An evolution behind a pointer, as a fit takes it.

use super::definition::Evolution;
use super::description::Description;
use super::prepared::PreparedEvolution;
use super::target_summary::TargetSummary;
use crate::network::{Jets, Networks, Unknown};
use crate::num::Scalar;
use crate::residual::{Point, System};

/// An [`Evolution`] behind a pointer. Every evolution implements it: `&MyEvolution` is a `&dyn
/// ErasedEvolution`.
pub trait ErasedEvolution: Send + Sync {
    /// Description of the evolution in dimension `dim`, as by [`Evolution::description`].
    fn description(&self, dim: usize) -> Description;

    /// Prepares the evolution for one target.
    ///
    /// # Panics
    /// If the description has no equation, or its flow reads an unknown that does not exist.
    fn prepare(&self, target: TargetSummary) -> Box<dyn PreparedEvolution>;

    /// Name of the evolution in messages and results.
    fn name(&self) -> &'static str {
        self.description(1).name
    }
}

impl<E: Evolution> ErasedEvolution for E {
    fn description(&self, dim: usize) -> Description {
        Evolution::description(self, dim)
    }

    fn prepare(&self, target: TargetSummary) -> Box<dyn PreparedEvolution> {
        let evolution = self.for_target(target);
        let description = Evolution::description(&evolution, target.dim);
        description.check();
        Box::new(Prepared { evolution, description, target })
    }
}

/// An evolution with its description for one target.
struct Prepared<E> {
    evolution: E,
    description: Description,
    target: TargetSummary,
}

impl<E: Evolution> System for Prepared<E> {
    fn unknowns(&self) -> Vec<Unknown> {
        self.description.unknowns.clone()
    }

    fn n_scalars(&self) -> usize {
        self.description.n_scalars
    }

    fn n_equations(&self) -> usize {
        self.description.equations.len()
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        self.evolution.residuals(point, jets, out);
    }
}

impl<E: Evolution> PreparedEvolution for Prepared<E> {
    fn description(&self) -> &Description {
        &self.description
    }

    fn target(&self) -> TargetSummary {
        self.target
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        self.evolution.flow(point, jets, velocity)
    }

    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        self.evolution.log_density(&self.description, point, jets, gradient)
    }

    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        self.evolution.learned_log_z(&self.description, networks, theta)
    }

    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        self.evolution.guess_log_z(&self.description, networks, theta, log_z);
    }
}
