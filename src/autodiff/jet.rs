//! Forward mode: a value with ∂t, ∂x₁ … ∂x_d and the collapsed Laplacian, over any scalar.

use crate::num::{Channels, Elementary, Scalar};
use nalgebra::DMatrix;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A jet: the value of a function of (t, x) at a point, with the derivatives that [`Channels`]
/// lists.
///
/// The Laplacian is one number, carried by the product and chain rules
/// `Δ(uv) = uΔv + vΔu + 2∇u·∇v` and `Δf(u) = f′Δu + f″|∇u|²`: never d second derivatives.
/// Over `S = f64` a jet differentiates a formula in space and time; over the tape's variable the
/// result can be differentiated once more, by everything the formula read.
#[derive(Clone, Debug)]
pub struct Jet<S> {
    value: S,
    /// ∂t if carried, then ∂x, then Δ if carried; empty for a constant.
    derivatives: Vec<S>,
    channels: Channels,
}

/// The independent variables (t, x) as jets.
#[derive(Clone, Debug)]
pub struct JetPoint<S> {
    /// Time; a constant if the channels carry no ∂t.
    pub time: Jet<S>,
    /// The d coordinates, with derivatives if the channels carry ∂x.
    pub x: Vec<Jet<S>>,
}

impl<S: Scalar> JetPoint<S> {
    /// Seeds (t, x) with unit derivatives.
    ///
    /// # Panics
    /// If `channels.space` is neither 0 nor the length of `x`.
    pub fn new(time: f64, x: &[f64], channels: Channels) -> JetPoint<S> {
        assert!(
            channels.space == 0 || channels.space == x.len(),
            "{} space channels for a point of dimension {}",
            channels.space,
            x.len()
        );
        let unit = |value: f64, channel: Option<usize>| {
            let mut derivatives = vec![S::constant(0.0); channels.count() - 1];
            if let Some(channel) = channel {
                derivatives[channel - 1] = S::constant(1.0);
            }
            Jet { value: S::constant(value), derivatives, channels }
        };
        let coordinate = |i: usize| (channels.space > 0).then(|| channels.space_index(i));
        JetPoint {
            time: unit(time, channels.time.then(|| channels.time_index())),
            x: x.iter().enumerate().map(|(i, &v)| unit(v, coordinate(i))).collect(),
        }
    }

    /// The point x with derivatives along the columns of `root`: space channel j of x_i is L_ij, so
    /// that a function of it carries its derivatives in u of x = L·u.
    ///
    /// # Panics
    /// If `root` has not d rows, or `channels` carries ∂t or not one space channel for each column.
    pub fn along(x: &[f64], root: &DMatrix<f64>, channels: Channels) -> JetPoint<S> {
        assert_eq!(root.nrows(), x.len(), "a row for each coordinate");
        assert!(channels.space == root.ncols() && !channels.time, "derivatives in space, and only these");
        let jet = |v: &f64| Jet {
            value: S::constant(*v),
            derivatives: vec![S::constant(0.0); channels.count() - 1],
            channels,
        };
        let time = Jet::lift(S::constant(0.0));
        let mut point = JetPoint { time, x: x.iter().map(jet).collect() };
        for (i, jet) in point.x.iter_mut().enumerate() {
            for j in 0..root.ncols() {
                jet.derivatives[channels.space_index(j) - 1] = S::constant(root[(i, j)]);
            }
        }
        point
    }
}

impl<S: Scalar> Jet<S> {
    /// Wraps a number that does not depend on (t, x), though it may depend on something else.
    pub fn lift(value: S) -> Jet<S> {
        Jet { value, derivatives: Vec::new(), channels: Channels::VALUE }
    }

    /// The value of the function, without its derivatives.
    pub fn real(&self) -> S {
        self.value.clone()
    }

    /// ∂t; 0 for a constant.
    pub fn dt(&self) -> S {
        self.derivative(Channels::time_index)
    }

    /// ∂x_i, i from 0; 0 for a constant.
    pub fn dx(&self, i: usize) -> S {
        self.derivative(|channels| channels.space_index(i))
    }

