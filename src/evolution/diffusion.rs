//! `diffusion`: the target's noising, run backwards; V alone is unknown.

use super::unknowns::{correction, gradient};
use super::{
    AnnealedPoint, Evolution, EvolutionEntry, GaussianCase, GaussianLaw, Nearby, Noising, Path, Setting,
    TargetData,
};
use crate::network::{Jets, Networks, Unknown, naive_jets};
use crate::num::{Channels, Purpose, Scalar, Stream, log_mean_exp};
use crate::residual::{ErasedSystem, Fields, Point, System, continuity};
use nalgebra::DMatrix;

/// Its line in the list.
pub(super) const ENTRY: EvolutionEntry = EvolutionEntry {
    name: "diffusion",
    description: "the target's noising run backwards, V learned",
    prior_width: 1.0,
    make: |setting| Box::new(Diffusion::new(setting)),
};

/// `∂V/∂t + a(t)(d + x·∇V + ΔV + |∇V|²) = 0`, a = d ln α/dt, V = log law of α·X + √n·N(0, I): the continuity
/// equation of the probability flow v = a(x + ∇V).
///
/// Unknowns: φ(x,t) in V = (1 − b) log p_prior + b(log ρ − z) + cφ with b of [`Noising::share`] and c of
/// [`Path::freedom`], and the scalar z, of which a function of t in φ can take a part: log Z = z + log E exp(cφ(·, 0)), E
/// over the prior. Drift: a(x + 2∇V). Noise: σ² = 2a.
/// Source: arXiv 2407.07873, section 3, with f = −½βx and ½β ds = a dt; Differs: the clock of [`Noising`].
/// Exact case: Gaussian to Gaussian, the law N(αm, α²Σ + nI).
#[derive(Clone, Copy, Debug)]
pub struct Diffusion {
    dim: usize,
    noising: Noising,
}

const PHI: usize = 0;
/// Draws of the prior for the mass at t = 0, from which V differs by hundredths of a nat: an error of 1e-4.
const MASS_DRAWS: usize = 4096;

impl Diffusion {
    /// For a target with features of a width.
    pub fn new(setting: Setting) -> Diffusion {
        Diffusion { dim: setting.dim, noising: Noising::new(setting.feature_variance) }
    }
}

impl System for Diffusion {
    fn unknowns(&self) -> Vec<Unknown> {
        vec![correction(Channels::with_laplacian(self.dim))]
    }

    fn n_scalars(&self) -> usize {
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, Evolution::path(self));
        let rate = self.noising.rate(point.time);
        let grad_v = annealed.grad_v(&gradient(jets, PHI, self.dim));
        let velocity = grad_v.iter().zip(point.x).map(|(g, x)| (g.clone() + *x) * rate).collect();
        let laplacian = annealed.laplacian_v(jets.laplacian(PHI, 0));
        out[0] = continuity(&Fields {
            dv_dt: annealed.dv_dt(jets.value(PHI, 0), jets.dt(PHI, 0), jets.scalar(0)),
            div_velocity: (laplacian + self.dim as f64) * rate,
            grad_v,
            velocity,
        });
    }
}

impl Evolution for Diffusion {
    fn name(&self) -> &'static str {
        "diffusion"
    }

    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }

    fn equation_data(&self) -> TargetData {
        TargetData::Laplacian
    }

    fn path(&self) -> Path {
        Path::Denoising(self.noising)
    }

    fn nearby(&self, t: f64) -> Nearby {
        let signal = self.noising.squared_signal(t).sqrt();
        Nearby::Noised { signal, variance: self.noising.variance(t) }
    }

    fn flow_unknowns(&self) -> Vec<usize> {
        vec![PHI]
    }

    fn flow_data(&self) -> TargetData {
        TargetData::Laplacian
    }

    fn flow(&self, point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        let annealed = AnnealedPoint::new(point, self.path());
        let rate = self.noising.rate(point.time);
        let slope = annealed.grad_v(&gradient(jets, PHI, self.dim));
        velocity.iter_mut().enumerate().for_each(|(i, v)| *v = rate * (point.x[i] + slope[i]));
        rate * (self.dim as f64 + annealed.laplacian_v(jets.laplacian(PHI, 0)))
    }

    fn variance_rate(&self, from: f64, to: f64) -> f64 {
        self.noising.mean_variance_rate(from, to)
    }

    /// exp V has the mass Z e^−z at all times: at t = 0 it is the mean of exp(cφ) over the prior.
    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        let freedom = Evolution::path(self).freedom(0.0).0;
        let mut stream = Stream::new(0, Purpose::LearnedMass, 0);
        let mut x = vec![0.0; self.dim];
        let excess: Vec<f64> = (0..MASS_DRAWS)
            .map(|_| {
                stream.fill_normal(&mut x);
                freedom * naive_jets(networks, theta, 0.0, &x)[0]
            })
            .collect();
        theta[networks.scalars().start] + log_mean_exp(&excess)
    }

    fn gaussian_solution(&self, case: &GaussianCase, t: f64, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (signal, rate) = (self.noising.squared_signal(t), self.noising.rate(t));
        let (mean, sigma) = (case.mean() * signal.sqrt(), case.covariance());
        let identity = DMatrix::identity(self.dim, self.dim);
        let covariance = &sigma * signal + &identity * self.noising.variance(t);
        // dα²/dt = 2aα² = −dn/dt.
        let covariance_rate = (sigma - identity) * (2.0 * rate * signal);
        let law = GaussianLaw::new(mean.clone(), mean * rate, covariance, covariance_rate);
        (law.correction(case, self.path(), t, x, true), vec![case.log_z()])
    }
}
