//! Log-linear scales: a change of variables that undoes funnels and hierarchies (non-centring).

use super::change_of_variables::ChangeOfVariables;
use nalgebra::DMatrix;

/// Scales of coordinates whose logarithms are linear in other coordinates.
///
/// A child i has x_i = u_i exp(c_i + Σ_j a_ij u_j). All other coordinates, its parents j among
/// them, have x_j = u_j. No parent is a child, so that log |det| = Σ_i (c_i + Σ_j a_ij u_j).
///
/// # Cost
/// One exponential for each child, and a few operations for each slope.
///
/// Exact case: a funnel, x₂ | x₁ ~ N(0, e^(2(c + a x₁))), is N(0, 1) in u₂.
///
/// ```
/// use pushforward::coordinates::{ChangeOfVariables, LogLinearScale, LogLinearScales};
///
/// let child = LogLinearScale { coordinate: 1, constant: 0.0, slopes: vec![(0, 0.5)] };
/// let scales = LogLinearScales { dim: 2, children: vec![child] };
/// let x = scales.forward_all(&[2.0, 3.0]);
/// assert!(x[0] == 2.0 && (x[1] - 3.0 * 1f64.exp()).abs() < 1e-14);
/// assert_eq!(scales.log_det(&[2.0, 3.0]), 1.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogLinearScales {
    /// The number of all coordinates.
    pub dim: usize,
    /// One entry for each child.
    pub children: Vec<LogLinearScale>,
}

/// The logarithm of one coordinate's scale.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLinearScale {
    /// The coordinate i of the child.
    pub coordinate: usize,
    /// The constant c_i of the logarithm.
    pub constant: f64,
    /// The pairs (j, a_ij); no parent j is a child itself.
    pub slopes: Vec<(usize, f64)>,
}

impl LogLinearScale {
    /// The logarithm c_i + Σ_j a_ij u_j of the scale at u. Parents have the same values in x and in
    /// u.
    pub fn at(&self, u: &[f64]) -> f64 {
        self.constant + self.slopes.iter().map(|(j, a)| a * u[*j]).sum::<f64>()
    }
}

impl LogLinearScales {
    /// The identity x = u: no scale depends on a coordinate.
    pub fn identity(dim: usize) -> LogLinearScales {
        LogLinearScales { dim, children: Vec::new() }
    }
}

impl ChangeOfVariables for LogLinearScales {
    fn dim(&self) -> usize {
        self.dim
    }

    fn forward(&self, u: &[f64], x: &mut [f64]) {
        x.copy_from_slice(u);
        for scale in &self.children {
            x[scale.coordinate] *= libm::exp(scale.at(u));
        }
    }

    fn inverse(&self, x: &[f64], u: &mut [f64]) {
        u.copy_from_slice(x);
        for scale in &self.children {
            u[scale.coordinate] *= libm::exp(-scale.at(x));
        }
    }

    fn log_det(&self, u: &[f64]) -> f64 {
        self.children.iter().map(|scale| scale.at(u)).sum()
    }

    fn jacobian(&self, u: &[f64]) -> DMatrix<f64> {
        let mut jacobian = DMatrix::identity(self.dim, self.dim);
        for scale in &self.children {
            let (i, factor) = (scale.coordinate, libm::exp(scale.at(u)));
            jacobian[(i, i)] = factor;
            scale.slopes.iter().for_each(|&(j, a)| jacobian[(i, j)] = a * (u[i] * factor));
        }
        jacobian
    }

    fn pull_back_score(&self, u: &[f64], x: &[f64], score_x: &[f64], score_u: &mut [f64]) {
        score_u.copy_from_slice(score_x);
        for scale in &self.children {
            let i = scale.coordinate;
            for &(j, a) in &scale.slopes {
                score_u[j] += a * (score_u[i] * x[i] + 1.0);
            }
            score_u[i] *= libm::exp(scale.at(u));
        }
    }

    fn pull_back_laplacian(
        &self,
        u: &[f64],
        x: &[f64],
        root: &DMatrix<f64>,
        score_x: &[f64],
        laplacian: &mut f64,
    ) {
        // With q_k = Σ_j a_ij L_jk and the scale e^s, x_i has the second derivative x_i q_k² +
        // 2 L_ik e^s q_k along column k; log |det| is linear.
        for scale in &self.children {
            let i = scale.coordinate;
            let factor = libm::exp(scale.at(u));
            *laplacian += (0..root.ncols())
                .map(|k| {
                    let q: f64 = scale.slopes.iter().map(|&(j, a)| a * root[(j, k)]).sum();
                    score_x[i] * q * (x[i] * q + 2.0 * root[(i, k)] * factor)
                })
                .sum::<f64>();
        }
    }

    /// Scales that depend on coordinates are not affine; without children the map is the identity.
    fn is_affine(&self) -> bool {
        self.children.is_empty()
    }

    fn push_forward(&self, u: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        if self.children.is_empty() { root.clone() } else { self.jacobian(u) * root }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;

    fn scales() -> LogLinearScales {
        let scale = |coordinate, constant, slopes: &[(usize, f64)]| LogLinearScale {
            coordinate,
            constant,
            slopes: slopes.to_vec(),
        };
        let children = vec![scale(1, 0.3, &[(0, 0.7)]), scale(3, -0.4, &[(0, -0.5), (2, 0.9)])];
        LogLinearScales { dim: 4, children }
    }

    #[test]
    fn scales_are_a_change_of_variables() {
        assert_passes(&scales(), &[0.4, -1.2, 0.7, 2.0]);
        assert_passes(&LogLinearScales::identity(2), &[0.4, -1.2]);
        assert!(LogLinearScales::identity(2).is_affine() && !scales().is_affine());
    }

    #[test]
    fn points_and_log_det_of_the_closed_form() {
        let u = [0.4, -1.2, 0.7, 2.0];
        let x = scales().forward_all(&u);
        assert!((x[1] - -1.2 * (0.3f64 + 0.28).exp()).abs() < 1e-15 && x[2] == 0.7, "{x:?}");
        assert!((x[3] - 2.0 * (-0.4f64 - 0.2 + 0.63).exp()).abs() < 1e-15, "{x:?}");
        assert!((scales().log_det(&u) - (0.58 + 0.03)).abs() < 1e-15);
    }
}
