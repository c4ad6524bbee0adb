//! A mixture of multivariate Student distributions: modes of unequal mass with heavy tails.

use super::facts::{Benchmark, Facts, Modes};
use super::voronoi;
use crate::density::gaussian::Gaussian;
use crate::density::log_density::LogDensity;
use crate::density::mixture::GaussianMixture;
use crate::num::{Scalar, Stream, log_sum_exp_scalars};
use nalgebra::{DMatrix, DVector};

/// The mixture log ρ(x) = log Σ_k w_k t_ν(x; m_k, s_k² I), normalised: log Z = 0.
///
/// t_ν is the distribution of m + s·z/√(χ²_ν/ν), z standard normal; the means differ in the first
/// two coordinates alone.
///
/// | w | m | s |
/// |---|---|---|
/// | 0.4 | (−5, 2) | 0.6 |
/// | 0.3 | (4, 5) | 1 |
/// | 0.2 | (3, −5) | 0.4 |
/// | 0.1 | (−3, −6) | 0.8 |
///
/// std_i² = Σ w_k (s_k² ν/(ν − 2) + (m_ki − mean_i)²), which needs ν ≥ 3; moments of order ν and
/// above are infinite, so the sample deviation converges slowly for ν ≤ 4.
#[derive(Clone, Debug)]
pub struct StudentMixture {
    dim: usize,
    degrees: u32,
}

/// One line of the table of [`StudentMixture`].
struct Component {
    weight: f64,
    mean: [f64; 2],
    scale: f64,
}

const COMPONENTS: [Component; 4] = [
    Component { weight: 0.4, mean: [-5.0, 2.0], scale: 0.6 },
    Component { weight: 0.3, mean: [4.0, 5.0], scale: 1.0 },
    Component { weight: 0.2, mean: [3.0, -5.0], scale: 0.4 },
    Component { weight: 0.1, mean: [-3.0, -6.0], scale: 0.8 },
];

impl Component {
    /// Coordinate `i` of the mean, which is 0 beyond the second.
    fn mean_of(&self, i: usize) -> f64 {
        self.mean.get(i).copied().unwrap_or(0.0)
    }

    /// The log of the weighted density: log w + log Γ(½(ν + d)) − log Γ(½ν) − ½ d log(νπs²) − ½(ν +
    /// d) log(1 + q/(νs²)).
    fn log_density<S: Scalar>(&self, x: &[S], degrees: f64) -> S {
        let d = x.len() as f64;
        let squares: Vec<S> =
            x.iter().enumerate().map(|(i, x)| (x.clone() - self.mean_of(i)).square()).collect();
        let size = degrees * self.scale * self.scale;
        let relative = S::weighted_sum(&vec![1.0 / size; squares.len()], &squares);
        let gammas = libm::lgamma(0.5 * (degrees + d)) - libm::lgamma(0.5 * degrees);
        let constant = libm::log(self.weight) + gammas - 0.5 * d * libm::log(std::f64::consts::PI * size);
        relative.ln_1p() * (-0.5 * (degrees + d)) + constant
    }

    /// The Gaussian of the first two coordinates, given χ²_ν/ν = e^t.
    fn planar_at(&self, t: f64) -> Gaussian {
        let covariance = DMatrix::from_diagonal_element(2, 2, self.scale * self.scale * libm::exp(-t));
        Gaussian::new(DVector::from_row_slice(&self.mean), &covariance).expect("a positive variance")
    }
}

impl StudentMixture {
    /// The mixture in d = `dim` dimensions with ν = `degrees` degrees of freedom.
    ///
    /// # Panics
    /// If `dim < 2` or `degrees < 3`.
    pub fn new(dim: usize, degrees: u32) -> StudentMixture {
        assert!(dim >= 2, "the Student mixture needs a dimension of at least 2, not {dim}");
        assert!(degrees >= 3, "a deviation needs at least 3 degrees of freedom, not {degrees}");
        StudentMixture { dim, degrees }
    }

    fn nu(&self) -> f64 {
        f64::from(self.degrees)
    }

