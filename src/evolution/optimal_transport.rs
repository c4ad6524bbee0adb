//! `optimal-transport`: the velocity is a gradient, and particles go straight.

use super::unknowns::{correction, gradient, potential};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{ErasedSystem, Fields, Point, System, continuity, hamilton_jacobi};
use nalgebra::DMatrix;

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "optimal-transport",
    description: "straight paths: V and potential learned",
    prior_width: 1.0,
    make: |setting| Box::new(OptimalTransport::new(setting.dim)),
};

/// `∂V/∂t + ΔΦ + ∇Φ·∇V = 0` and `∂Φ/∂t + ½|∇Φ|² = 0` with V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// Unknowns: φ(x,t), Φ(x,t), and the scalar z, which is log Z at the solution. Velocity: ∇Φ. Noise: none.
/// Exact case: Gaussian to Gaussian by the map of Bures, x ↦ m + Tx with T = Σ^½.
#[derive(Clone, Copy, Debug)]
pub struct OptimalTransport {
    dim: usize,
    path: Path,
}

const PHI: usize = 0;
const POTENTIAL: usize = 1;

impl OptimalTransport {
    /// In dimension `dim`.
    pub fn new(dim: usize) -> OptimalTransport {
        OptimalTransport { dim, path: Path::default() }
    }
}

impl System for OptimalTransport {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::first_order(self.dim)), potential(self.dim)]
    }

    fn n_scalars(&self) -> usize {
        1
    }

    fn n_equations(&self) -> usize {
        2
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        let velocity = gradient(jets, POTENTIAL, self.dim);
        let divergence = jets.laplacian(POTENTIAL, 0);
        out[1] = hamilton_jacobi(&jets.dt(POTENTIAL, 0), &velocity, &divergence, 0.0);
        out[0] = continuity(&Fields {
            dv_dt: annealed.dv_dt(jets.value(PHI, 0), jets.dt(PHI, 0), jets.scalar(0)),
            grad_v: annealed.grad_v(&gradient(jets, PHI, self.dim)),
            velocity,
            div_velocity: divergence,
        });
    }
}

impl Evolution for OptimalTransport {
    fn name(&self) -> &'static str {
        "optimal-transport"
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
        vec![POTENTIAL]
    }

    fn flow_data(&self) -> TargetData {
        TargetData::Nothing
    }

    fn flow(&self, _point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        velocity.copy_from_slice(&gradient(jets, POTENTIAL, self.dim));
        jets.laplacian(POTENTIAL, 0)
    }

    fn variance_rate(&self, _from: f64, _to: f64) -> f64 {
        0.0
    }

    /// M = (1 − t)I + tT carries N(0, I) to N(tm, M²); Φ = m·y + ½yᵀGy + ½|m|²t with y = x − tm, G = (T − I)M⁻¹.
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let identity = DMatrix::identity(self.dim, self.dim);
        let step = case.spectral(f64::sqrt) - &identity;
        let m = &identity + &step * t;
        let law = GaussianLaw::new(case.mean() * t, case.mean().clone(), &m * &m, (&m * &step) * 2.0);
        let mut numbers = law.correction(case, self.path, t, x, false);
        let constant_rate = 0.5 * case.mean().norm_squared();
        numbers.extend(law.potential(x, &law.gradient, constant_rate * t, constant_rate));
        (numbers, vec![case.log_z()])
    }
}
