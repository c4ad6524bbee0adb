//! `annealed-sde`: the equation of `annealed-ode`, with Langevin noise along the same path.

use super::annealed_ode::{ANNEALED_WIDTH, AnnealedOde};
use super::closed_form::{ClosedForm, GaussianCase, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::noise::{Noise, VARIANCE_RATE};
use crate::network::Jets;
use crate::num::Scalar;
use crate::residual::Point;

/// `∂A/∂t − c(t) + div μ̃ + μ̃·∇A = 0`, where μ = μ̃ + ½σ²∇A is the drift: the Laplacian cancels.
///
/// * Unknowns: μ̃(x, t) and c(t) = d/dt log Z_t.
/// * Drift: μ. Noise: σ, constant; it corrects errors that μ̃ leaves.
/// * Exact case: the one of `annealed-ode`.
#[derive(Clone, Copy, Debug)]
pub struct AnnealedSde {
    /// σ², squared standard deviations of the prior per unit of time.
    pub variance_rate: f64,
}

impl Default for AnnealedSde {
    fn default() -> AnnealedSde {
        AnnealedSde { variance_rate: VARIANCE_RATE / (ANNEALED_WIDTH * ANNEALED_WIDTH) }
    }
}

impl Evolution for AnnealedSde {
    fn description(&self, dim: usize) -> Description {
        Description {
            name: "annealed-sde",
            noise: Noise::constant(self.variance_rate),
            ..Evolution::description(&AnnealedOde, dim)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        AnnealedOde.residuals(point, jets, out);
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        AnnealedOde.flow(point, jets, velocity)
    }
}

impl ClosedForm for AnnealedSde {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        AnnealedOde.gaussian_solution(case, t, x)
    }
}
