//! The mass of a planar Gaussian mixture that is nearest to each of its means.

use crate::density::gaussian::Gaussian;
use crate::density::mixture::GaussianMixture;

/// Slices per standard deviation, and how many standard deviations are sliced on each side: what
/// lies outside weighs 1e-15; cells have corners, so the error is of second order in the spacing,
/// below 1e-4.
const SLICES: i32 = 32;
const REACH: i32 = 8;

/// The mass of the points nearest mean k, for each k; the sum is 1.
///
/// Each component is cut into slices of constant x₁ = m₁ + L₁₁·z, and the trapezoidal rule is used
/// in z. On a slice x₂ is Gaussian about m₂ + L₂₁·z with deviation L₂₂, and each cell is an
/// interval.
///
/// # Panics
/// If the dimension is not 2.
///
/// # Cost
/// Components³ × 512 comparisons.
pub(super) fn cell_masses(mixture: &GaussianMixture) -> Vec<f64> {
    let components = mixture.components();
    assert!(components.iter().all(|c| c.mean().len() == 2), "cell masses need a planar mixture");
    let centres: Vec<[f64; 2]> = components.iter().map(|c| [c.mean()[0], c.mean()[1]]).collect();
    let mut masses = vec![0.0; components.len()];
    for (component, weight) in components.iter().zip(mixture.weights()) {
        for slice in -REACH * SLICES..=REACH * SLICES {
            let z = f64::from(slice) / f64::from(SLICES);
            add_slice(component, z, weight * libm::exp(-0.5 * z * z), &centres, &mut masses);
        }
    }
    let total: f64 = masses.iter().sum();
    masses.iter().map(|m| m / total).collect()
}

/// Adds `weight` times the mass of each cell on the slice at z.
fn add_slice(component: &Gaussian, z: f64, weight: f64, centres: &[[f64; 2]], masses: &mut [f64]) {
    let (mean, l) = (component.mean(), component.factor());
    let (x, middle) = (mean[0] + l[(0, 0)] * z, mean[1] + l[(1, 0)] * z);
    let below = |y: f64| 0.5 * libm::erfc((middle - y) / (l[(1, 1)] * std::f64::consts::SQRT_2));
    for (k, mass) in masses.iter_mut().enumerate() {
        let (low, high) = cell_interval(centres, k, x);
        if low < high {
            *mass += weight * (below(high) - below(low));
        }
    }
}

/// The interval of y for which (x, y) is nearest centre k; empty if low ≥ high.
fn cell_interval(centres: &[[f64; 2]], k: usize, x: f64) -> (f64, f64) {
    let [cx, cy] = centres[k];
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for &[ox, oy] in centres {
        // (x, y) is nearer k than the other if slope·y ≤ bound; the bisector is written about
        // centre k.
        let (dx, slope) = (ox - cx, oy - cy);
        let bound = 0.5 * (dx * dx + slope * slope) - dx * (x - cx) + slope * cy;
        if slope > 0.0 {
            high = high.min(bound / slope);
        } else if slope < 0.0 {
            low = low.max(bound / slope);
        } else if bound < 0.0 {
            return (0.0, 0.0);
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    /// With two components the cells are half planes, and each mass is one distribution function.
    #[test]
    fn two_cells_have_their_closed_form() {
        let covariances = [[1.0, 0.3, 0.3, 0.5], [2.0, -0.4, -0.4, 0.8]];
        let means = [[-0.5, 0.2], [1.5, 1.6]];
        let part = |i: usize| {
            let covariance = DMatrix::from_row_slice(2, 2, &covariances[i]);
            Gaussian::new(DVector::from_row_slice(&means[i]), &covariance).unwrap()
        };
        let mixture = GaussianMixture::new(&[0.3, 0.7], vec![part(0), part(1)]).unwrap();
        let across = DVector::from_vec(vec![2.0, 1.4]);
        let length = across.norm();
        // Along the line through the means, the bisector stands half a length from each.
        let inside = |i: usize| {
            let variance = (across.transpose() * part(i).covariance() * &across)[0] / (length * length);
            0.5 * libm::erfc(-0.5 * length / (2.0 * variance).sqrt())
        };
        let first = 0.3 * inside(0) + 0.7 * (1.0 - inside(1));
        let masses = cell_masses(&mixture);
        // No corner between two cells: the rule converges exponentially, to its reach of 1e-15.
        assert!((masses[0] - first).abs() < 1e-13, "{} is not {first}", masses[0]);
        assert!((masses[0] + masses[1] - 1.0).abs() < 1e-15);
        assert!((masses[0] - 0.3).abs() > 1e-3, "the weights alone would pass");
    }
}
