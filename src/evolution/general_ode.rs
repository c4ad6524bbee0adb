//! `general-ode`: V and μ both unknown, tied by the log-continuity equation alone.

use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::quadratic::Quadratic;
use super::target_data::TargetData;
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{Point, continuity};

/// `∂V/∂t + div μ + μ·∇V = 0`, where V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// * Unknowns: φ(x, t), μ(x, t), and the scalar z, which is log Z at the solution.
/// * Velocity: μ. Noise: none.
/// * Many pairs (V, μ) solve the equation. Damped Gauss-Newton from small networks finds one of
///   moderate size.
/// * Exact case: Gaussian to Gaussian with an affine μ and marginal N(t²m, MMᵀ), where M is the sum
///   (1 − t)I + tL.
#[derive(Clone, Copy, Debug, Default)]
pub struct GeneralOde;

const PHI: usize = 0;
const MU: usize = 1;
const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);

impl Evolution for GeneralOde {
    fn description(&self, dim: usize) -> Description {
        let phi = Unknown::scalar_field("phi", Channels::first_order(dim));
        Description {
            flow_unknowns: vec![MU],
            flow_reads: TargetData::Nothing,
            ..Description::new("general-ode", vec![phi, Unknown::vector_field("mu", dim)], &V)
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

impl ClosedForm for GeneralOde {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let marginal = GaussianMarginal::of_root(case, t);
        let mut numbers = marginal.correction(case, &V.path, t, x, false);
        numbers.extend(marginal.flow(x));
        GaussianSolution { numbers, scalars: vec![case.log_z()] }
    }
}
