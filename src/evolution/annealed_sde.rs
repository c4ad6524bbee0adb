//! `annealed-sde`: the equation of `annealed-ode`, with Langevin noise along the same path.

use super::list::{ANNEALED_WIDTH, VARIANCE_RATE};
use super::{AnnealedOde, Evolution, EvolutionEntry, GaussianCase, Nearby, Path, TargetData};
use crate::network::{Jets, Networks, Unknown};
use crate::num::Scalar;
use crate::residual::{ErasedSystem, Point, System};

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "annealed-sde",
    description: "V annealed from prior to target, velocity learned, with Langevin noise",
    prior_width: ANNEALED_WIDTH,
    make: |setting| {
        Box::new(AnnealedSde::new(setting.dim, VARIANCE_RATE / (ANNEALED_WIDTH * ANNEALED_WIDTH)))
    },
};

/// `∂A/∂t − c(t) + div μ̃ + μ̃·∇A = 0`, where μ = μ̃ + ½σ²∇A is the drift: the Laplacian cancels.
///
/// Unknowns: μ̃(x,t) and c(t) = d/dt log Z_t. Drift: μ. Noise: σ, constant; it mends what μ̃ leaves undone.
/// Exact case: as `annealed-ode`.
#[derive(Clone, Copy, Debug)]
pub struct AnnealedSde {
    flow: AnnealedOde,
    variance_rate: f64,
}

impl AnnealedSde {
    /// In dimension `dim`, with σ² in squared standard deviations of the prior per unit of time.
    pub fn new(dim: usize, variance_rate: f64) -> AnnealedSde {
        AnnealedSde { flow: AnnealedOde::new(dim), variance_rate }
    }
}

impl System for AnnealedSde {
    fn unknowns(&self) -> Vec<Unknown> {
        System::unknowns(&self.flow)
    }

    fn n_scalars(&self) -> usize {
        System::n_scalars(&self.flow)
    }

    fn n_equations(&self) -> usize {
        System::n_equations(&self.flow)
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        self.flow.residuals(point, jets, out);
    }
}

impl Evolution for AnnealedSde {
    fn name(&self) -> &'static str {
        "annealed-sde"
    }

    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }

    fn equation_data(&self) -> TargetData {
        self.flow.equation_data()
    }

    fn path(&self) -> Path {
        self.flow.path()
    }

    fn nearby(&self, t: f64) -> Nearby {
        self.flow.nearby(t)
    }

    fn flow_unknowns(&self) -> Vec<usize> {
        self.flow.flow_unknowns()
    }

    fn flow_data(&self) -> TargetData {
        self.flow.flow_data()
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        self.flow.flow(point, jets, velocity)
    }

    fn variance_rate(&self, _from: f64, _to: f64) -> f64 {
        self.variance_rate
    }

    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        self.flow.log_density(point, jets, gradient)
    }

    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        self.flow.learned_log_z(networks, theta)
    }

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        self.flow.gaussian_solution(case, t, x)
    }
}
