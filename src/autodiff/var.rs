//! A number on the reverse tape.

use super::Tape;
use crate::num::{Elementary, Scalar};
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real value and the tape node that made it; a constant stands on no tape.
///
/// Arithmetic between variables of two tapes is a wrong call and is caught in debug builds.
#[derive(Clone, Copy)]
pub struct Var<'t> {
    value: f64,
    origin: Option<(&'t Tape, usize)>,
}

impl<'t> Var<'t> {
    /// A new independent variable.
    pub fn input(tape: &'t Tape, value: f64) -> Var<'t> {
        Var { value, origin: Some((tape, tape.push([]))) }
    }

    /// Its node, or none if it is a constant.
    pub fn node(&self) -> Option<usize> {
        self.origin.map(|(_, node)| node)
    }

    /// ∂self/∂inputs, added nothing to: `out[k]` is overwritten; `scratch` is reused memory.
    ///
    /// # Panics
    /// If the lengths of `inputs` and `out` differ.
    pub fn gradient(&self, inputs: &[Var<'t>], scratch: &mut Vec<f64>, out: &mut [f64]) {
        assert_eq!(inputs.len(), out.len(), "gradient: lengths differ");
        scratch.clear();
        if let Some((tape, node)) = self.origin {
            tape.adjoints(node, scratch);
        }
        for (input, slot) in inputs.iter().zip(out) {
            // An input recorded after self has no adjoint: self cannot depend on it.
            *slot = input.node().and_then(|node| scratch.get(node).copied()).unwrap_or(0.0);
        }
    }

    fn unary(self, value: f64, partial: f64) -> Var<'t> {
        let origin = self.origin.map(|(tape, node)| (tape, tape.push([(node, partial)])));
        Var { value, origin }
    }

    fn binary(self, other: Var<'t>, value: f64, partials: [f64; 2]) -> Var<'t> {
        match (self.origin, other.origin) {
            (Some((tape, a)), Some((twin, b))) => {
                debug_assert!(std::ptr::eq(tape, twin), "two variables stand on different tapes");
                Var { value, origin: Some((tape, tape.push([(a, partials[0]), (b, partials[1])]))) }
            }
            (Some(_), None) => self.unary(value, partials[0]),
            (None, _) => other.unary(value, partials[1]),
        }
    }
}

impl fmt::Debug for Var<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Var({}, node {:?})", self.value, self.node())
    }
}

impl<'t> Add for Var<'t> {
    type Output = Var<'t>;
    fn add(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value + other.value, [1.0, 1.0])
    }
}
impl<'t> Sub for Var<'t> {
    type Output = Var<'t>;
    fn sub(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value - other.value, [1.0, -1.0])
    }
}
impl<'t> Mul for Var<'t> {
    type Output = Var<'t>;
    fn mul(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value * other.value, [other.value, self.value])
    }
}
impl<'t> Div for Var<'t> {
    type Output = Var<'t>;
    fn div(self, other: Var<'t>) -> Var<'t> {
        let quotient = self.value / other.value;
        self.binary(other, quotient, [1.0 / other.value, -quotient / other.value])
    }
}
impl<'t> Neg for Var<'t> {
    type Output = Var<'t>;
    fn neg(self) -> Var<'t> {
        self.unary(-self.value, -1.0)
    }
}
impl<'t> Add<f64> for Var<'t> {
    type Output = Var<'t>;
    fn add(self, c: f64) -> Var<'t> {
        // Adding a constant moves the value and leaves the node: its derivative is 1.
        Var { value: self.value + c, ..self }
    }
}
impl<'t> Sub<f64> for Var<'t> {
    type Output = Var<'t>;
    fn sub(self, c: f64) -> Var<'t> {
        Var { value: self.value - c, ..self }
    }
}
impl<'t> Mul<f64> for Var<'t> {
    type Output = Var<'t>;
    fn mul(self, c: f64) -> Var<'t> {
        self.unary(self.value * c, c)
    }
}
impl<'t> Div<f64> for Var<'t> {
    type Output = Var<'t>;
    fn div(self, c: f64) -> Var<'t> {
        self.unary(self.value / c, 1.0 / c)
    }
}

impl<'t> Scalar for Var<'t> {
    fn constant(value: f64) -> Var<'t> {
        Var { value, origin: None }
    }
    fn value(&self) -> f64 {
        self.value
    }
    fn elementary(&self, function: Elementary, order: usize) -> Var<'t> {
        let value = function.derivative(self.value, order);
        if self.origin.is_none() {
            return Var::constant(value);
        }
        self.unary(value, function.derivative(self.value, order + 1))
    }
    fn weighted_sum(weights: &[f64], terms: &[Var<'t>]) -> Var<'t> {
        assert_eq!(weights.len(), terms.len(), "weighted_sum: lengths differ");
        let value = weights.iter().zip(terms).map(|(w, v)| w * v.value).sum();
        let Some(tape) = terms.iter().find_map(|v| v.origin.map(|(tape, _)| tape)) else {
            return Var::constant(value);
        };
        let operands = weights.iter().zip(terms).filter_map(|(w, v)| v.node().map(|node| (node, *w)));
        Var { value, origin: Some((tape, tape.push(operands))) }
    }
}
