//! `learned-ode` and `learned-sde`: the annealed evolutions on a path that is learned too.

use super::list::VARIANCE_RATE;
use super::unknowns::{correction, gradient, integral_of_rate, rate, vector, velocity};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Networks, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{ErasedSystem, Fields, Point, System, continuity};

/// Its lines in the list. Mass need not cross closing gaps on a path that is learned, so that the prior is as wide as the
/// target.
pub(super) const ODE: EvolutionEntry = EvolutionEntry {
    name: "learned-ode",
    description: "annealing path and velocity learned",
    prior_width: 1.0,
    make: |setting| Box::new(LearnedPath { dim: setting.dim, path: Path::default(), variance_rate: 0.0 }),
};
pub(super) const SDE: EvolutionEntry = EvolutionEntry {
    name: "learned-sde",
    description: "annealing path and velocity learned, with Langevin noise",
    prior_width: 1.0,
    make: |setting| {
        Box::new(LearnedPath { dim: setting.dim, path: Path::default(), variance_rate: VARIANCE_RATE })
    },
};

/// `∂V/∂t + div μ̃ + μ̃·∇V = 0` with V = (1 − b) log p_prior + b log ρ + t(1 − t)φ − ∫₀ᵗ c, where μ = μ̃ + ½σ²∇V is the drift:
/// the Laplacian cancels.
///
/// Unknowns: φ(x,t), μ̃(x,t) and c(t) = d/dt log Z_t. Drift: μ. Noise: σ, constant; none with σ = 0. log Z = ∫₀¹ c dt.
/// Source: arXiv 2301.07388; Differs: c is a network, not an expectation.
/// Exact case: Gaussian to Gaussian, the law N(t²m, MMᵀ), M = (1 − t)I + tL.
#[derive(Clone, Copy, Debug)]
struct LearnedPath {
    dim: usize,
    path: Path,
    variance_rate: f64,
}

const PHI: usize = 0;
const MU: usize = 1;
const RATE: usize = 2;

impl System for LearnedPath {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::first_order(self.dim)), velocity(self.dim), rate()]
    }

    fn n_scalars(&self) -> usize {
        // The level of c, as for `annealed-ode`.
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        let (phi, dphi_dt) = (jets.value(PHI, 0), jets.dt(PHI, 0));
        let rate = jets.value(RATE, 0) + jets.scalar(0);
        out[0] = continuity(&Fields {
            dv_dt: annealed.dv_dt(phi, dphi_dt, S::constant(0.0)) - rate,
            grad_v: annealed.grad_v(&gradient(jets, PHI, self.dim)),
            velocity: vector(jets, MU, self.dim),
            div_velocity: jets.divergence(MU),
        });
    }
}

impl Evolution for LearnedPath {
    fn name(&self) -> &'static str {
        if self.variance_rate > 0.0 { SDE.name } else { ODE.name }
    }

    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }

    fn equation_data(&self) -> TargetData {
        TargetData::Score
    }

    fn path(&self) -> Path {
        self.path
    }

    fn flow_unknowns(&self) -> Vec<usize> {
        vec![MU]
    }

    fn flow_data(&self) -> TargetData {
        TargetData::Nothing
    }

    fn flow(&self, _point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        velocity.copy_from_slice(&vector(jets, MU, self.dim));
        jets.divergence(MU)
    }

    fn variance_rate(&self, _from: f64, _to: f64) -> f64 {
        self.variance_rate
    }

    /// V but for ∫₀ᵗ c, a function of t alone.
    fn log_density(&self, point: Point<'_>, jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path);
        let slope: Vec<f64> = (0..self.dim).map(|i| jets.dx(PHI, 0, i)).collect();
        gradient.copy_from_slice(&annealed.grad_v(&slope));
        annealed.value(jets.value(PHI, 0), 0.0)
    }

    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        theta[networks.scalars().start] + integral_of_rate(networks, theta, RATE, self.dim)
    }

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let law = GaussianLaw::of_root(case, t);
        let mut numbers = law.correction(case, self.path, t, x, false);
        numbers.extend(law.flow(x));
        // log Z_t = b log Z; half of the level is the scalar's, so that both are seen to count.
        let level = 0.5 * case.log_z();
        numbers.push(self.path.at(t).1 * case.log_z() - level);
        (numbers, vec![level])
    }
}
