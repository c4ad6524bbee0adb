//! Whitening: coordinates in which a target has about location 0 and scale 1.

use super::affine::Affine;
use super::composed::Composed;
use super::log_linear_scales::LogLinearScales;

/// Whitened coordinates u of a factor y of a target: y = location + L·w, where w_i is u_i times a
/// scale that may depend on other coordinates.
///
/// L is lower triangular, and LLᵀ is the covariance of y or a multiple of it.
///
/// ```
/// use pushforward::coordinates::{Affine, ChangeOfVariables, Composed, LogLinearScale};
/// use pushforward::coordinates::{LogLinearScales, Whitening};
/// use pushforward::nalgebra::{DMatrix, DVector};
///
/// // Neal's funnel: y₁ ~ N(0, 9) and y₂ ~ N(0, e^y₁), so that log sd y₂ = y₁/2 = 3u₁/2.
/// let scale = DMatrix::from_diagonal(&DVector::from_vec(vec![3.0, 1.0]));
/// let child = LogLinearScale { coordinate: 1, constant: 0.0, slopes: vec![(0, 1.5)] };
/// let whitening: Whitening = Composed::new(
///     Affine::new(DVector::zeros(2), scale)?,
///     LogLinearScales { dim: 2, children: vec![child] },
/// );
/// let y = whitening.forward_all(&[2.0, 1.0]);
/// assert!(y[0] == 6.0 && (y[1] - 3f64.exp()).abs() < 1e-13);
/// # Ok::<(), pushforward::coordinates::AffineError>(())
/// ```
pub type Whitening = Composed<Affine, LogLinearScales>;

impl Whitening {
    /// The identity: u = y.
    pub fn identity(dim: usize) -> Whitening {
        Composed::new(Affine::identity(dim), LogLinearScales::identity(dim))
    }

    /// The map w ↦ y, with the location and the scale of y.
    pub fn affine(&self) -> &Affine {
        &self.outer
    }

    /// The map u ↦ w, with the scales that depend on other coordinates.
    pub fn log_scales(&self) -> &LogLinearScales {
        &self.inner
    }

    /// Widens the prior `factor` times: u becomes u/factor.
    ///
    /// # Panics
    /// If the factor is not positive and finite, or the scale overflows.
    pub fn widened(self, factor: f64) -> Whitening {
        let Composed { outer: affine, inner: mut log_scales } = self;
        let scale = affine.scale() * factor;
        let affine = Affine::new(affine.location().clone(), scale)
            .unwrap_or_else(|error| panic!("a whitening widened {factor} times: {error}"));
        // Slopes are per unit of a parent, which shrinks by the factor.
        let slopes = log_scales.children.iter_mut().flat_map(|scale| &mut scale.slopes);
        slopes.for_each(|(_, slope)| *slope *= factor);
        Composed::new(affine, log_scales)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::assert_passes;
    use super::*;
    use crate::coordinates::{ChangeOfVariables, LogLinearScale};
    use nalgebra::{DMatrix, DVector};

    /// The point u/1.4 of the widened whitening is the point u of the original one, except for
    /// children: their own u_i shrinks while their scale is that of the same parents.
    #[test]
    fn a_widened_whitening_reaches_farther() {
        let scale = DMatrix::from_row_slice(3, 3, &[0.8, 0.0, 0.0, -0.4, 0.5, 0.0, 0.3, 0.2, 1.2]);
        let affine = Affine::new(DVector::from_vec(vec![0.1, -0.3, 0.2]), scale).unwrap();
        let child = LogLinearScale { coordinate: 1, constant: -0.2, slopes: vec![(0, 0.6), (2, -0.4)] };
        let whitening = Composed::new(affine, LogLinearScales { dim: 3, children: vec![child] });
        let u = [0.4, -0.9, 0.7];
        assert_passes(&whitening, &u);
        let (wide, shrunk) = (whitening.clone().widened(1.4), u.map(|u| u / 1.4));
        assert_passes(&wide, &u);
        let (near, far) = (whitening.forward_all(&u), wide.forward_all(&shrunk));
        // Numbers of order one, each a sum of three products: some ten ε.
        assert!(near.iter().zip(&far).all(|(a, b)| (a - b).abs() < 1e-14), "{near:?} {far:?}");
        assert_ne!(near, wide.forward_all(&u));
        let wider = wide.log_det(&shrunk) - whitening.log_det(&u);
        assert!((wider - 3.0 * libm::log(1.4)).abs() < 1e-14, "{wider}");
        assert_eq!(Whitening::identity(3).forward_all(&u), u);
    }
}
