//! V and its derivatives at one point, from the target and the unknowns there.

use super::annealing_path::AnnealingPath;
use super::prior::log_prior;
use crate::network::ScalarField;
use crate::num::Scalar;
use crate::residual::{Fields, Point};

/// The normalisation of V at a point.
#[derive(Clone, Debug)]
pub(super) enum Level<S> {
    /// A constant z, which enters V as −b·z.
    Constant(S),
    /// A rate c, which enters V as −∫₀ᵗ c.
    Rate(S),
}

/// V and its derivatives at one point, made by [`Ansatz::at`](super::Ansatz::at).
#[derive(Clone, Debug)]
pub struct LogDensityAt<'a, S> {
    point: Point<'a>,
    /// Share b of log ρ, and its derivative b′ in t.
    share: (f64, f64),
    /// Factor c of the correction, and its derivative c′ in t.
    freedom: (f64, f64),
    correction: Option<ScalarField<'a, S>>,
    level: Level<S>,
}

impl<'a, S: Scalar> LogDensityAt<'a, S> {
    #[track_caller]
    pub(super) fn new(
        point: Point<'a>,
        path: &dyn AnnealingPath,
        correction: Option<ScalarField<'a, S>>,
        level: Level<S>,
    ) -> LogDensityAt<'a, S> {
        let (d, n) = (point.x.len(), point.data.len());
        assert!(
            [1 + d, 2 + d].contains(&n),
            "V reads log rho, its score and its Laplacian, and a point in {d} dimensions has {n} data: ask for \
             TargetData::Score or TargetData::Laplacian"
        );
        let (share, freedom) = (path.share(point.time), path.freedom(point.time));
        LogDensityAt { point, share, freedom, correction, level }
    }

    /// Time derivative ∂V/∂t, nats per unit of time.
    pub fn dt(&self) -> S {
        let (freedom, slope) = self.freedom;
        let along_path = |phi: &ScalarField<'a, S>, z: S| {
            S::weighted_sum(&[slope, freedom, -self.share.1], &[phi.value(), phi.dt(), z]) + self.path_dt()
        };
        match (&self.correction, &self.level) {
            (Some(phi), Level::Constant(z)) => along_path(phi, z.clone()),
            (Some(phi), Level::Rate(rate)) => along_path(phi, S::constant(0.0)) - rate.clone(),
            (None, Level::Constant(z)) => z.clone() * -self.share.1 + self.path_dt(),
            (None, Level::Rate(rate)) => -rate.clone() + self.path_dt(),
        }
    }

    /// Gradient ∇V of the log density, d numbers.
    pub fn gradient(&self) -> Vec<S> {
        let along_path = (0..self.point.x.len()).map(|i| self.path_dx(i));
        match &self.correction {
            Some(phi) => along_path.enumerate().map(|(i, a)| phi.grad(i) * self.freedom.0 + a).collect(),
            None => along_path.map(S::constant).collect(),
        }
    }

    /// Laplacian ΔV; NaN if Δlog ρ is not among the data.
    pub fn laplacian(&self) -> S {
        match &self.correction {
            Some(phi) => phi.laplacian() * self.freedom.0 + self.path_laplacian(),
            None => S::constant(self.path_laplacian()),
        }
    }

    /// V and a velocity with its divergence, as the equations of a moving density read them.
    pub fn moved_by(&self, velocity: Vec<S>, div_velocity: S) -> Fields<S> {
        Fields { dv_dt: self.dt(), grad_v: self.gradient(), velocity, div_velocity }
    }

    /// ∂A/∂t = b′(log ρ − log p_prior) of the path A = (1 − b) log p_prior + b log ρ.
    fn path_dt(&self) -> f64 {
        self.share.1 * (self.point.data[0] - log_prior(self.point.x))
    }

    /// ∂A/∂x_i = −(1 − b)x_i + b ∂log ρ/∂x_i.
    fn path_dx(&self, i: usize) -> f64 {
        -(1.0 - self.share.0) * self.point.x[i] + self.share.0 * self.point.data[1 + i]
    }

    /// ΔA = −(1 − b)d + bΔlog ρ.
    fn path_laplacian(&self) -> f64 {
        let d = self.point.x.len();
        let laplacian = self.point.data.get(1 + d).copied().unwrap_or(f64::NAN);
        -(1.0 - self.share.0) * d as f64 + self.share.0 * laplacian
    }
}

impl LogDensityAt<'_, f64> {
    /// V, nats. If the normalisation is learned as a rate, −∫₀ᵗ c is left out, which is a function
    /// of t alone.
    pub fn value(&self) -> f64 {
        let b = self.share.0;
        let along_path = (1.0 - b) * log_prior(self.point.x) + b * self.point.data[0];
        let z = match self.level {
            Level::Constant(z) => z,
            Level::Rate(_) => 0.0,
        };
        along_path - b * z + self.correction.as_ref().map_or(0.0, |phi| self.freedom.0 * phi.value())
    }

    /// Writes the velocity of the probability flow, drift − ½σ²∇V with σ² = `variance_rate`, and
    /// returns its divergence, div drift − ½σ²ΔV.
    pub fn probability_flow(
        &self,
        drift: &[f64],
        div_drift: f64,
        variance_rate: f64,
        velocity: &mut [f64],
    ) -> f64 {
        let half = 0.5 * variance_rate;
        let slope = self.gradient();
        velocity.iter_mut().enumerate().for_each(|(i, v)| *v = drift[i] - half * slope[i]);
        div_drift - half * self.laplacian()
    }
}
