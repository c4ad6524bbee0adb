//! `annealed-ode`: V prescribed as the annealing path up to its normalisation, μ unknown.

use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::log_z::LogZ;
use super::quadratic::Quadratic;
use super::target_data::TargetData;
use crate::network::{Jets, Unknown};
use crate::num::Scalar;
use crate::residual::{Point, continuity};

/// `∂A/∂t − c(t) + div μ + μ·∇A = 0`, where A = (1 − b) log p_prior + b log ρ.
///
/// * Unknowns: μ(x, t) and c(t) = d/dt log Z_t, so that log Z = ∫₀¹ c dt.
/// * Velocity: μ. Noise: none.
/// * Exact case: Gaussian to Gaussian. The marginal has precision (1 − b)I + bΣ⁻¹.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnnealedOde;

/// Width of the prior in standard deviations of the target. A narrow prior weighs the modes of an
/// annealed distribution unequally, and mass must cross between them after gaps have opened. The
/// flow that does it is as large as the gaps are deep. On nine modes the effective fraction after
/// 400 steps is 0.92, 0.973 and 0.992 with widths of 1, 1.5 and 2.2.
pub(super) const ANNEALED_WIDTH: f64 = 2.0;

const MU: usize = 0;
const RATE: usize = 1;
const V: Ansatz<Quadratic> =
    Ansatz { path: Quadratic, correction: None, log_z: LogZ::Rate { unknown: RATE, level: 0 } };

impl Evolution for AnnealedOde {
    fn description(&self, dim: usize) -> Description {
        let unknowns = vec![Unknown::vector_field("mu", dim), Unknown::function_of_time("c")];
        Description {
            flow_unknowns: vec![MU],
            flow_reads: TargetData::Nothing,
            prior_width: ANNEALED_WIDTH,
            ..Description::new("annealed-ode", unknowns, &V)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (v, mu) = (V.at(point, jets), jets.vector_field(MU));
        out[0] = continuity(&v.moved_by(mu.values().to_vec(), mu.divergence()));
    }

    fn flow(&self, _point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let mu = jets.vector_field(MU);
        velocity.copy_from_slice(mu.values());
        mu.divergence()
    }
}

impl ClosedForm for AnnealedOde {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let mut numbers = GaussianMarginal::annealed(case, &V.path, t).flow(x);
        // The scalar takes half of the level, so that the test covers both contributions to c.
        let level = 0.5 * case.log_z();
        numbers.push(case.annealed_rate(&V.path, t) - level);
        GaussianSolution { numbers, scalars: vec![level] }
    }
}
