//! `optimal-transport`: the velocity is a gradient, and particles move on straight lines.

use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::quadratic::Quadratic;
use super::target_data::TargetData;
use crate::network::{Jets, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{Point, continuity, hamilton_jacobi};
use nalgebra::DMatrix;

/// `∂V/∂t + ΔΦ + ∇Φ·∇V = 0` and `∂Φ/∂t + ½|∇Φ|² = 0`, where
/// V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// * Unknowns: φ(x, t), Φ(x, t), and the scalar z, which is log Z at the solution.
/// * Velocity: ∇Φ. Noise: none.
/// * Exact case: Gaussian to Gaussian by the map of Bures, x ↦ m + Tx with T = Σ^½.
#[derive(Clone, Copy, Debug, Default)]
pub struct OptimalTransport;

const PHI: usize = 0;
const POTENTIAL: usize = 1;
const V: Ansatz<Quadratic> = Ansatz::new(Quadratic, PHI);

impl Evolution for OptimalTransport {
    fn description(&self, dim: usize) -> Description {
        let phi = Unknown::scalar_field("phi", Channels::first_order(dim));
        let potential = Unknown::scalar_field("Phi", Channels::with_laplacian(dim));
        Description {
            equations: vec!["conservation of mass", "Hamilton-Jacobi"],
            flow_unknowns: vec![POTENTIAL],
            flow_reads: TargetData::Nothing,
            ..Description::new("optimal-transport", vec![phi, potential], &V)
        }
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (v, potential) = (V.at(point, jets), jets.scalar_field(POTENTIAL));
        let (velocity, divergence) = (potential.gradient(), potential.laplacian());
        out[1] = hamilton_jacobi(&potential.dt(), &velocity, &divergence, 0.0);
        out[0] = continuity(&v.moved_by(velocity, divergence));
    }

    fn flow(&self, _point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let potential = jets.scalar_field(POTENTIAL);
        velocity.copy_from_slice(&potential.gradient());
        potential.laplacian()
    }
}

impl ClosedForm for OptimalTransport {
    /// M = (1 − t)I + tT maps N(0, I) to N(tm, M²). The potential is Φ = m·y + ½yᵀGy + ½|m|²t,
    /// where y = x − tm and G = (T − I)M⁻¹.
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let identity = DMatrix::identity(case.dim(), case.dim());
        let step = case.spectral(f64::sqrt) - &identity;
        let m = &identity + &step * t;
        let marginal =
            GaussianMarginal::new(case.mean() * t, case.mean().clone(), &m * &m, (&m * &step) * 2.0);
        let mut numbers = marginal.correction(case, &V.path, t, x, false);
        let constant_rate = 0.5 * case.mean().norm_squared();
        numbers.extend(marginal.potential(x, &marginal.gradient, constant_rate * t, constant_rate));
        GaussianSolution { numbers, scalars: vec![case.log_z()] }
    }
}
