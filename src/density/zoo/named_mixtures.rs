//! The catalogue's mixtures: `gmm9`, `gmm40`, `gmm-unequal`, `gmm-rotated`.

use super::rotation::Rotation;
use crate::density::gaussian::Gaussian;
use crate::density::mixture::GaussianMixture;
use nalgebra::{DMatrix, DVector};

/// The mixture `gmm9`: nine equal Gaussians with means {−5, 0, 5}² and variance 0.3. The standard
/// deviation is √(50/3 + 0.3) = 4.119061.
pub fn gmm9() -> GaussianMixture {
    let ticks = [-5.0, 0.0, 5.0];
    let parts = ticks.iter().flat_map(|&x| ticks.map(|y| round([x, y], 0.3))).collect();
    GaussianMixture::new(&[1.0; 9], parts).expect("nine planar components")
}

/// The mixture `gmm40`: forty equal Gaussians of standard deviation softplus(1), with the means of
/// the FAB benchmark (arXiv 2208.01893; see `data/README.md`).
pub fn gmm40() -> GaussianMixture {
    let deviation = 1.0 + libm::log1p(libm::exp(-1.0));
    let parts: Vec<Gaussian> = fab_means().iter().map(|&mean| round(mean, deviation * deviation)).collect();
    GaussianMixture::new(&vec![1.0; parts.len()], parts).expect("forty planar components")
}

/// One line of the table of [`gmm_unequal`].
struct Ellipse {
    weight: f64,
    mean: [f64; 2],
    /// The standard deviations along the two axes.
    axes: [f64; 2],
    /// The angle of the first axis against x₁, degrees.
    angle: f64,
}

/// Nothing is symmetric: weights, sizes, shapes and angles differ, and the mean is off the origin.
const ELLIPSES: [Ellipse; 5] = [
    Ellipse { weight: 0.30, mean: [-4.0, 3.0], axes: [0.9, 0.4], angle: 30.0 },
    Ellipse { weight: 0.10, mean: [1.0, 5.5], axes: [0.5, 0.3], angle: -20.0 },
    Ellipse { weight: 0.25, mean: [5.0, 0.5], axes: [0.35, 1.0], angle: 15.0 },
    Ellipse { weight: 0.15, mean: [-2.5, -4.5], axes: [1.1, 0.5], angle: -50.0 },
    Ellipse { weight: 0.20, mean: [0.5, 0.0], axes: [0.6, 0.6], angle: 0.0 },
];

/// The mixture `gmm-unequal` of five Gaussians in the plane:
///
/// | weight | mean | deviations along the axes | angle |
/// |---|---|---|---|
/// | 0.30 | (−4, 3) | 0.9, 0.4 | 30° |
/// | 0.10 | (1, 5.5) | 0.5, 0.3 | −20° |
/// | 0.25 | (5, 0.5) | 0.35, 1 | 15° |
/// | 0.15 | (−2.5, −4.5) | 1.1, 0.5 | −50° |
/// | 0.20 | (0.5, 0) | 0.6, 0.6 | |
pub fn gmm_unequal() -> GaussianMixture {
    let weights = ELLIPSES.map(|e| e.weight);
    GaussianMixture::new(&weights, ELLIPSES.iter().map(rotated).collect()).expect("five planar components")
}

/// The mixture `gmm-rotated` of `modes` Gaussians in `dim` dimensions with unequal weights. Each is
/// turned by another angle.
///
/// Component k = 1, 2, … has a weight proportional to k, the mean ±5·Q₃₀·e_i (i = 1 … d with +,
/// then with −) and the covariance Q·diag(σ²)·Qᵀ, Q = Q₂₅ₖ, σ_j = 0.5, 0.75 or 1 for j + k = 0, 1,
/// 2 modulo 3. Q_α turns by α degrees in the planes (1, 2), (2, 3), … (d − 1, d). Means are at
/// least 7.07 apart, seven of the largest deviations.
///
/// # Panics
/// If `dim < 2`, or `modes` is 0 or above 2·`dim`.
pub fn gmm_rotated(dim: usize, modes: usize) -> GaussianMixture {
    assert!(dim >= 2, "the rotated mixture needs a dimension of at least 2, not {dim}");
    assert!((1..=2 * dim).contains(&modes), "{modes} modes in {dim} dimensions: 1 to {} have room", 2 * dim);
    let weights: Vec<f64> = (1..=modes).map(|k| k as f64).collect();
    GaussianMixture::new(&weights, (1..=modes).map(|k| turned(k, dim)).collect()).expect("as many weights")
}

