//! `bridge`: the Schrödinger bridge, the likeliest way from prior to target under Brownian noise.

use super::list::VARIANCE_RATE;
use super::unknowns::{correction, gradient, potential};
use super::{AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Path, TargetData};
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{ErasedSystem, Fields, Point, System, fokker_planck, hamilton_jacobi};
use nalgebra::DMatrix;

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "bridge",
    description: "Schrödinger bridge: V and potential learned",
    prior_width: 1.0,
    make: |setting| Box::new(Bridge::new(setting.dim, VARIANCE_RATE)),
};

/// `∂V/∂t + ΔΦ + ∇Φ·∇V − ½σ²(ΔV + |∇V|²) = 0` and `0.1·(∂Φ/∂t + ½|∇Φ|² + ½σ²ΔΦ) = 0` with
/// V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// Unknowns: φ(x,t), Φ(x,t), and the scalar z, which is log Z at the solution. Drift: ∇Φ. Noise: σ, constant.
/// Differs: Φ is σ² times that of the source, so that the drift is ∇Φ.
/// Exact case: Gaussian to Gaussian (Chen, Georgiou & Pavon 2016; Bunne et al. 2023).
#[derive(Clone, Copy, Debug)]
pub struct Bridge {
    dim: usize,
    path: Path,
    variance_rate: f64,
}

const PHI: usize = 0;
const POTENTIAL: usize = 1;

/// Factor of the Hamilton-Jacobi residual in the loss. The solution is the same for any; the first equation alone decides
/// weights and log Z, and the second is large in gaps between modes, where no draw passes: with 1 a fit of three narrow
/// modes spends its steps there (pilot ESS 0.96 after 120 steps, 0.99 after 30 with 0.1).
const SECOND_EQUATION: f64 = 0.1;

impl Bridge {
    /// In dimension `dim`, with σ² in squared standard deviations of the target per unit of time.
    pub fn new(dim: usize, variance_rate: f64) -> Bridge {
        Bridge { dim, path: Path::default(), variance_rate }
    }
}

impl System for Bridge {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::with_laplacian(self.dim)), potential(self.dim)]
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
        let second = hamilton_jacobi(&jets.dt(POTENTIAL, 0), &velocity, &divergence, self.variance_rate);
        out[1] = second * SECOND_EQUATION;
        let fields = Fields {
            dv_dt: annealed.dv_dt(jets.value(PHI, 0), jets.dt(PHI, 0), jets.scalar(0)),
            grad_v: annealed.grad_v(&gradient(jets, PHI, self.dim)),
            velocity,
            div_velocity: divergence,
        };
        out[0] = fokker_planck(&fields, &annealed.laplacian_v(jets.laplacian(PHI, 0)), self.variance_rate);
    }
}

impl Evolution for Bridge {
    fn name(&self) -> &'static str {
        "bridge"
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
        vec![PHI, POTENTIAL]
    }

    fn flow_data(&self) -> TargetData {
        TargetData::Laplacian
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path);
        let half = 0.5 * self.variance_rate;
        let slope = annealed.grad_v(&gradient(jets, PHI, self.dim));
        velocity.iter_mut().enumerate().for_each(|(i, v)| *v = jets.dx(POTENTIAL, 0, i) - half * slope[i]);
        jets.laplacian(POTENTIAL, 0) - half * annealed.laplacian_v(jets.laplacian(PHI, 0))
    }

    fn variance_rate(&self, _from: f64, _to: f64) -> f64 {
        self.variance_rate
    }

    /// The law is N(tm, C), C = (1 − t)²I + t²Σ + t(1 − t)D, D = (4Σ + σ⁴I)^½, the drift m + F(x − tm) with
    /// F = F₀(I + tF₀)⁻¹, F₀ = ½(D − σ²I) − I, and Φ = m·y + ½yᵀFy + ½|m|²t − ½σ² log det(I + tF₀), y = x − tm.
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (s2, d) = (self.variance_rate, self.dim);
        let identity = DMatrix::identity(d, d);
        // An eigenvalue of D from one of Σ.
        let both = |sigma: f64| (4.0 * sigma + s2 * s2).sqrt();
        let covariance =
            case.spectral(|sigma| (1.0 - t).powi(2) + t * t * sigma + t * (1.0 - t) * both(sigma));
        let covariance_rate =
            case.spectral(|sigma| -2.0 * (1.0 - t) + 2.0 * t * sigma + (1.0 - 2.0 * t) * both(sigma));
        let law = GaussianLaw::new(case.mean() * t, case.mean().clone(), covariance, covariance_rate);
        let first = case.spectral(|sigma| 0.5 * (both(sigma) - s2) - 1.0);
        let stretch = &identity + &first * t;
        let drift = &first * stretch.clone().try_inverse().expect("C is positive definite, so is I + tF₀");
        let half = 0.5 * case.mean().norm_squared();
        let constant = half * t - 0.5 * s2 * libm::log(stretch.determinant());
        let constant_rate = half - 0.5 * s2 * drift.trace();
        let mut numbers = law.correction(case, self.path, t, x, true);
        numbers.extend(law.potential(x, &drift, constant, constant_rate));
        (numbers, vec![case.log_z()])
    }
}
