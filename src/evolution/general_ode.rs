//! `general-ode`: V and μ both unknown, tied by the log-continuity equation alone.

use super::unknowns::{correction, gradient, vector, velocity};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{ErasedSystem, Fields, Point, System, continuity};

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "general-ode",
    description: "V and velocity both learned, log-continuity equation",
    prior_width: 1.0,
    make: |setting| Box::new(GeneralOde::new(setting.dim)),
};

/// `∂V/∂t + div μ + μ·∇V = 0` with V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// Unknowns: φ(x,t), μ(x,t), and the scalar z, which is log Z at the solution. Velocity: μ. Noise: none.
/// Many pairs solve it; damped Gauss-Newton from small networks finds one of moderate size.
/// Exact case: Gaussian to Gaussian with an affine μ, from the law N(t²m, MMᵀ), M = (1 − t)I + tL.
#[derive(Clone, Copy, Debug)]
pub struct GeneralOde {
    dim: usize,
    path: Path,
}

const PHI: usize = 0;
const MU: usize = 1;

impl GeneralOde {
    /// In dimension `dim`.
    pub fn new(dim: usize) -> GeneralOde {
        GeneralOde { dim, path: Path::default() }
    }
}

impl System for GeneralOde {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::first_order(self.dim)), velocity(self.dim)]
    }

    fn n_scalars(&self) -> usize {
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        out[0] = continuity(&Fields {
            dv_dt: annealed.dv_dt(jets.value(PHI, 0), jets.dt(PHI, 0), jets.scalar(0)),
            grad_v: annealed.grad_v(&gradient(jets, PHI, self.dim)),
            velocity: vector(jets, MU, self.dim),
            div_velocity: jets.divergence(MU),
        });
    }
}

impl Evolution for GeneralOde {
    fn name(&self) -> &'static str {
        "general-ode"
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

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let law = GaussianLaw::of_root(case, t);
        let mut numbers = law.correction(case, self.path, t, x, false);
        numbers.extend(law.flow(x));
        (numbers, vec![case.log_z()])
    }
}
