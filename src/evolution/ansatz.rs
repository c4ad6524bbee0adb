//! V with both boundary values built in: the annealing path between prior and target.

use super::Path;
use crate::num::Scalar;
use crate::residual::Point;
use std::f64::consts::PI;

/// log N(x; 0, I), the prior in standardised coordinates.
pub fn log_prior(x: &[f64]) -> f64 {
    let square: f64 = x.iter().map(|v| v * v).sum();
    -0.5 * square - 0.5 * x.len() as f64 * libm::log(2.0 * PI)
}

/// The annealed log density A = (1 − b) log p_prior + b log ρ at a point of the collocation.
#[derive(Clone, Copy, Debug)]
pub struct AnnealedPoint<'a> {
    point: Point<'a>,
    b: f64,
    db_dt: f64,
}

impl<'a> AnnealedPoint<'a> {
    /// Reads log ρ and ∇log ρ from the point's data.
    ///
    /// # Panics
    /// If there are not 1 + d data.
    pub fn new(point: Point<'a>, path: Path) -> AnnealedPoint<'a> {
        assert_eq!(point.data.len(), 1 + point.x.len(), "log rho and its score are the data");
        let (b, db_dt) = path.at(point.time);
        AnnealedPoint { point, b, db_dt }
    }

    /// ∂A/∂t = b′(log ρ − log p_prior).
    pub fn da_dt(&self) -> f64 {
        self.db_dt * (self.point.data[0] - log_prior(self.point.x))
    }

    /// ∂A/∂x_i = −(1 − b)x_i + b ∂log ρ/∂x_i.
    pub fn da_dx(&self, i: usize) -> f64 {
        -(1.0 - self.b) * self.point.x[i] + self.b * self.point.data[1 + i]
    }

    /// (∂V/∂t, ∇V) of V = A − b z + t(1 − t)φ, from φ, ∂φ/∂t, ∇φ and z.
    pub fn corrected<S: Scalar>(&self, phi: S, dphi_dt: S, dphi_dx: &[S], z: S) -> (S, Vec<S>) {
        let t = self.point.time;
        let bump = t * (1.0 - t);
        let dv_dt = S::weighted_sum(&[1.0 - 2.0 * t, bump, -self.db_dt], &[phi, dphi_dt, z]) + self.da_dt();
        let grad_v = dphi_dx.iter().enumerate().map(|(i, d)| d.clone() * bump + self.da_dx(i)).collect();
        (dv_dt, grad_v)
    }
}
