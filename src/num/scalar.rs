//! The number type of formulas: f64, a jet, a variable on the tape, or a jet of such variables.

use super::Elementary;
use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number that may carry derivatives.
///
/// A formula generic in `Scalar` is written once and run three ways: on `f64` for its value, on a
/// jet for its derivatives in space and time, on a tape variable for its gradient with respect to
/// everything it read. Comparisons use [`Scalar::value`], so all three take the same branch.
///
/// NaN and ±inf propagate as in IEEE arithmetic; nothing is masked.
pub trait Scalar:
    Clone
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// A number whose derivatives are all 0.
    fn constant(value: f64) -> Self;

    /// The real value, without derivatives of any level.
    fn value(&self) -> f64;

    /// The derivative of order `order` of `function`, evaluated at `self`.
    ///
    /// # Panics
    /// If `order` plus the orders of differentiation nested in `Self` exceeds 3.
    fn elementary(&self, function: Elementary, order: usize) -> Self;

    /// `Σ_k weights[k]·terms[k]` as one operation; on a tape it records at most one node per term.
    ///
    /// # Panics
    /// If the lengths differ.
    fn weighted_sum(weights: &[f64], terms: &[Self]) -> Self {
        assert_eq!(weights.len(), terms.len(), "weighted_sum: lengths differ");
        let mut sum = Self::constant(0.0);
        for (weight, term) in weights.iter().zip(terms) {
            sum = sum + term.clone() * *weight;
        }
        sum
    }

    /// The exponential function e^x.
    fn exp(&self) -> Self {
        self.elementary(Elementary::Exp, 0)
    }
    /// The natural logarithm; NaN below 0, −inf at 0.
    fn ln(&self) -> Self {
        self.elementary(Elementary::Ln, 0)
    }
    /// The square root √x; NaN below 0.
    fn sqrt(&self) -> Self {
        self.elementary(Elementary::Sqrt, 0)
    }
    /// The reciprocal number 1/x.
    fn recip(&self) -> Self {
        self.elementary(Elementary::Recip, 0)
    }
    /// The square x² = x·x.
    fn square(&self) -> Self {
        self.elementary(Elementary::Square, 0)
    }
    /// The sine of an angle in radians.
    fn sin(&self) -> Self {
        self.elementary(Elementary::Sin, 0)
    }
    /// The cosine of an angle in radians.
    fn cos(&self) -> Self {
        self.elementary(Elementary::Cos, 0)
    }
    /// The hyperbolic tangent tanh x.
    fn tanh(&self) -> Self {
        self.elementary(Elementary::Tanh, 0)
    }
    /// ln(1 + e^x), without overflow.
    fn softplus(&self) -> Self {
        self.elementary(Elementary::Softplus, 0)
    }
    /// 1/(1 + e^−x), without overflow.
    fn sigmoid(&self) -> Self {
        self.elementary(Elementary::Sigmoid, 0)
    }
    /// ln(1 + x), accurate near 0.
    fn ln_1p(&self) -> Self {
        self.elementary(Elementary::Ln1p, 0)
    }
    /// e^x − 1, accurate near 0.
    fn exp_m1(&self) -> Self {
        self.elementary(Elementary::Expm1, 0)
    }
    /// ln Γ(x); NaN below 0.
    fn ln_gamma(&self) -> Self {
        self.elementary(Elementary::LnGamma, 0)
    }
    /// The arc tangent in radians, between −π/2 and π/2.
    fn atan(&self) -> Self {
        self.elementary(Elementary::Atan, 0)
    }
    /// |x|; the derivative at 0 is 0.
    fn abs(&self) -> Self {
        self.elementary(Elementary::Abs, 0)
    }
    /// x^n for a whole n.
    fn powi(&self, n: i32) -> Self {
        self.elementary(Elementary::Powi(n), 0)
    }
    /// x^p for a real p; NaN below 0.
    fn powf(&self, p: f64) -> Self {
        self.elementary(Elementary::Powf(p), 0)
    }
}

impl Scalar for f64 {
    fn constant(value: f64) -> f64 {
        value
    }
    fn value(&self) -> f64 {
        *self
    }
    fn elementary(&self, function: Elementary, order: usize) -> f64 {
        function.derivative(*self, order)
    }
}
