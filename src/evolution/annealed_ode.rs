//! `annealed-ode`: V prescribed as the annealing path up to its normalisation, μ unknown.

use super::list::ANNEALED_WIDTH;
use super::unknowns::{integral_of_rate, rate, vector, velocity};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Networks, Unknown};
use crate::num::Scalar;
use crate::residual::{ErasedSystem, Fields, Point, System, continuity};

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "annealed-ode",
    description: "V annealed from prior to target, velocity learned",
    prior_width: ANNEALED_WIDTH,
    make: |setting| Box::new(AnnealedOde::new(setting.dim)),
};

/// `∂A/∂t − c(t) + div μ + μ·∇A = 0` with A = (1 − b) log p_prior + b log ρ.
///
/// Unknowns: μ(x,t) and c(t) = d/dt log Z_t. Velocity: μ. Noise: none. log Z = ∫₀¹ c dt.
/// Exact case: Gaussian to Gaussian; the law has precision (1 − b)I + bΣ⁻¹.
#[derive(Clone, Copy, Debug)]
pub struct AnnealedOde {
    dim: usize,
    path: Path,
}

const MU: usize = 0;
const RATE: usize = 1;

impl AnnealedOde {
    /// In dimension `dim`.
    pub fn new(dim: usize) -> AnnealedOde {
        AnnealedOde { dim, path: Path::default() }
    }
}

impl System for AnnealedOde {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![velocity(self.dim), rate()]
    }

    fn n_scalars(&self) -> usize {
        // The level of c, beside a network for its shape: a constant is what a first guess of log Z sets.
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        let rate = jets.value(RATE, 0) + jets.scalar(0);
        out[0] = continuity(&Fields {
            dv_dt: -rate + annealed.da_dt(),
            grad_v: (0..self.dim).map(|i| S::constant(annealed.da_dx(i))).collect(),
            velocity: vector(jets, MU, self.dim),
            div_velocity: jets.divergence(MU),
        });
    }
}

impl Evolution for AnnealedOde {
    fn name(&self) -> &'static str {
        "annealed-ode"
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
        0.0
    }

    /// A, whose normalisation ∫₀ᵗ c is a function of t alone.
    fn log_density(&self, point: Point<'_>, _jets: &Jets<'_, f64>, gradient: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path);
        gradient.iter_mut().enumerate().for_each(|(i, g)| *g = annealed.da_dx(i));
        annealed.a()
    }

    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        theta[networks.scalars().start] + integral_of_rate(networks, theta, RATE, self.dim)
    }

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let law = GaussianLaw::annealed(case, self.path, t);
        let mut numbers = law.flow(x);
        // Half of the level is the scalar's, so that both are seen to count.
        let level = 0.5 * case.log_z();
        numbers.push(case.annealed_rate(self.path, t) - level);
        (numbers, vec![level])
    }
}
