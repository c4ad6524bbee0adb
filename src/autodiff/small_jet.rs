//! Forward mode without a heap: a value with a few derivatives in space and the collapsed
//! Laplacian.

use crate::num::{Elementary, Scalar};
use nalgebra::DMatrix;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A [`Jet`](super::Jet) over f64 with its C derivatives stored inline: C space derivatives, or C −
/// 1 of them and the Laplacian. It carries no ∂t.
///
/// Its rules are written apart from those of `Jet`, against which they are tested: every number has
/// the bits that `Jet<f64>` gives, −0 included. For this a constant is marked as one; a jet of
/// zeros would make NaN of 0·∞.
#[derive(Clone, Copy, Debug)]
pub struct SmallJet<const C: usize> {
    value: f64,
    /// ∂x, then Δ if it is carried; not read for a constant.
    derivatives: [f64; C],
    carried: Carried,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Carried {
    Nothing,
    Gradient,
    GradientAndLaplacian,
}

impl<const C: usize> SmallJet<C> {
    /// The coordinates of the origin of C dimensions. Each has derivative 1 along itself and
    /// carries no Laplacian.
    pub fn coordinates() -> [SmallJet<C>; C] {
        let unit = |i: usize| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
        std::array::from_fn(|i| SmallJet { value: 0.0, derivatives: unit(i), carried: Carried::Gradient })
    }

    /// The coordinates of the origin with derivatives along the columns of `root`, as
    /// [`JetPoint::along`](super::JetPoint::along) has them, and the Laplacian.
    ///
    /// # Panics
    /// If `root` has not C − 1 columns.
    pub fn along(root: &DMatrix<f64>) -> Vec<SmallJet<C>> {
        assert_eq!(root.ncols() + 1, C, "a channel for each column, and one for the Laplacian");
        let row = |i: usize| std::array::from_fn(|j| if j + 1 < C { root[(i, j)] } else { 0.0 });
        let jet = |i| SmallJet { value: 0.0, derivatives: row(i), carried: Carried::GradientAndLaplacian };
        (0..root.nrows()).map(jet).collect()
    }

    /// Moves the coordinates to the point `x`; the derivatives stay.
    #[inline]
    pub fn move_to(coordinates: &mut [SmallJet<C>], x: &[f64]) {
        coordinates.iter_mut().zip(x).for_each(|(jet, x)| jet.value = *x);
    }

    /// The value of the function, without its derivatives.
    #[inline]
    pub fn real(&self) -> f64 {
        self.value
    }

    /// ∂x_i, i from 0; 0 for a constant.
    ///
    /// # Panics
    /// If channel `i` is the Laplacian's, or `i >= C`.
    #[inline]
    pub fn dx(&self, i: usize) -> f64 {
        match self.carried {
            Carried::Nothing => 0.0,
            Carried::Gradient => self.derivatives[i],
            Carried::GradientAndLaplacian => self.derivatives[..C - 1][i],
        }
    }

    /// Σ_i ∂²/∂x_i²; 0 for a constant.
    ///
    /// # Panics
    /// If the jet carries no Laplacian.
    #[inline]
    pub fn laplacian(&self) -> f64 {
        assert!(self.carried != Carried::Gradient, "these channels carry no Laplacian");
        if self.is_constant() { 0.0 } else { self.derivatives[C - 1] }
    }

    #[inline]
    fn is_constant(&self) -> bool {
        self.carried == Carried::Nothing
    }

    /// Σ_i ∂x_i a · ∂x_i b of jets with a Laplacian.
    #[inline]
    fn gradients_dot(a: &SmallJet<C>, b: &SmallJet<C>) -> f64 {
        let mut sum = 0.0;
        for (a, b) in a.derivatives[..C - 1].iter().zip(&b.derivatives[..C - 1]) {
            sum += a * b;
        }
        sum
    }

    /// f(self) by the chain rule, from f, f′ and, where a Laplacian is carried, f″|∇|².
    #[inline]
    fn chain(self, value: f64, slope: f64, curvature: impl Fn() -> f64) -> SmallJet<C> {
        SmallJet { value, ..self.map_derivatives(|v| v * slope) }.add_curvature(curvature)
    }

