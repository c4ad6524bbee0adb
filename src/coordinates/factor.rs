//! The coordinates of one independent factor of a target.

use super::change_of_variables::ChangeOfVariables;
use super::factorisation::Factorisation;
use nalgebra::{DMatrix, DVector};
use std::ops::Range;

/// The coordinates y_B of factor B of m. They are an embedding: x = centre + matrix·(y_B, all else
/// 0).
///
/// In them the target is the factor: log ρ_B(y_B) = log ρ(x) − (m − 1)/m·log ρ(centre) + c/m, with
/// c = log |det matrix| + ½·dim z·log 2π for the Gaussian part. The constant takes the place of log
/// |det|. The sum over the factors is the log density of y, so that the product of their Z is Z.
#[derive(Clone, Debug)]
pub struct Factor<'a> {
    factorisation: &'a Factorisation,
    index: usize,
}

impl Factorisation {
    /// The coordinates of factor number `k`, from 0.
    ///
    /// # Panics
    /// If `k` is not less than the number of factors.
    #[track_caller]
    pub fn factor(&self, k: usize) -> Factor<'_> {
        assert!(k < self.ranges.len(), "factor {k} of {}", self.ranges.len());
        Factor { factorisation: self, index: k }
    }
}

impl Factor<'_> {
    /// The index of the factor, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The range of its coordinates y_B within (y, z).
    pub fn range(&self) -> Range<usize> {
        self.factorisation.ranges[self.index].clone()
    }
}

impl ChangeOfVariables for Factor<'_> {
    fn dim(&self) -> usize {
        self.factorisation.ranges[self.index].len()
    }

    fn dim_x(&self) -> usize {
        self.factorisation.centre.len()
    }

    fn forward(&self, y: &[f64], x: &mut [f64]) {
        if self.factorisation.is_identity() {
            return x.copy_from_slice(y);
        }
        // Differs from the sum of Factorisation in its order, and so in the last bit.
        let columns = self.factorisation.matrix.columns(self.range().start, y.len());
        let found = &self.factorisation.centre + columns * DVector::from_column_slice(y);
        x.copy_from_slice(found.as_slice());
    }

    /// Writes y_B of a point x; the other coordinates of x may have any values.
    fn inverse(&self, x: &[f64], y: &mut [f64]) {
        let mut both = vec![0.0; x.len()];
        self.factorisation.inverse(x, &mut both);
        y.copy_from_slice(&both[self.range()]);
    }

    /// The constant that is added to log ρ, nats.
    fn log_det(&self, _y: &[f64]) -> f64 {
        let m = self.factorisation.ranges.len() as f64;
        let c = self.factorisation.constant();
        if m == 1.0 { c } else { c / m - (m - 1.0) / m * self.factorisation.reference }
    }

    fn jacobian(&self, y: &[f64]) -> DMatrix<f64> {
        self.factorisation.matrix.columns(self.range().start, y.len()).into_owned()
    }

    fn pull_back_score(&self, _y: &[f64], _x: &[f64], score_x: &[f64], score_y: &mut [f64]) {
        if self.factorisation.is_identity() {
            return score_y.copy_from_slice(score_x);
        }
        for (score, j) in score_y.iter_mut().zip(self.range()) {
            let column = self.factorisation.matrix.column(j);
            *score = score_x.iter().zip(column.iter()).map(|(s, m)| s * m).sum();
        }
    }

    fn pull_back_laplacian(
        &self,
        _y: &[f64],
        _x: &[f64],
        _root: &DMatrix<f64>,
        _score_x: &[f64],
        _laplacian: &mut f64,
    ) {
        // Second derivatives of x are 0, and the constant has none.
    }

    fn is_affine(&self) -> bool {
        true
    }

    fn push_forward(&self, y: &[f64], root: &DMatrix<f64>) -> DMatrix<f64> {
        if self.factorisation.is_identity() {
            return root.clone();
        }
        self.factorisation.matrix.columns(self.range().start, y.len()) * root
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::check::assert_passes;
    use super::*;
    use crate::coordinates::Transformed;
    use crate::density::{LogDensity, values};
    use crate::num::Scalar;
    use std::f64::consts::PI;

    /// Two factors of one coordinate and a Gaussian direction, along skew axes.
    pub fn factorised() -> Factorisation {
        let matrix = DMatrix::from_row_slice(3, 3, &[1.0, 0.4, -0.3, 0.2, 0.9, 0.5, -0.7, 0.3, 1.1]);
        Factorisation {
            ranges: vec![0..1, 1..2],
            centre: DVector::from_vec(vec![0.3, -0.8, 0.5]),
            inverse: matrix.clone().try_inverse().unwrap(),
            log_det: libm::log(matrix.determinant().abs()),
            matrix,
            reference: 0.0,
        }
    }

    /// The density ρ(x) = e^1.7·f(y₁)·g(y₂)·N(z; 0, 1)/|det|, f(0) = g(0) = 1.
    struct Product(Factorisation);

    impl LogDensity for Product {
        fn dim(&self) -> usize {
            3
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            let centred: Vec<S> = (0..3).map(|i| x[i].clone() - self.0.centre[i]).collect();
            let row = |i: usize| {
                let weights: Vec<f64> = self.0.inverse.row(i).iter().copied().collect();
                S::weighted_sum(&weights, &centred)
            };
            let [y1, y2, z] = [0, 1, 2].map(row);
            let f = y1.square() * -0.7 + y1.sin() * 0.4;
            let g = y2.clone() * 0.6 - y2.exp() + 1.0;
            f + g - z.square() * 0.5 + (1.7 - 0.5 * libm::log(2.0 * PI) - self.0.log_det)
        }
    }

    #[test]
    fn a_factor_is_a_change_of_variables() {
        let found = factorised();
        for (k, y) in [(0, 0.8), (1, -0.6)] {
            assert_passes(&found.factor(k), &[y]);
            assert_eq!((found.factor(k).index(), found.factor(k).range()), (k, k..k + 1));
        }
        assert_passes(&Factorisation::identity(3).factor(0), &[0.4, -0.9, 0.7]);
    }

    /// The sum of the factors is the log density of y, which is here e^1.7·f·g: the Gaussian part
    /// is integrated out.
    #[test]
    fn factors_multiply_to_the_density() {
        let target = Product(factorised());
        let mut found = factorised();
        found.reference = values(&target, found.centre.as_slice()).unwrap()[0];
        let y: [f64; 2] = [0.8, -0.6];
        let sum: f64 =
            (0..2).map(|k| values(&Transformed::new(&target, found.factor(k)), &[y[k]]).unwrap()[0]).sum();
        let f = y[0] * y[0] * -0.7 + libm::sin(y[0]) * 0.4;
        let g = y[1] * 0.6 - libm::exp(y[1]) + 1.0;
        assert!((sum - (1.7 + f + g)).abs() < 1e-13, "{sum} {}", 1.7 + f + g);
        found.reference += 0.01;
        let other = values(&Transformed::new(&target, found.factor(0)), &y[..1]).unwrap()[0];
        let before = sum - values(&Transformed::new(&target, found.factor(1)), &y[1..]).unwrap()[0];
        assert!((other - before).abs() > 1e-3, "the check cannot fail");
    }
}
