//! `general-sde`: V and μ both unknown, tied by the log-Fokker-Planck equation alone.

use super::list::VARIANCE_RATE;
use super::unknowns::{correction, gradient, vector, velocity};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{ErasedSystem, Fields, Point, System, fokker_planck};

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "general-sde",
    description: "V and drift both learned, log-Fokker-Planck equation",
    prior_width: 1.0,
    make: |setting| Box::new(GeneralSde::new(setting.dim, VARIANCE_RATE)),
};

/// `∂V/∂t + div μ + μ·∇V − ½σ²(ΔV + |∇V|²) = 0` with V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// Unknowns: φ(x,t), μ(x,t), and the scalar z, which is log Z at the solution. Drift: μ. Noise: σ, constant.
/// Exact case: Gaussian to Gaussian, μ = v + ½σ²∇V for the affine flow v of `general-ode`.
#[derive(Clone, Copy, Debug)]
pub struct GeneralSde {
    dim: usize,
    path: Path,
    variance_rate: f64,
}

const PHI: usize = 0;
const MU: usize = 1;

impl GeneralSde {
    /// In dimension `dim`, with σ² in squared standard deviations of the target per unit of time.
    pub fn new(dim: usize, variance_rate: f64) -> GeneralSde {
        GeneralSde { dim, path: Path::default(), variance_rate }
    }
}

impl System for GeneralSde {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::with_laplacian(self.dim)), velocity(self.dim)]
    }

    fn n_scalars(&self) -> usize {
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        let fields = Fields {
            dv_dt: annealed.dv_dt(jets.value(PHI, 0), jets.dt(PHI, 0), jets.scalar(0)),
            grad_v: annealed.grad_v(&gradient(jets, PHI, self.dim)),
            velocity: vector(jets, MU, self.dim),
            div_velocity: jets.divergence(MU),
        };
        out[0] = fokker_planck(&fields, &annealed.laplacian_v(jets.laplacian(PHI, 0)), self.variance_rate);
    }
}

impl Evolution for GeneralSde {
    fn name(&self) -> &'static str {
        "general-sde"
    }

    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }

    fn equation_data(&self) -> TargetData {
        TargetData::Laplacian
    }

    fn path(&self) -> Path {
        self.path
    }

    fn flow_unknowns(&self) -> Vec<usize> {
        vec![PHI, MU]
    }

    fn flow_data(&self) -> TargetData {
        TargetData::Laplacian
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path);
        let half = 0.5 * self.variance_rate;
        let slope = annealed.grad_v(&gradient(jets, PHI, self.dim));
        velocity.iter_mut().enumerate().for_each(|(i, v)| *v = jets.value(MU, i) - half * slope[i]);
        jets.divergence(MU) - half * annealed.laplacian_v(jets.laplacian(PHI, 0))
    }

    fn variance_rate(&self, _from: f64, _to: f64) -> f64 {
        self.variance_rate
    }

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let law = GaussianLaw::of_root(case, t);
        let mut numbers = law.correction(case, self.path, t, x, true);
        numbers.extend(law.drift(x, self.variance_rate));
        (numbers, vec![case.log_z()])
    }
}