    #[inline]
    fn add_curvature(mut self, curvature: impl Fn() -> f64) -> SmallJet<C> {
        if self.carried == Carried::GradientAndLaplacian {
            self.derivatives[C - 1] += curvature();
        }
        self
    }

    #[inline]
    fn map_derivatives(self, f: impl Fn(f64) -> f64) -> SmallJet<C> {
        SmallJet { derivatives: std::array::from_fn(|i| f(self.derivatives[i])), ..self }
    }

    #[inline]
    fn map_all(self, f: impl Fn(f64) -> f64) -> SmallJet<C> {
        SmallJet { value: f(self.value), ..self.map_derivatives(f) }
    }

    /// Combines two jets that are no constants, derivative by derivative.
    #[inline]
    fn join(self, other: SmallJet<C>, value: f64, f: impl Fn(f64, f64) -> f64) -> SmallJet<C> {
        debug_assert_eq!(self.carried, other.carried, "two jets carry different channels");
        let derivatives = std::array::from_fn(|i| f(self.derivatives[i], other.derivatives[i]));
        SmallJet { value, derivatives, carried: self.carried }
    }
}

impl<const C: usize> Add for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn add(self, other: SmallJet<C>) -> SmallJet<C> {
        let value = self.value + other.value;
        if other.is_constant() {
            return SmallJet { value, ..self };
        }
        if self.is_constant() {
            return SmallJet { value, ..other };
        }
        self.join(other, value, |u, v| u + v)
    }
}
impl<const C: usize> Neg for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn neg(self) -> SmallJet<C> {
        self.map_all(|v| -v)
    }
}
impl<const C: usize> Sub for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn sub(self, other: SmallJet<C>) -> SmallJet<C> {
        self + (-other)
    }
}
impl<const C: usize> Mul for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn mul(self, other: SmallJet<C>) -> SmallJet<C> {
        let (u, v) = (self.value, other.value);
        if other.is_constant() {
            // The curvature of 0 is added, as by `Jet`: it makes +0 of −0.
            return self.chain(u * v, v, || 0.0);
        }
        if self.is_constant() {
            return other.chain(u * v, u, || 0.0);
        }
        let product = self.join(other, u * v, |du, dv| du * v + dv * u);
        product.add_curvature(|| SmallJet::gradients_dot(&self, &other) * 2.0)
    }
}
impl<const C: usize> Div for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn div(self, other: SmallJet<C>) -> SmallJet<C> {
        self.mul(other.recip())
    }
}
impl<const C: usize> Add<f64> for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn add(self, c: f64) -> SmallJet<C> {
        SmallJet { value: self.value + c, ..self }
    }
}
impl<const C: usize> Sub<f64> for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn sub(self, c: f64) -> SmallJet<C> {
        SmallJet { value: self.value - c, ..self }
    }
}
impl<const C: usize> Mul<f64> for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn mul(self, c: f64) -> SmallJet<C> {
        self.map_all(|v| v * c)
    }
}
impl<const C: usize> Div<f64> for SmallJet<C> {
    type Output = SmallJet<C>;
    #[inline]
    fn div(self, c: f64) -> SmallJet<C> {
        self.map_all(|v| v / c)
    }
}

