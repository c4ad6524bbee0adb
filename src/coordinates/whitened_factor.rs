//! A factor of a target in whitened coordinates, with its range among the coordinates of all.

use super::change_of_variables::ChangeOfVariables;
use super::composed::Composed;
use super::factor::Factor;
use super::transformed::Transformed;
use super::whitening::Whitening;
use crate::density::{PointError, Target};
use std::ops::Range;

/// A factor y of a target in the whitened coordinates u in which a transport works: x(y(u)).
///
/// It gives the target in u, and maps points between u and the range of the factor in (y, z).
pub struct WhitenedFactor<'a> {
    factor: Factor<'a>,
    whitening: &'a Whitening,
    target: Transformed<'a>,
}

impl<'a> WhitenedFactor<'a> {
    /// The factor of `target` in the coordinates of a whitening.
    ///
    /// # Panics
    /// If the target has another dimension than x, or the whitening another than the factor.
    #[track_caller]
    pub fn new(target: &'a dyn Target, factor: Factor<'a>, whitening: &'a Whitening) -> WhitenedFactor<'a> {
        let target = Transformed::new(target, Composed::new(factor.clone(), whitening));
        WhitenedFactor { factor, whitening, target }
    }

    /// The index of the factor, from 0.
    pub fn index(&self) -> usize {
        self.factor.index()
    }

    /// The range of its coordinates y within (y, z).
    pub fn range(&self) -> Range<usize> {
        self.factor.range()
    }

    /// The factor as a target of u.
    pub fn target(&self) -> &Transformed<'a> {
        &self.target
    }

    /// log |det ∂y/∂u| at one point u, nats.
    pub fn log_det(&self, u: &[f64]) -> f64 {
        self.whitening.log_det(u)
    }

    /// Writes y of points u, n×dim, into their range of the concatenated (y, z) of all factors,
    /// n×d. It stops after the smaller number of points of both.
    pub fn write_y(&self, u: &[f64], both: &mut [f64]) {
        let rows = both.chunks_exact_mut(self.factor.dim_x()).zip(u.chunks_exact(self.factor.dim()));
        rows.for_each(|(both, u)| self.whitening.forward(u, &mut both[self.range()]));
    }

    /// Returns u, n×dim, of points (y, z), n×d. Only the range of the factor is read.
    pub fn read_u(&self, both: &[f64]) -> Vec<f64> {
        let y = both.chunks_exact(self.factor.dim_x()).flat_map(|both| &both[self.range()]);
        self.whitening.inverse_all(&y.copied().collect::<Vec<_>>())
    }

    /// Returns an error of an evaluation at u with the point x at which the target was evaluated.
    pub fn in_user_coordinates<E: PointError>(&self, error: E) -> E {
        self.target.in_user_coordinates(error)
    }
}

#[cfg(test)]
mod tests {
    use super::super::factor::tests::factorised;
    use super::*;
    use crate::coordinates::{Affine, LogLinearScales};
    use crate::density::{DensityError, DensityFailure, gauss};
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn points_come_from_their_range_and_go_there_and_errors_go_to_the_user() {
        let target = gauss(3);
        let found = factorised();
        let affine = Affine::new(DVector::from_vec(vec![0.5]), DMatrix::from_element(1, 1, 2.0)).unwrap();
        let whitening = Composed::new(affine, LogLinearScales::identity(1));
        let second = WhitenedFactor::new(&target, found.factor(1), &whitening);
        let mut both = [0.0; 6];
        second.write_y(&[0.25, -1.0], &mut both);
        assert_eq!(both, [0.0, 1.0, 0.0, 0.0, -1.5, 0.0]);
        assert_eq!(second.read_u(&both), [0.25, -1.0]);
        assert_eq!((second.index(), second.range()), (1, 1..2));
        assert_eq!(second.log_det(&[0.25]), libm::log(2.0));
        let error = DensityError { what: DensityFailure::NotANumber, at: vec![0.25] };
        let at = second.in_user_coordinates(error).at;
        let x = found.forward_all(&both[..3]);
        assert!(at.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-15), "{at:?} {x:?}");
    }
}
