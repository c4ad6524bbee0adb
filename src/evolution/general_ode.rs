//! `general-ode`: V and μ both unknown, tied by the log-continuity equation alone.

use super::learned_velocity::{read_velocity, velocity_unknown};
use super::{AnnealedPoint, Evolution, Path};
use crate::network::{Form, Inputs, Jets, Networks, Unknown};
use crate::num::{Channels, Scalar};
use crate::residual::{Continuity, Equation, ErasedSystem, Fields, Point, System};

/// `∂V/∂t + div μ + μ·∇V = 0` with V = (1 − b) log p_prior + b(log ρ − z) + t(1 − t)φ.
///
/// Unknowns: φ(x,t), μ(x,t), and the scalar z, which is log Z at the solution. Velocity: μ. Noise: none.
/// Many pairs solve it; damped Gauss-Newton from small networks finds one of moderate size.
/// Exact case: Gaussian to Gaussian with an affine μ (tests/gaussian_to_gaussian.rs).
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
        vec![
            Unknown {
                name: "phi",
                outputs: 1,
                inputs: Inputs::TimeSpace,
                channels: Channels::first_order(self.dim),
                form: Form::Full,
            },
            velocity_unknown(self.dim),
        ]
    }

    fn n_scalars(&self) -> usize {
        1
    }

    fn n_equations(&self) -> usize {
        1
    }

    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
        let annealed = AnnealedPoint::new(point, self.path);
        let dphi_dx: Vec<S> = (0..self.dim).map(|i| jets.dx(PHI, 0, i)).collect();
        let (dv_dt, grad_v) =
            annealed.corrected(jets.value(PHI, 0), jets.dt(PHI, 0), &dphi_dx, jets.scalar(0));
        let velocity = (0..self.dim).map(|i| jets.value(MU, i)).collect();
        let fields = Fields { dv_dt, grad_v, velocity, div_velocity: jets.divergence(MU) };
        out[0] = Continuity.residual(&fields);
    }
}

impl Evolution for GeneralOde {
    fn name(&self) -> &'static str {
        "general-ode"
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
        theta[networks.scalars().start]
    }

    fn guess_log_z(&self, networks: &Networks, theta: &mut [f64], log_z: f64) {
        theta[networks.scalars().start] = log_z;
    }
}