    /// The mass nearest each mean: that of Gaussian mixtures in the plane, averaged over t =
    /// log(χ²_ν/ν).
    ///
    /// t has a density proportional to e^(½ν(t − e^t)). The trapezoidal rule goes from −12, below
    /// which less than 1e-7 is left out for ν = 3, to 3, in steps of ½; its error is e^(−2π²) by
    /// the width of the strip in which the density is analytic. The error of the masses themselves,
    /// 1e-4, remains.
    fn masses(&self) -> Vec<f64> {
        let mut masses = [0.0; COMPONENTS.len()];
        let mut total = 0.0;
        for t in (-24..=6).map(|k| 0.5 * f64::from(k)) {
            let share = libm::exp(0.5 * self.nu() * (t + 1.0 - libm::exp(t)));
            // The share is too small to change a digit.
            if share < 1e-9 {
                continue;
            }
            let parts = COMPONENTS.iter().map(|c| c.planar_at(t)).collect();
            let mixture =
                GaussianMixture::new(&COMPONENTS.map(|c| c.weight), parts).expect("planar components");
            masses.iter_mut().zip(voronoi::cell_masses(&mixture)).for_each(|(m, cell)| *m += share * cell);
            total += share;
        }
        masses.iter().map(|m| m / total).collect()
    }

    fn average(&self, f: impl Fn(&Component) -> f64) -> f64 {
        COMPONENTS.iter().map(|c| c.weight * f(c)).sum()
    }
}

impl LogDensity for StudentMixture {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let logs: Vec<S> = COMPONENTS.iter().map(|c| c.log_density(x, self.nu())).collect();
        log_sum_exp_scalars(&logs)
    }
}

impl Benchmark for StudentMixture {
    /// The means are reported as the maxima, which the tails of the other components move by less
    /// than 1e-3.
    fn facts(&self) -> Facts {
        let mean: Vec<f64> = (0..self.dim).map(|i| self.average(|c| c.mean_of(i))).collect();
        let widening = self.nu() / (self.nu() - 2.0);
        let variance = |i: usize| {
            let off = |c: &Component| c.mean_of(i) - mean[i];
            self.average(|c| c.scale * c.scale * widening + off(c) * off(c))
        };
        let std = (0..self.dim).map(|i| variance(i).sqrt()).collect();
        let centres = COMPONENTS.iter().flat_map(|c| (0..self.dim).map(|i| c.mean_of(i))).collect();
        let modes = Modes { centres, weights: self.masses() };
        Facts { log_z: Some(0.0), std: Some(std), mean: Some(mean), modes: Some(modes) }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        let mut left = stream.uniform();
        let chosen = COMPONENTS.iter().find(|c| {
            left -= c.weight;
            left < 0.0
        });
        // Rounding of the sum of the weights may leave no component.
        let component = chosen.unwrap_or(&COMPONENTS[COMPONENTS.len() - 1]);
        let chi_square: f64 = (0..self.degrees).map(|_| stream.normal().powi(2)).sum();
        let scale = component.scale * (self.nu() / chi_square).sqrt();
        stream.fill_normal(x);
        x.iter_mut().enumerate().for_each(|(i, x)| *x = component.mean_of(i) + scale * *x);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::Target;

    /// ν = 3 in the plane: t₃ = (1 + q/3)^(−5/2)/(2π) for unit scale.
    #[test]
    fn density_is_the_weighted_sum() {
        let x = [0.5, -1.0];
        let weighted = |c: &Component| {
            let q = ((x[0] - c.mean[0]).powi(2) + (x[1] - c.mean[1]).powi(2)) / (c.scale * c.scale);
            c.weight * (1.0 + q / 3.0f64).powf(-2.5) / (2.0 * std::f64::consts::PI * c.scale * c.scale)
        };
        let exact = COMPONENTS.iter().map(weighted).sum::<f64>().ln();
        assert!((StudentMixture::new(2, 3).log_density(&x) - exact).abs() < 1e-14);
    }

    /// One Newton step towards the maximum, which is that close: the curvature is (ν + d)/(νs²).
    #[test]
    fn means_are_nearly_the_maxima() {
        for degrees in [3, 8] {
            let target = StudentMixture::new(2, degrees);
            for c in &COMPONENTS {
                let (mut value, mut score) = ([0.0], [0.0; 2]);
                target.values_and_scores(&c.mean, &mut value, &mut score).unwrap();
                let step = score[0].hypot(score[1]) * c.scale * c.scale * target.nu() / (target.nu() + 2.0);
                assert!(step > 0.0, "{degrees}: {step}");
                assert!(step < 1e-3, "{degrees}: {step}");
            }
        }
    }

    /// Heavy tails move mass between the cells: more of it for fewer degrees of freedom, none for
    /// many.
    #[test]
    fn masses_approach_the_weights() {
        let off = |degrees| {
            let masses = StudentMixture::new(2, degrees).masses();
            assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            masses.iter().zip(&COMPONENTS).map(|(m, c)| (m - c.weight).abs()).fold(0.0, f64::max)
        };
        assert!(off(3) > 2e-3, "{} {}", off(3), off(100));
        assert!(off(100) < 1e-3, "{} {}", off(3), off(100));
    }
}
