//! `general-sde`: V and μ both unknown, tied by the log-Fokker-Planck equation alone.

use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::noise::{Noise, VARIANCE_RATE};
use super::quadratic::Quadratic;
use super::target_data::TargetData;
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{Point, fokker_planck};

/// `∂V/∂t + div μ + μ·∇V − ½σ²(ΔV + |∇V|²) = 0`, where
/// V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// * Unknowns: φ(x, t), μ(x, t), and the scalar z, which is log Z at the solution.
/// * Drift: μ. Noise: σ, constant.
/// * Exact case: Gaussian to Gaussian, μ = v + ½σ²∇V for the affine flow v of `general-ode`.
#[derive(Clone, Copy, Debug)]
pub struct GeneralSde {
    /// σ², squared standard deviations of the target per unit of time.
    pub variance_rate: f64,
}

const PHI: usize = 0;
const MU: usize = 1;
const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);

impl Default for GeneralSde {
    fn default() -> GeneralSde {
        GeneralSde { variance_rate: VARIANCE_RATE }
    }
}

impl Evolution for GeneralSde {
    fn description(&self, dim: usize) -> Description {
        let phi = Unknown::scalar_field("phi", Channels::with_laplacian(dim));
        Description {
            reads: TargetData::Laplacian,
            flow_reads: TargetData::Laplacian,
            noise: Noise::constant(self.variance_rate),
            ..Description::new("general-sde", vec![phi, Unknown::vector_field("mu", dim)], &V)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (v, mu) = (V.at(point, jets), jets.vector_field(MU));
        let fields = v.moved_by(mu.values().to_vec(), mu.divergence());
        out[0] = fokker_planck(&fields, &v.laplacian(), self.variance_rate);
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let (v, mu) = (V.at(point, jets), jets.vector_field(MU));
        v.probability_flow(mu.values(), mu.divergence(), self.variance_rate, velocity)
    }
}

impl ClosedForm for GeneralSde {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let marginal = GaussianMarginal::of_root(case, t);
        let mut numbers = marginal.correction(case, &V.path, t, x, true);
        numbers.extend(marginal.drift(x, self.variance_rate));
        GaussianSolution { numbers, scalars: vec![case.log_z()] }
    }
}
