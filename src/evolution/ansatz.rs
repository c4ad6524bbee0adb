//! V with its boundary values built in: the annealing path between prior and target.

use super::Path;
use crate::num::Scalar;
use crate::residual::Point;
use std::f64::consts::PI;

/// log N(x; 0, I), the prior in standardised coordinates.
pub fn log_prior(x: &[f64]) -> f64 {
    let square: f64 = x.iter().map(|v| v * v).sum();
    -0.5 * square - 0.5 * x.len() as f64 * libm::log(2.0 * PI)
}

/// The annealed log density A = (1 − b) log p_prior + b log ρ at a point, and V = A − b z + cφ,
/// c of [`Path::freedom`].
#[derive(Clone, Copy, Debug)]
pub struct AnnealedPoint<'a> {
    point: Point<'a>,
    b: f64,
    db_dt: f64,
    freedom: (f64, f64),
}

impl<'a> AnnealedPoint<'a> {
    /// Reads log ρ, ∇log ρ and, if it is there, Δlog ρ from the point's data.
    ///
    /// # Panics
    /// If there are neither 1 + d nor 2 + d data.
    pub fn new(point: Point<'a>, path: Path) -> AnnealedPoint<'a> {
        let d = point.x.len();
        assert!([1 + d, 2 + d].contains(&point.data.len()), "log rho, its score, its Laplacian are the data");
        let (b, db_dt) = path.at(point.time);
        AnnealedPoint { point, b, db_dt, freedom: path.freedom(point.time) }
    }

    /// A.
    pub fn a(&self) -> f64 {
        (1.0 - self.b) * log_prior(self.point.x) + self.b * self.point.data[0]
    }

    /// ∂A/∂t = b′(log ρ − log p_prior).
    pub fn da_dt(&self) -> f64 {
        self.db_dt * (self.point.data[0] - log_prior(self.point.x))
    }

    /// ∂A/∂x_i = −(1 − b)x_i + b ∂log ρ/∂x_i.
    pub fn da_dx(&self, i: usize) -> f64 {
        -(1.0 - self.b) * self.point.x[i] + self.b * self.point.data[1 + i]
    }

    /// ΔA = −(1 − b)d + bΔlog ρ; NaN if Δlog ρ is not among the data.
    pub fn laplacian_a(&self) -> f64 {
        let d = self.point.x.len();
        let laplacian = self.point.data.get(1 + d).copied().unwrap_or(f64::NAN);
        -(1.0 - self.b) * d as f64 + self.b * laplacian
    }

    /// V, from φ and z.
    pub fn value(&self, phi: f64, z: f64) -> f64 {
        self.a() - self.b * z + self.freedom.0 * phi
    }

    /// ∂V/∂t, from φ, ∂φ/∂t and z.
    pub fn dv_dt<S: Scalar>(&self, phi: S, dphi_dt: S, z: S) -> S {
        let (freedom, slope) = self.freedom;
        S::weighted_sum(&[slope, freedom, -self.db_dt], &[phi, dphi_dt, z]) + self.da_dt()
    }

    /// ∇V, from ∇φ.
    pub fn grad_v<S: Scalar>(&self, dphi_dx: &[S]) -> Vec<S> {
        dphi_dx.iter().enumerate().map(|(i, d)| d.clone() * self.freedom.0 + self.da_dx(i)).collect()
    }

    /// ΔV, from Δφ.
    pub fn laplacian_v<S: Scalar>(&self, laplacian_phi: S) -> S {
        laplacian_phi * self.freedom.0 + self.laplacian_a()
    }
}
