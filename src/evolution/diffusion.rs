//! `diffusion`: the noising of the target, run backwards. V is the only unknown.

use super::annealing_path::AnnealingPath;
use super::ansatz::Ansatz;
use super::closed_form::{ClosedForm, GaussianCase, GaussianMarginal, GaussianSolution};
use super::definition::Evolution;
use super::description::Description;
use super::noise::Noise;
use super::noising::Noising;
use super::target_data::TargetData;
use super::target_summary::TargetSummary;
use crate::network::{Jets, Networks, Unknown, naive_jets};
use crate::num::{Channels, Purpose, Scalar, Stream, log_mean_exp};
use crate::residual::{Fields, Point, continuity};
use nalgebra::DMatrix;

/// `∂V/∂t + a(t)(d + x·∇V + ΔV + |∇V|²) = 0`, where a = d ln α/dt and V is the log density of
/// α·X + √n·N(0, I): the continuity equation of the probability flow v = a(x + ∇V).
///
/// * Unknowns: φ(x, t) in V = (1 − b) log p_prior + b(log ρ − z) + cφ with b and c of [`Noising`],
///   and the scalar z. A function of t in φ can take a part of log Z:
///   log Z = z + log E exp(cφ(·, 0)), where E is the mean over the prior.
/// * Drift: a(x + 2∇V). Noise: σ² = 2a.
/// * Source: arXiv 2407.07873, section 3, with f = −½βx and ½β ds = a dt.
///   Differs: the clock of [`Noising`].
/// * Exact case: Gaussian to Gaussian with marginal N(αm, α²Σ + nI).
#[derive(Clone, Copy, Debug)]
pub struct Diffusion {
    v: Ansatz<Noising>,
}

const PHI: usize = 0;
/// Number of draws of the prior that estimate the mass at t = 0. There V differs from the prior by
/// hundredths of a nat, so that the error is 1e-4.
const MASS_DRAWS: usize = 4096;

impl Diffusion {
    /// The evolution with a clock for features of this squared width, in units of that of the
    /// prior. A fit sets the width for each target.
    ///
    /// # Panics
    /// If `feature_variance` is not positive.
    pub fn new(feature_variance: f64) -> Diffusion {
        Diffusion { v: Ansatz::new(Noising::new(feature_variance), PHI) }
    }
}

impl Default for Diffusion {
    /// The evolution with a clock for a target without features smaller than itself.
    fn default() -> Diffusion {
        Diffusion::new(1.0)
    }
}

impl Evolution for Diffusion {
    fn description(&self, dim: usize) -> Description {
        let noising = self.v.path;
        let phi = Unknown::scalar_field("phi", Channels::with_laplacian(dim));
        Description {
            reads: TargetData::Laplacian,
            flow_reads: TargetData::Laplacian,
            noise: Noise::varying(move |from, to| noising.mean_variance_rate(from, to)),
            ..Description::new("diffusion", vec![phi], &self.v)
        }
    }

    fn for_target(&self, target: TargetSummary) -> Diffusion {
        Diffusion::new(target.feature_variance)
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let (v, rate) = (self.v.at(point, jets), self.v.path.rate(point.time));
        let grad_v = v.gradient();
        let velocity = grad_v.iter().zip(point.x).map(|(g, x)| (g.clone() + *x) * rate).collect();
        let laplacian = v.laplacian();
        out[0] = continuity(&Fields {
            dv_dt: v.dt(),
            div_velocity: (laplacian + point.x.len() as f64) * rate,
            grad_v,
            velocity,
        });
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let (v, rate) = (self.v.at(point, jets), self.v.path.rate(point.time));
        let slope = v.gradient();
        velocity.iter_mut().enumerate().for_each(|(i, v)| *v = rate * (point.x[i] + slope[i]));
        rate * (point.x.len() as f64 + v.laplacian())
    }

    /// The mass of exp V is Z e^−z at all times. At t = 0 it is the mean of exp(cφ) over the prior.
    fn learned_log_z(&self, _described: &Description, networks: &Networks, theta: &[f64]) -> f64 {
        let freedom = self.v.path.freedom(0.0).0;
        let mut stream = Stream::new(0, Purpose::LearnedMass, 0);
        let mut x = vec![0.0; networks.list()[PHI].dim];
        let excess: Vec<f64> = (0..MASS_DRAWS)
            .map(|_| {
                stream.fill_normal(&mut x);
                freedom * naive_jets(networks, theta, 0.0, &x)[0]
            })
            .collect();
        self.v.log_z.learned(networks, theta) + log_mean_exp(&excess)
    }
}

impl ClosedForm for Diffusion {
    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> GaussianSolution {
        let noising = self.v.path;
        let (signal, rate) = (noising.squared_signal(t), noising.rate(t));
        let (mean, sigma) = (case.mean() * signal.sqrt(), case.covariance());
        let identity = DMatrix::identity(case.dim(), case.dim());
        let covariance = &sigma * signal + &identity * noising.variance(t);
        // dα²/dt = 2aα² = −dn/dt.
        let covariance_rate = (sigma - identity) * (2.0 * rate * signal);
        let marginal = GaussianMarginal::new(mean.clone(), mean * rate, covariance, covariance_rate);
        let numbers = marginal.correction(case, &noising, t, x, true);
        GaussianSolution { numbers, scalars: vec![case.log_z()] }
    }
}
