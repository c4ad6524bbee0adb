//! A rotation that mixes all coordinates: it turns by one angle in the planes (1, 2), (2, 3), … (d
//! − 1, d).

use crate::num::Scalar;

/// The rotation Q = G_{d−1}⋯G₂G₁, where G_i takes (x_i, x_{i+1}) to (c·x_i − s·x_{i+1}, s·x_i +
/// c·x_{i+1}).
///
/// Exact case: at angle 0 it changes no bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    cosine: f64,
    sine: f64,
}

impl Rotation {
    /// Makes the rotation by an angle in degrees.
    pub fn new(degrees: f64) -> Rotation {
        let angle = degrees.to_radians();
        Rotation { cosine: libm::cos(angle), sine: libm::sin(angle) }
    }

    /// Replaces x by Q·x.
    pub fn apply(&self, x: &mut [f64]) {
        for i in 1..x.len() {
            let (a, b) = (x[i - 1], x[i]);
            x[i - 1] = self.cosine * a - self.sine * b;
            x[i] = self.sine * a + self.cosine * b;
        }
    }

    /// Replaces x by Qᵀ·x, which undoes [`Rotation::apply`].
    pub fn undo<S: Scalar>(&self, x: &mut [S]) {
        for i in (1..x.len()).rev() {
            let pair = [x[i - 1].clone(), x[i].clone()];
            x[i - 1] = S::weighted_sum(&[self.cosine, self.sine], &pair);
            x[i] = S::weighted_sum(&[-self.sine, self.cosine], &pair);
        }
    }

    /// The columns of Q, one after another, d×d numbers.
    pub fn columns(&self, dim: usize) -> Vec<f64> {
        let mut columns = vec![0.0; dim * dim];
        for (j, column) in columns.chunks_exact_mut(dim).enumerate() {
            column[j] = 1.0;
            self.apply(column);
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_lengths_and_is_undone() {
        let (rotation, x) = (Rotation::new(37.0), [1.0, -2.0, 0.5, 3.0]);
        let mut y = x;
        rotation.apply(&mut y);
        let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>();
        assert!((length(&y) - length(&x)).abs() < 1e-14);
        assert!(y.iter().zip(&x).all(|(a, b)| (a - b).abs() > 0.1), "every coordinate moves");
        rotation.undo(&mut y);
        assert!(y.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-14));
    }

    #[test]
    fn two_dimensions_turn_counterclockwise() {
        let columns = Rotation::new(30.0).columns(2);
        let exact = [0.75f64.sqrt(), 0.5, -0.5, 0.75f64.sqrt()];
        assert!(columns.iter().zip(exact).all(|(a, b)| (a - b).abs() < 1e-15));
        assert_eq!(Rotation::new(0.0).columns(2), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(Rotation::new(50.0).columns(1), [1.0]);
    }
}
