//! Neal's funnel: one coordinate sets the scale of all others.

use super::facts::{Benchmark, Facts};
use crate::density::log_density::LogDensity;
use crate::num::{Scalar, Stream};

/// The funnel x₁ ~ N(0, 9) and x_i | x₁ ~ N(0, e^x₁) for i > 1; normalised, log Z = 0.
///
/// The marginals of x₂ … have standard deviation e^2.25, and tails so heavy that sample moments
/// converge too slowly to judge a result. Source: Neal 2003, Slice sampling, section 8.
#[derive(Clone, Copy, Debug)]
pub struct Funnel {
    dim: usize,
}

/// The standard deviation of x₁.
const NECK: f64 = 3.0;

impl Funnel {
    /// The funnel in `dim` dimensions.
    ///
    /// # Panics
    /// If `dim < 2`.
    pub fn new(dim: usize) -> Funnel {
        assert!(dim >= 2, "a funnel needs a dimension of at least 2, not {dim}");
        Funnel { dim }
    }
}

impl LogDensity for Funnel {
    fn dim(&self) -> usize {
        self.dim
    }

    fn log_density<S: Scalar>(&self, x: &[S]) -> S {
        let (neck, rest) = (&x[0], &x[1..]);
        let squares: Vec<S> = rest.iter().map(S::square).collect();
        let sum = S::weighted_sum(&vec![1.0; squares.len()], &squares);
        let constant = -0.5 * self.dim as f64 * libm::log(2.0 * std::f64::consts::PI) - libm::log(NECK);
        let neck_terms = neck.square() * (-0.5 / (NECK * NECK)) - neck.clone() * (0.5 * rest.len() as f64);
        neck_terms - (-neck.clone()).exp() * sum * 0.5 + constant
    }
}

impl Benchmark for Funnel {
    fn facts(&self) -> Facts {
        let mut std = vec![libm::exp(0.25 * NECK * NECK); self.dim];
        std[0] = NECK;
        Facts { log_z: Some(0.0), mean: Some(vec![0.0; self.dim]), std: Some(std), modes: None }
    }

    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        stream.fill_normal(x);
        x[0] *= NECK;
        let scale = libm::exp(0.5 * x[0]);
        x[1..].iter_mut().for_each(|x| *x *= scale);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn density_is_the_product_of_conditionals() {
        let normal = |x: f64, sigma: f64| {
            -0.5 * (x / sigma).powi(2) - sigma.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln()
        };
        let x = [1.7, -0.4, 2.2];
        let sigma = (0.5 * x[0]).exp();
        let exact = normal(x[0], 3.0) + normal(x[1], sigma) + normal(x[2], sigma);
        assert!((Funnel::new(3).log_density(&x) - exact).abs() < 4e-15);
    }
}
