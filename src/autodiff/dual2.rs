//! Forward mode along one direction: a value with its first and second derivative, without a heap.

use crate::num::{Elementary, Scalar};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A second-order dual number: f, f′ and f″ of a function of one real variable. For s ↦ log ρ(x +
/// s·v), f″ is vᵀ∇²log ρ v.
///
/// It serves formulas that read very many numbers: its three numbers are stored inline, and nothing
/// is allocated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual2 {
    /// The value f of the function.
    pub value: f64,
    /// The first derivative, f′.
    pub first: f64,
    /// The second derivative, f″.
    pub second: f64,
}

impl Dual2 {
    /// The point value + s·slope of a line, as a function of s at s = 0.
    #[inline]
    pub fn line(value: f64, slope: f64) -> Dual2 {
        Dual2 { value, first: slope, second: 0.0 }
    }

    #[inline]
    fn map(self, f: impl Fn(f64) -> f64) -> Dual2 {
        Dual2 { value: f(self.value), first: f(self.first), second: f(self.second) }
    }
}

impl Add for Dual2 {
    type Output = Dual2;
    #[inline]
    fn add(self, other: Dual2) -> Dual2 {
        Dual2 {
            value: self.value + other.value,
            first: self.first + other.first,
            second: self.second + other.second,
        }
    }
}
impl Sub for Dual2 {
    type Output = Dual2;
    #[inline]
    fn sub(self, other: Dual2) -> Dual2 {
        self + (-other)
    }
}
impl Mul for Dual2 {
    type Output = Dual2;
    #[inline]
    fn mul(self, other: Dual2) -> Dual2 {
        Dual2 {
            value: self.value * other.value,
            first: self.first * other.value + self.value * other.first,
            second: self.second * other.value + 2.0 * self.first * other.first + self.value * other.second,
        }
    }
}
impl Div for Dual2 {
    type Output = Dual2;
    #[inline]
    fn div(self, other: Dual2) -> Dual2 {
        self.mul(other.recip())
    }
}
impl Neg for Dual2 {
    type Output = Dual2;
    #[inline]
    fn neg(self) -> Dual2 {
        self.map(|v| -v)
    }
}
impl Add<f64> for Dual2 {
    type Output = Dual2;
    #[inline]
    fn add(self, c: f64) -> Dual2 {
        Dual2 { value: self.value + c, ..self }
    }
}
impl Sub<f64> for Dual2 {
    type Output = Dual2;
    #[inline]
    fn sub(self, c: f64) -> Dual2 {
        Dual2 { value: self.value - c, ..self }
    }
}
impl Mul<f64> for Dual2 {
    type Output = Dual2;
    #[inline]
    fn mul(self, c: f64) -> Dual2 {
        self.map(|v| v * c)
    }
}
impl Div<f64> for Dual2 {
    type Output = Dual2;
    #[inline]
    fn div(self, c: f64) -> Dual2 {
        self.map(|v| v / c)
    }
}

impl Scalar for Dual2 {
    #[inline]
    fn constant(value: f64) -> Dual2 {
        Dual2::line(value, 0.0)
    }
    #[inline]
    fn value(&self) -> f64 {
        self.value
    }
    #[inline]
    fn elementary(&self, function: Elementary, order: usize) -> Dual2 {
        let value = function.derivative(self.value, order);
        // A constant has derivatives 0, even where those of the function are infinite.
        if self.first == 0.0 && self.second == 0.0 {
            return Dual2::constant(value);
        }
        let (slope, curvature) =
            (function.derivative(self.value, order + 1), function.derivative(self.value, order + 2));
        Dual2 {
            value,
            first: slope * self.first,
            second: slope * self.second + curvature * self.first * self.first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autodiff::{Dual2, JetPoint};
    use crate::num::Channels;

    fn formula<S: Scalar>(x: &[S]) -> S {
        let inner = x[0].clone() * x[1].sin() - x[1].clone() / (x[0].square() + 1.5);
        inner.exp() + (x[0].clone() - 0.3).tanh() * 2.0 + (-x[1].clone() / 4.0).ln_gamma()
    }

    /// Along each axis the second derivatives add up to the Laplacian of a jet.
    #[test]
    fn second_derivatives_are_those_of_jets() {
        let x = [0.7, -1.9];
        let channels = Channels { space: 2, time: false, laplacian: true };
        let jet = formula(&JetPoint::<f64>::new(0.0, &x, channels).x);
        let along = |i: usize| {
            let line = |j: usize| Dual2::line(x[j], if i == j { 1.0 } else { 0.0 });
            formula(&[line(0), line(1)])
        };
        let (a, b) = (along(0), along(1));
        assert!((a.first - jet.dx(0)).abs() < 1e-13);
        assert!((b.first - jet.dx(1)).abs() < 1e-13);
        assert!((a.second + b.second - jet.laplacian()).abs() < 1e-12);
        assert!(jet.laplacian().abs() > 0.1);
        assert_eq!(a.value, jet.real());
    }

    #[test]
    fn constants_stay_constant() {
        assert_eq!(Dual2::constant(0.0).sqrt(), Dual2::constant(0.0));
    }
}