    /// Σ_i ∂²/∂x_i²; 0 for a constant.
    pub fn laplacian(&self) -> S {
        self.derivative(Channels::laplacian_index)
    }

    /// The jet as a list in the order of `channels`: value first.
    ///
    /// # Panics
    /// If the jet is not a constant and carries other channels.
    pub fn to_channels(&self, channels: Channels) -> Vec<S> {
        let mut list = vec![self.real()];
        if self.derivatives.is_empty() {
            list.resize(channels.count(), S::constant(0.0));
        } else {
            assert_eq!(self.channels, channels, "the jet carries other channels");
            list.extend(self.derivatives.iter().cloned());
        }
        list
    }

    fn derivative(&self, index: impl Fn(&Channels) -> usize) -> S {
        if self.derivatives.is_empty() {
            return S::constant(0.0);
        }
        self.derivatives[index(&self.channels) - 1].clone()
    }

    /// Σ_i ∂x_i a · ∂x_i b.
    fn gradients_dot(a: &Jet<S>, b: &Jet<S>) -> S {
        let mut sum = S::constant(0.0);
        for i in 0..a.channels.space {
            sum = sum + a.dx(i) * b.dx(i);
        }
        sum
    }

    /// f(a, b) by the chain rule, from ∂f/∂a, ∂f/∂b and, where a Laplacian is carried,
    /// the second-order term f_aa|∇a|² + 2 f_ab ∇a·∇b + f_bb|∇b|².
    fn chain(a: &Jet<S>, b: &Jet<S>, value: S, partials: [S; 2], curvature: impl Fn() -> S) -> Jet<S> {
        if b.derivatives.is_empty() {
            let scaled = a.derivatives.iter().map(|v| v.clone() * partials[0].clone()).collect();
            return Jet { value, derivatives: scaled, channels: a.channels }.add_curvature(a, curvature);
        }
        if a.derivatives.is_empty() {
            let scaled = b.derivatives.iter().map(|v| v.clone() * partials[1].clone()).collect();
            return Jet { value, derivatives: scaled, channels: b.channels }.add_curvature(b, curvature);
        }
        assert_eq!(a.channels, b.channels, "two jets carry different channels");
        let both = a.derivatives.iter().zip(&b.derivatives);
        let derivatives =
            both.map(|(u, v)| u.clone() * partials[0].clone() + v.clone() * partials[1].clone()).collect();
        Jet { value, derivatives, channels: a.channels }.add_curvature(a, curvature)
    }

    fn add_curvature(mut self, varying: &Jet<S>, curvature: impl Fn() -> S) -> Jet<S> {
        if !varying.derivatives.is_empty() && self.channels.laplacian {
            let last = self.derivatives.len() - 1;
            self.derivatives[last] = self.derivatives[last].clone() + curvature();
        }
        self
    }

    fn map_all(self, f: impl Fn(S) -> S) -> Jet<S> {
        Jet {
            value: f(self.value),
            derivatives: self.derivatives.into_iter().map(f).collect(),
            channels: self.channels,
        }
    }
}

