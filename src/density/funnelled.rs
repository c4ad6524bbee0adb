//! A change of variables in which some coordinates are scaled by others: hierarchies and funnels undone.

use super::Target;
use nalgebra::DMatrix;

/// Logarithmic scales of coordinates, linear in others: w_i = u_i exp(c_i + Σ_j a_ij u_j) for the driven coordinates i,
/// w_j = u_j for all others, the drivers j among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogScales {
    /// One for each driven coordinate.
    pub driven: Vec<LogScale>,
}

/// The logarithm of one coordinate's scale.
#[derive(Clone, Debug, PartialEq)]
pub struct LogScale {
    /// The driven coordinate i.
    pub coordinate: usize,
    /// c_i.
    pub constant: f64,
    /// The pairs (j, a_ij); no j is driven.
    pub slopes: Vec<(usize, f64)>,
}

impl LogScale {
    /// c_i + Σ_j a_ij u_j; drivers are the same numbers in w and u.
    pub fn at(&self, u: &[f64]) -> f64 {
        self.constant + self.slopes.iter().map(|(j, a)| a * u[*j]).sum::<f64>()
    }
}

impl LogScales {
    /// w for one point u, in place.
    pub fn apply(&self, point: &mut [f64]) {
        for scale in &self.driven {
            point[scale.coordinate] *= libm::exp(scale.at(point));
        }
    }

    /// u for one point w, in place.
    pub fn invert(&self, point: &mut [f64]) {
        for scale in &self.driven {
            point[scale.coordinate] *= libm::exp(-scale.at(point));
        }
    }

    /// ∂w/∂u at u, where w is already known.
    fn jacobian(&self, u: &[f64], w: &[f64]) -> DMatrix<f64> {
        let mut jacobian = DMatrix::identity(u.len(), u.len());
        for scale in &self.driven {
            let i = scale.coordinate;
            jacobian[(i, i)] = libm::exp(scale.at(u));
            scale.slopes.iter().for_each(|&(j, a)| jacobian[(i, j)] = a * w[i]);
        }
        jacobian
    }
}

/// A target in w seen in u.
///
/// log ρ_u(u) = log ρ(w) + Σ_i (c_i + Σ_j a_ij u_j), so Z is unchanged; scores and Laplacians by the chain rule.
/// NaN and ±inf pass through.
///
/// # Cost
/// A few operations per slope beside the target's; a Laplacian asks the target point by point.
pub struct Funnelled<'a> {
    target: &'a dyn Target,
    scales: &'a LogScales,
}

impl<'a> Funnelled<'a> {
    /// `target` in the coordinates u of `scales`.
    pub fn new(target: &'a dyn Target, scales: &'a LogScales) -> Funnelled<'a> {
        Funnelled { target, scales }
    }

    fn all_to_target(&self, points: &[f64]) -> Vec<f64> {
        let mut w = points.to_vec();
        w.chunks_exact_mut(self.target.dim()).for_each(|point| self.scales.apply(point));
        w
    }

    /// Σ_i log scale_i, the log determinant.
    fn log_det(&self, u: &[f64]) -> f64 {
        self.scales.driven.iter().map(|scale| scale.at(u)).sum()
    }
}

