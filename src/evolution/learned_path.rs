//! `learned-ode` and `learned-sde`: the annealed evolutions on a learned path.

use super::annealing_path::AnnealingPath;
use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::log_z::LogZ;
use super::noise::{Noise, VARIANCE_RATE};
use super::quadratic::Quadratic;
use super::target_data::TargetData;
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{Point, continuity};

/// `∂V/∂t + div μ̃ + μ̃·∇V = 0`, where V = (1 − b) log p_prior + b log ρ + t(1 − t)φ − ∫₀ᵗ c and
/// μ = μ̃ + ½σ²∇V is the drift: the Laplacian cancels.
///
/// * Unknowns: φ(x, t), μ̃(x, t) and c(t) = d/dt log Z_t, so that log Z = ∫₀¹ c dt.
/// * Drift: μ. Noise: σ, constant; none with σ = 0.
/// * The prior is as wide as the target, since on a learned path mass need not cross closing gaps.
/// * Source: arXiv 2301.07388. Differs: c is a network, not an expectation.
/// * Exact case: Gaussian to Gaussian with marginal N(t²m, MMᵀ), where M = (1 − t)I + tL.
#[derive(Clone, Copy, Debug)]
pub struct LearnedPath {
    /// σ², squared standard deviations of the target per unit of time.
    pub variance_rate: f64,
}

const PHI: usize = 0;
const MU: usize = 1;
const RATE: usize = 2;
const V: Ansatz<Quadratic> =
    Ansatz { path: Quadratic, correction: Some(PHI), log_z: LogZ::Rate { unknown: RATE, level: 0 } };

impl LearnedPath {
    /// `learned-ode`: draws follow the flow.
    pub fn ode() -> LearnedPath {
        LearnedPath { variance_rate: 0.0 }
    }

    /// `learned-sde`: draws are moved with Langevin noise.
    pub fn sde() -> LearnedPath {
        LearnedPath { variance_rate: VARIANCE_RATE }
    }
}

impl Evolution for LearnedPath {
    fn description(&self, dim: usize) -> Description {
        let unknowns = vec![
            Unknown::scalar_field("phi", Channels::first_order(dim)),
            Unknown::vector_field("mu", dim),
            Unknown::function_of_time("c"),
        ];
        let name = if self.variance_rate > 0.0 { "learned-sde" } else { "learned-ode" };
        Description {
            flow_unknowns: vec![MU],
            flow_reads: TargetData::Nothing,
            noise: Noise::constant(self.variance_rate),
            ..Description::new(name, unknowns, &V)
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

impl ClosedForm for LearnedPath {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let marginal = GaussianMarginal::of_root(case, t);
        let mut numbers = marginal.correction(case, &V.path, t, x, false);
        numbers.extend(marginal.flow(x));
        // log Z_t = b log Z. The scalar takes half of the level, so that the test covers both
        // contributions.
        let level = 0.5 * case.log_z();
        numbers.push(V.path.share(t).1 * case.log_z() - level);
        GaussianSolution { numbers, scalars: vec![level] }
    }
}