impl<S: Scalar> Add for Jet<S> {
    type Output = Jet<S>;
    fn add(self, other: Jet<S>) -> Jet<S> {
        if other.derivatives.is_empty() {
            return Jet { value: self.value + other.value, ..self };
        }
        if self.derivatives.is_empty() {
            return Jet { value: self.value + other.value, ..other };
        }
        assert_eq!(self.channels, other.channels, "two jets carry different channels");
        let sums = self.derivatives.into_iter().zip(other.derivatives).map(|(u, v)| u + v).collect();
        Jet { value: self.value + other.value, derivatives: sums, channels: self.channels }
    }
}
impl<S: Scalar> Neg for Jet<S> {
    type Output = Jet<S>;
    fn neg(self) -> Jet<S> {
        self.map_all(|v| -v)
    }
}
impl<S: Scalar> Sub for Jet<S> {
    type Output = Jet<S>;
    fn sub(self, other: Jet<S>) -> Jet<S> {
        self + (-other)
    }
}
impl<S: Scalar> Mul for Jet<S> {
    type Output = Jet<S>;
    fn mul(self, other: Jet<S>) -> Jet<S> {
        let (u, v) = (self.real(), other.real());
        let curvature = || {
            if self.derivatives.is_empty() || other.derivatives.is_empty() {
                return S::constant(0.0);
            }
            Jet::gradients_dot(&self, &other) * 2.0
        };
        Jet::chain(&self, &other, u.clone() * v.clone(), [v, u], curvature)
    }
}
impl<S: Scalar> Div for Jet<S> {
    type Output = Jet<S>;
    fn div(self, other: Jet<S>) -> Jet<S> {
        let inverse = other.recip();
        self.mul(inverse)
    }
}
impl<S: Scalar> Add<f64> for Jet<S> {
    type Output = Jet<S>;
    fn add(self, c: f64) -> Jet<S> {
        Jet { value: self.value + c, ..self }
    }
}
impl<S: Scalar> Sub<f64> for Jet<S> {
    type Output = Jet<S>;
    fn sub(self, c: f64) -> Jet<S> {
        Jet { value: self.value - c, ..self }
    }
}
impl<S: Scalar> Mul<f64> for Jet<S> {
    type Output = Jet<S>;
    fn mul(self, c: f64) -> Jet<S> {
        self.map_all(|v| v * c)
    }
}
impl<S: Scalar> Div<f64> for Jet<S> {
    type Output = Jet<S>;
    fn div(self, c: f64) -> Jet<S> {
        self.map_all(|v| v / c)
    }
}

impl<S: Scalar> Scalar for Jet<S> {
    fn constant(value: f64) -> Jet<S> {
        Jet::lift(S::constant(value))
    }
    fn value(&self) -> f64 {
        self.value.value()
    }
    fn elementary(&self, function: Elementary, order: usize) -> Jet<S> {
        let value = self.value.elementary(function, order);
        if self.derivatives.is_empty() {
            return Jet::lift(value);
        }
        let slope = self.value.elementary(function, order + 1);
        let curvature = || self.value.elementary(function, order + 2) * Jet::gradients_dot(self, self);
        Jet::chain(self, &Jet::constant(0.0), value, [slope, S::constant(0.0)], curvature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// u = t·x₀²·sin x₁ + e^{x₀x₁}/(1 + t²) uses every rule and is symmetric in nothing.
    fn formula<S: Scalar>(t: &S, x: &[S]) -> S {
        let first = t.clone() * x[0].square() * x[1].sin();
        first + (x[0].clone() * x[1].clone()).exp() / (t.square() + 1.0)
    }

    #[test]
    fn all_channels_match_the_closed_form() {
        let (t, a, b) = (0.7, 1.1, -0.4f64);
        let at = JetPoint::<f64>::new(t, &[a, b], Channels::with_laplacian(2));
        let jet = formula(&at.time, &at.x);
        let (e, w) = ((a * b).exp(), 1.0 + t * t);
        let close = |ours: f64, exact: f64| assert!((ours - exact).abs() < 1e-14, "{ours} is not {exact}");
        close(jet.real(), t * a * a * b.sin() + e / w);
        close(jet.dt(), a * a * b.sin() - 2.0 * t * e / (w * w));
        close(jet.dx(0), 2.0 * t * a * b.sin() + b * e / w);
        close(jet.dx(1), t * a * a * b.cos() + a * e / w);
        close(jet.laplacian(), t * b.sin() * (2.0 - a * a) + (a * a + b * b) * e / w);
    }

    #[test]
    fn constants_have_no_derivatives() {
        let at = JetPoint::<f64>::new(0.5, &[2.0], Channels::with_laplacian(1));
        let jet = Jet::constant(3.0) * at.x[0].clone() / Jet::constant(4.0) - Jet::constant(1.0);
        assert_eq!((jet.real(), jet.dx(0), jet.laplacian(), jet.dt()), (0.5, 0.75, 0.0, 0.0));
        assert_eq!(Jet::<f64>::constant(2.0).exp().dx(0), 0.0);
    }
}