impl<const C: usize> Scalar for SmallJet<C> {
    #[inline]
    fn constant(value: f64) -> SmallJet<C> {
        SmallJet { value, derivatives: [0.0; C], carried: Carried::Nothing }
    }
    #[inline]
    fn value(&self) -> f64 {
        self.value
    }
    #[inline]
    fn elementary(&self, function: Elementary, order: usize) -> SmallJet<C> {
        match self.carried {
            Carried::Nothing => SmallJet::constant(function.derivative(self.value, order)),
            Carried::Gradient => {
                let [value, slope] = function.derivatives(self.value, order);
                self.chain(value, slope, || 0.0)
            }
            Carried::GradientAndLaplacian => {
                let [value, slope, curvature] = function.derivatives(self.value, order);
                self.chain(value, slope, || curvature * SmallJet::gradients_dot(self, self))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autodiff::{Jet, JetPoint};
    use crate::num::Channels;

    /// Numbers at which derivatives are ordinary, vanish, overflow, underflow, or are not numbers.
    const NUMBERS: [f64; 14] = [
        0.7,
        -1.3,
        2.6,
        0.0,
        -0.0,
        1.0,
        -1.0,
        800.0,
        -800.0,
        1e-310,
        1e200,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];

    /// Applies every operator between two numbers that vary, and with constants of both kinds.
    fn operators<S: Scalar>(a: &S, b: &S, c: f64) -> Vec<S> {
        let (a, b, k) = (|| a.clone(), || b.clone(), || S::constant(c));
        let mut all = vec![-a(), a() + b(), a() - b(), a() * b(), a() / b()];
        all.extend([a() + c, a() - c, a() * c, a() / c]);
        all.extend([a() + k(), a() - k(), a() * k(), a() / k(), k() + b(), k() - b(), k() * b(), k() / b()]);
        all.extend([(k() * c - k()) * b(), (-k() / c) * k() + a(), k() * k() + k().ln() * a()]);
        all.push(S::weighted_sum(&[0.3, c, -0.0, -1.5], &[a(), b(), k(), a()]));
        all.push(S::weighted_sum(&[-2.0, 0.0, c], &[k(), b(), a()]));
        all
    }

    /// Applies every elementary function to numbers with curvature.
    fn functions<S: Scalar>(a: &S, b: &S, order: usize) -> Vec<S> {
        let bent = a.clone() * b.clone() + a.square();
        Elementary::ALL.iter().flat_map(|f| [a.elementary(*f, order), bent.elementary(*f, order)]).collect()
    }

    fn formulas<S: Scalar>(x: &[S], orders: usize) -> Vec<S> {
        let mut all: Vec<S> = NUMBERS.iter().flat_map(|c| operators(&x[0], &x[1], *c)).collect();
        all.extend((0..=orders).flat_map(|order| functions(&x[0], &x[1], order)));
        all
    }

    /// The bits of `v`. All NaN count as one: products commute, so their payload is not determined.
    fn bits(v: f64) -> u64 {
        if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() }
    }

    fn at_every_pair(check: impl Fn([f64; 2])) {
        NUMBERS.iter().for_each(|a| NUMBERS.iter().for_each(|b| check([*a, *b])));
    }

    #[test]
    fn gradients_have_the_bits_of_jets() {
        at_every_pair(|x| {
            let mut small = SmallJet::<2>::coordinates();
            SmallJet::move_to(&mut small, &x);
            let ours = formulas(&small, 2);
            let exact = formulas(&JetPoint::<f64>::new(0.0, &x, Channels::space_only(2)).x, 2);
            for (k, (ours, exact)) in ours.iter().zip(&exact).enumerate() {
                let ours = [ours.value, ours.dx(0), ours.dx(1)].map(bits);
                assert_eq!(ours, [exact.real(), exact.dx(0), exact.dx(1)].map(bits), "{k} at {x:?}");
            }
        });
    }

    #[test]
    fn laplacians_have_the_bits_of_jets() {
        let root = DMatrix::from_row_slice(2, 3, &[1.1, -0.0, 0.7, 0.0, -2.0, 0.3]);
        let channels = Channels { space: 3, time: false, laplacian: true };
        at_every_pair(|x| {
            let mut small = SmallJet::<4>::along(&root);
            SmallJet::move_to(&mut small, &x);
            let (ours, exact) =
                (formulas(&small, 1), formulas(&JetPoint::<f64>::along(&x, &root, channels).x, 1));
            for (k, (ours, exact)) in ours.iter().zip(&exact).enumerate() {
                let numbers = |jet: &Jet<f64>| [jet.real(), jet.dx(0), jet.dx(1), jet.dx(2), jet.laplacian()];
                let ours = [ours.value, ours.dx(0), ours.dx(1), ours.dx(2), ours.laplacian()].map(bits);
                assert_eq!(ours, numbers(exact).map(bits), "{k} at {x:?}");
            }
        });
    }

    /// ln 0 · x has the slope −∞; with a zero derivative in place of none it would be NaN.
    #[test]
    fn a_constant_is_no_jet_of_zeros() {
        let [x] = SmallJet::<1>::coordinates();
        let constant = SmallJet::constant(0.0).ln();
        assert_eq!((constant * (x + 2.0)).dx(0), f64::NEG_INFINITY);
        assert_eq!((constant.dx(0), constant.laplacian()), (0.0, 0.0));
        assert!(((x * 0.0).ln() * (x + 2.0)).dx(0).is_nan(), "the check cannot fail");
    }
}
