//! `annealed-ode`: V prescribed as the annealing path up to its normalisation, μ unknown.

use super::learned_velocity::{read_velocity, velocity_unknown};
use super::{AnnealedPoint, Evolution, Path};
use crate::network::{Form, Inputs, Jets, Networks, Unknown, naive_jets};
use crate::num::{Channels, Scalar};
use crate::residual::{Continuity, Equation, ErasedSystem, Fields, Point, System};

/// `∂A/∂t − c(t) + div μ + μ·∇A = 0` with A = (1 − b) log p_prior + b log ρ.
///
/// Unknowns: μ(x,t) and c(t) = d/dt log Z_t. Velocity: μ. Noise: none. log Z = ∫₀¹ c dt.
/// Exact case: Gaussian to Gaussian (tests/gaussian_to_gaussian.rs).
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
        let rate = Unknown {
            name: "c",
            outputs: 1,
            inputs: Inputs::Time,
            channels: Channels::VALUE,
            form: Form::Full,
        };
        vec![velocity_unknown(self.dim), rate]
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
        let fields = Fields {
            dv_dt: -rate + annealed.da_dt(),
            grad_v: (0..self.dim).map(|i| S::constant(annealed.da_dx(i))).collect(),
            velocity: (0..self.dim).map(|i| jets.value(MU, i)).collect(),
            div_velocity: jets.divergence(MU),
        };
        out[0] = Continuity.residual(&fields);
    }
}

impl Evolution for AnnealedOde {
    fn name(&self) -> &'static str {
        "annealed-ode"
    }

    fn as_system(&self) -> &dyn ErasedSystem {
        self
    }

    fn path(&self) -> Path {
        self.path
    }

    fn velocity_unknowns(&self) -> Vec<usize> {
        vec![MU]
    }

    fn velocity(&self, _point: Point<'_>, jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
        read_velocity(jets, velocity)
    }

    fn learned_log_z(&self, networks: &Networks, theta: &[f64]) -> f64 {
        let x = vec![0.0; self.dim];
        let unknowns = networks.unknowns();
        let rate = |t: f64| {
            let numbers = naive_jets(networks, theta, t, &x);
            Jets::new(unknowns, &numbers, &theta[networks.scalars()]).value(RATE, 0)
        };
        // Composite Simpson over 128 panels: far below the accuracy of c for a smooth network.
        let panels = 128;
        let h = 1.0 / panels as f64;
        let panel = |k: usize| {
            let t = k as f64 * h;
            (rate(t) + 4.0 * rate(t + 0.5 * h) + rate(t + h)) * h / 6.0
        };
        theta[networks.scalars().start] + (0..panels).map(panel).sum::<f64>()
    }

    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        theta[networks.scalars().start] = log_z;
    }
}
