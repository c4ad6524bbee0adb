//! The exact facts of a mixture of Gaussians.

use super::facts::{Benchmark, Facts, Modes};
use super::voronoi;
use crate::density::gaussian::Gaussian;
use crate::density::log_density::LogDensity;
use crate::density::mixture::GaussianMixture;
use crate::num::Stream;

impl Benchmark for GaussianMixture {
    /// The means are reported as the centres of the modes, which is exact for separated components.
    fn facts(&self) -> Facts {
        let d = LogDensity::dim(self);
        let mean: Vec<f64> = (0..d).map(|i| average(self, |c| c.mean()[i])).collect();
        // The variance within components and that of their means about the overall mean are added:
        // nothing cancels.
        let variance = |i: usize| {
            average(self, |c| {
                c.factor().row(i).norm_squared() + (c.mean()[i] - mean[i]) * (c.mean()[i] - mean[i])
            })
        };
        let std = (0..d).map(|i| variance(i).sqrt()).collect();
        Facts { log_z: Some(0.0), std: Some(std), mean: Some(mean), modes: Some(modes(self)) }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        let mut left = stream.uniform();
        let mut chosen = self.components().len() - 1;
        for (k, w) in self.weights().iter().enumerate() {
            if left < *w {
                chosen = k;
                break;
            }
            left -= w;
        }
        self.components()[chosen].draw_into(stream, x);
        true
    }
}

/// The average Σ_k w_k f(component k).
fn average(mixture: &GaussianMixture, f: impl Fn(&Gaussian) -> f64) -> f64 {
    mixture.weights().iter().zip(mixture.components()).map(|(w, c)| w * f(c)).sum()
}

/// The modes and their masses: exact in two dimensions; elsewhere the weights, which assumes
/// separation.
fn modes(mixture: &GaussianMixture) -> Modes {
    let centres = mixture.components().iter().flat_map(|c| c.mean().iter().copied()).collect();
    let planar = LogDensity::dim(mixture) == 2;
    let weights = if planar { voronoi::cell_masses(mixture) } else { mixture.weights().to_vec() };
    Modes { centres, weights }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn moments_are_of_components_and_between_them() {
        let component = |mean: [f64; 2], covariance: [f64; 4]| {
            let covariance = DMatrix::from_row_slice(2, 2, &covariance);
            Gaussian::new(DVector::from_row_slice(&mean), &covariance).unwrap()
        };
        let parts = vec![
            component([1.0, -2.0], [1.0, 0.3, 0.3, 0.5]),
            component([-3.0, 0.5], [0.4, -0.1, -0.1, 2.0]),
        ];
        let facts = GaussianMixture::new(&[1.0, 3.0], parts).unwrap().facts();
        assert_eq!(facts.mean.unwrap(), vec![-2.0, -0.125]);
        // ¼·1 + ¾·0.4 + ¼·¾·4²
        assert!((facts.std.unwrap()[0] - 3.55f64.sqrt()).abs() < 1e-15);
    }
}