fn turned(k: usize, dim: usize) -> Gaussian {
    let mut mean = vec![0.0; dim];
    mean[(k - 1) % dim] = if k <= dim { 5.0 } else { -5.0 };
    Rotation::new(30.0).apply(&mut mean);
    let mut axes = DMatrix::from_vec(dim, dim, Rotation::new(25.0 * k as f64).columns(dim));
    for (j, mut axis) in axes.column_iter_mut().enumerate() {
        axis *= 0.5 + 0.25 * ((j + 1 + k) % 3) as f64;
    }
    Gaussian::new(DVector::from_vec(mean), &(&axes * axes.transpose())).expect("positive deviations")
}

fn round(mean: [f64; 2], variance: f64) -> Gaussian {
    planar(mean, &DMatrix::from_diagonal_element(2, 2, variance))
}

fn rotated(ellipse: &Ellipse) -> Gaussian {
    let angle = ellipse.angle.to_radians();
    let (s, c) = (libm::sin(angle), libm::cos(angle));
    let axes = DMatrix::from_row_slice(2, 2, &[c, -s, s, c])
        * DMatrix::from_diagonal(&DVector::from_row_slice(&ellipse.axes));
    planar(ellipse.mean, &(&axes * axes.transpose()))
}

fn planar(mean: [f64; 2], covariance: &DMatrix<f64>) -> Gaussian {
    Gaussian::new(DVector::from_row_slice(&mean), covariance).expect("a positive definite covariance")
}

fn fab_means() -> Vec<[f64; 2]> {
    let number = |text: &str| text.trim().parse().expect("a number in gmm40_means.csv");
    let row = |line: &str| {
        let (x, y) = line.split_once(',').expect("two columns in gmm40_means.csv");
        [number(x), number(y)]
    };
    include_str!("data/gmm40_means.csv").lines().skip(1).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Benchmark;

    #[test]
    fn published_figures() {
        let std = gmm9().facts().std.unwrap();
        assert!(std.iter().all(|s| (s - 4.119061).abs() < 5e-7));
        let forty = gmm40();
        assert_eq!(forty.components().len(), 40);
        assert!((forty.components()[7].factor()[(1, 1)] - 1.3132617).abs() < 5e-8);
        assert_eq!(forty.components()[39].mean().as_slice(), &[3.6796999, -25.0242138]);
    }

    /// In the plane: directions of the axes, the mean, and the determinant (σ₁σ₂)².
    #[test]
    fn a_rotated_component_by_hand() {
        let mixture = gmm_rotated(2, 4);
        let second = &mixture.components()[1];
        assert!((second.mean() - DVector::from_vec(vec![-2.5, 5.0 * 0.75f64.sqrt()])).norm() < 1e-14);
        // k = 2 turns by 50° and has σ = 0.5 and 0.75 for j + k = 3 and 4.
        let (s, c) = (libm::sin(50f64.to_radians()), libm::cos(50f64.to_radians()));
        let covariance = second.covariance();
        assert!((covariance[(0, 0)] - (0.25 * c * c + 0.5625 * s * s)).abs() < 1e-15);
        assert!((covariance[(0, 1)] - (0.25 - 0.5625) * s * c).abs() < 1e-15);
        let weights = gmm_rotated(3, 6).weights().to_vec();
        assert!((weights[5] - 6.0 / 21.0).abs() < 1e-15);
        let ends = gmm_rotated(3, 6);
        assert!((ends.components()[0].mean() + ends.components()[3].mean()).norm() < 1e-15);
    }

    #[test]
    fn masses_of_separated_modes_are_the_weights() {
        let masses = |mixture: GaussianMixture| mixture.facts().modes.unwrap().weights;
        // The nearest boundary of gmm9 is 4.56 deviations away: at most 4 sides of 2.6e-6 each.
        assert!(masses(gmm9()).iter().all(|m| (m * 9.0 - 1.0).abs() < 1.1e-5));
        let unequal = masses(gmm_unequal());
        assert!(unequal.iter().zip(&ELLIPSES).all(|(m, e)| (m - e.weight).abs() < 1e-3), "{unequal:?}");
        // Overlapping neighbours of equal size trade equal masses across their bisector.
        assert!(masses(gmm40()).iter().all(|m| (m - 0.025).abs() < 1e-3));
    }
}