impl Target for Funnelled<'_> {
    fn dim(&self) -> usize {
        self.target.dim()
    }

    fn names(&self) -> Vec<String> {
        self.target.names()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) {
        self.target.values(&self.all_to_target(points), values);
        let rows = points.chunks_exact(self.dim()).zip(values);
        rows.for_each(|(u, value)| *value += self.log_det(u));
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        let (d, w) = (self.dim(), self.all_to_target(points));
        self.target.values_and_scores(&w, values, scores);
        let rows = points.chunks_exact(d).zip(w.chunks_exact(d)).zip(values).zip(scores.chunks_exact_mut(d));
        for (((u, w), value), score) in rows {
            *value += self.log_det(u);
            for scale in &self.scales.driven {
                let i = scale.coordinate;
                for &(j, a) in &scale.slopes {
                    score[j] += a * (score[i] * w[i] + 1.0);
                }
                score[i] *= libm::exp(scale.at(u));
            }
        }
    }

    fn has_laplacian(&self) -> bool {
        self.target.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) {
        let d = self.dim();
        let w = self.all_to_target(points);
        let (mut values, mut scores) = (vec![0.0; laplacians.len()], vec![0.0; points.len()]);
        self.target.values_and_scores(&w, &mut values, &mut scores);
        let rows = points.chunks_exact(d).zip(w.chunks_exact(d)).zip(scores.chunks_exact(d));
        for (((u, w), score), laplacian) in rows.zip(laplacians.chunks_exact_mut(1)) {
            self.target.laplacians(w, &(self.scales.jacobian(u, w) * root), laplacian);
            // Σ_i ∂log ρ/∂w_i · tr(Lᵀ ∇²w_i L): with q_k = Σ_j a_ij L_jk, w_i has the second derivative
            // w_i q_k² + 2 L_ik e^s q_k along column k.
            for scale in &self.scales.driven {
                let i = scale.coordinate;
                let factor = libm::exp(scale.at(u));
                laplacian[0] += (0..root.ncols())
                    .map(|k| {
                        let q: f64 = scale.slopes.iter().map(|&(j, a)| a * root[(j, k)]).sum();
                        score[i] * q * (w[i] * q + 2.0 * root[(i, k)] * factor)
                    })
                    .sum::<f64>();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::gauss;

    fn scales() -> LogScales {
        let scale = |coordinate, constant, slopes: &[(usize, f64)]| LogScale {
            coordinate,
            constant,
            slopes: slopes.to_vec(),
        };
        LogScales { driven: vec![scale(1, 0.3, &[(0, 0.7)]), scale(3, -0.4, &[(0, -0.5), (2, 0.9)])] }
    }

    #[test]
    fn there_and_back() {
        let u = [0.4, -1.2, 0.7, 2.0];
        let mut point = u;
        scales().apply(&mut point);
        assert!((point[1] - -1.2 * (0.3f64 + 0.28).exp()).abs() < 1e-15);
        assert!(point[2] == 0.7);
        scales().invert(&mut point);
        assert!(u.iter().zip(point).all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn scores_and_laplacians_are_slopes() {
        let (target, scales) = (gauss(4), scales());
        let ours = Funnelled::new(&target, &scales);
        let u = [0.4, -0.8, 0.7, 0.9];
        let root =
            DMatrix::from_fn(4, 4, |i, j| if j > i { 0.0 } else { 0.5 + 0.2 * i as f64 - 0.3 * j as f64 });
        let (mut value, mut score, mut laplacian) = ([0.0], [0.0; 4], [0.0]);
        ours.values_and_scores(&u, &mut value, &mut score);
        ours.laplacians(&u, &root, &mut laplacian);
        let at = |v: &[f64]| {
            let (mut value, mut score) = ([0.0], [0.0; 4]);
            ours.values_and_scores(v, &mut value, &mut score);
            (value[0], score)
        };
        let along = |direction: &[f64], step: f64| -> Vec<f64> {
            u.iter().zip(direction).map(|(u, v)| u + step * v).collect()
        };
        let mut trace = 0.0;
        for (k, score) in score.iter().enumerate() {
            let unit: Vec<f64> = (0..4).map(|i| if i == k { 1.0 } else { 0.0 }).collect();
            let slope = (at(&along(&unit, 1e-5)).0 - at(&along(&unit, -1e-5)).0) / 2e-5;
            assert!((slope - score).abs() < 1e-8 * (1.0 + slope.abs()), "{k}: {slope} {score}");
            let column: Vec<f64> = root.column(k).iter().copied().collect();
            let (plus, minus) = (at(&along(&column, 1e-5)).1, at(&along(&column, -1e-5)).1);
            trace += (0..4).map(|i| column[i] * (plus[i] - minus[i]) / 2e-5).sum::<f64>();
        }
        assert!((trace - laplacian[0]).abs() < 1e-8 * (1.0 + trace.abs()), "{trace} {}", laplacian[0]);
    }
}
