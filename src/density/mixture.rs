//! Mixtures of Gaussians with unequal weights and full covariances.

use super::gaussian::Gaussian;
use super::log_density::LogDensity;
use crate::num::{Scalar, log_sum_exp_scalars};

/// The mixture log ρ(x) = log Σ_k w_k N(x; m_k, C_k), normalised: log Z = 0.
///
/// # Cost
/// Components × d²/2 multiply-adds of scalars per point; the Cholesky factors are computed once.
///
/// ```
/// use pushforward::density::{Gaussian, GaussianMixture, LogDensity};
/// use pushforward::nalgebra::{DMatrix, DVector};
///
/// let unit = DMatrix::identity(2, 2);
/// let at = |mean: [f64; 2]| Gaussian::new(DVector::from_row_slice(&mean), &unit);
/// let mixture = GaussianMixture::new(&[1.0, 3.0], vec![at([-4.0, 0.0])?, at([4.0, 0.0])?])?;
/// assert_eq!(mixture.weights(), [0.25, 0.75]);
/// let ratio = mixture.log_density(&[4.0, 0.0]) - mixture.log_density(&[-4.0, 0.0]);
/// assert!((ratio - 3f64.ln()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct GaussianMixture {
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    components: Vec<Gaussian>,
}

/// Why weights and components do not define a mixture.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MixtureError {
    /// The numbers of weights and components differ, or there are none.
    #[error("{weights} weights for {components} components; give one each, at least one")]
    Counts {
        /// The number of weights.
        weights: usize,
        /// The number of components.
        components: usize,
    },
    /// A weight is not positive and finite.
    #[error("weight {index} is {value}; give a positive number, or leave the component out")]
    Weight {
        /// The component of the weight, from 0.
        index: usize,
        /// The value of the weight.
        value: f64,
    },
    /// A component has another dimension than the first.
    #[error("component {index} has dimension {dim}, the first has {expected}; make them equal")]
    Dimension {
        /// The component, from 0.
        index: usize,
        /// The dimension of this component.
        dim: usize,
        /// The dimension of the first component.
        expected: usize,
    },
}

impl GaussianMixture {
    /// The mixture with these weights, divided by their sum, and normalised components.
    ///
    /// The log Z of a component, set by `with_log_z`, is dropped: only `weights` count.
    ///
    /// # Errors
    /// Each case of [`MixtureError`], with the datum.
    pub fn new(weights: &[f64], components: Vec<Gaussian>) -> Result<GaussianMixture, MixtureError> {
        if weights.len() != components.len() || weights.is_empty() {
            return Err(MixtureError::Counts { weights: weights.len(), components: components.len() });
        }
        if let Some((index, &value)) = weights.iter().enumerate().find(|(_, w)| !(w.is_finite() && **w > 0.0))
        {
            return Err(MixtureError::Weight { index, value });
        }
        let expected = LogDensity::dim(&components[0]);
        for (index, component) in components.iter().enumerate() {
            let dim = LogDensity::dim(component);
            if dim != expected {
                return Err(MixtureError::Dimension { index, dim, expected });
            }
        }
        let total: f64 = weights.iter().sum();
        let weights: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let log_weights = weights.iter().map(|&w| libm::log(w)).collect();
        let components = components.into_iter().map(|c| c.with_log_z(0.0)).collect();
        Ok(GaussianMixture { weights, log_weights, components })
    }

    /// The weights, in the order of the components; their sum is 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The components, each normalised.
    pub fn components(&self) -> &[Gaussian] {
        &self.components
    }
}

impl LogDensity for GaussianMixture {
    fn dim(&self) -> usize {
        self.components[0].mean().len()
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let mut room = Vec::with_capacity(x.len());
        let weighted = self.components.iter().zip(&self.log_weights);
        let logs: Vec<S> = weighted.map(|(c, w)| c.log_density_within(x, &mut room) + *w).collect();
        log_sum_exp_scalars(&logs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    fn component(mean: &[f64], covariance: &[f64]) -> Gaussian {
        let d = mean.len();
        Gaussian::new(DVector::from_row_slice(mean), &DMatrix::from_row_slice(d, d, covariance)).unwrap()
    }

    #[test]
    fn density_is_the_weighted_sum() {
        let parts = [
            component(&[1.0, -2.0], &[1.0, 0.3, 0.3, 0.5]),
            component(&[-3.0, 0.5], &[0.4, -0.1, -0.1, 2.0]),
        ];
        let mixture = GaussianMixture::new(&[1.0, 3.0], parts.to_vec()).unwrap();
        let x = [-0.4, 0.9];
        let exact = 0.25 * parts[0].log_density(&x).exp() + 0.75 * parts[1].log_density(&x).exp();
        assert!((mixture.log_density(&x).exp() / exact - 1.0).abs() < 1e-14);
    }

    #[test]
    fn far_away_it_is_finite() {
        let mixture = GaussianMixture::new(&[1.0], vec![component(&[0.0], &[1.0])]).unwrap();
        assert!(mixture.log_density(&[1e6]) < -1e11);
    }

    #[test]
    fn bad_mixtures_are_named() {
        let (flat, solid) = (component(&[0.0], &[1.0]), component(&[0.0, 0.0], &[1.0, 0.0, 0.0, 1.0]));
        let error = |w: &[f64], c: Vec<Gaussian>| GaussianMixture::new(w, c).unwrap_err();
        assert_eq!(error(&[], vec![]), MixtureError::Counts { weights: 0, components: 0 });
        let negative = error(&[1.0, -0.5], vec![flat.clone(), flat.clone()]);
        assert_eq!(negative, MixtureError::Weight { index: 1, value: -0.5 });
        let mixed = error(&[1.0, 1.0], vec![flat, solid]);
        assert_eq!(mixed, MixtureError::Dimension { index: 1, dim: 2, expected: 1 });
    }
}
