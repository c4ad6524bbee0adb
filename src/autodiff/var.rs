//! A number on the reverse tape.

use super::Tape;
use crate::num::{Elementary, Scalar};
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real value and the tape node that made it; a constant has no node.
///
/// Arithmetic between variables of two tapes is a programming error, which debug builds catch.
#[derive(Clone, Copy)]
pub struct Var<'t> {
    value: f64,
    origin: Option<(&'t Tape, u32)>,
}

impl<'t> Var<'t> {
    /// Records a new independent variable of this value on the tape.
    #[inline]
    pub fn input(tape: &'t Tape, value: f64) -> Var<'t> {
        Var { value, origin: Some((tape, tape.push_input())) }
    }

    /// The place of its node on the tape; `None` for a constant.
    #[inline]
    pub fn node(&self) -> Option<usize> {
        self.origin.map(|(_, node)| node as usize)
    }

    /// Writes `∂self/∂inputs[k]` to `out[k]`, whatever stood there; `scratch` is memory for reuse.
    ///
    /// # Panics
    /// If the lengths of `inputs` and `out` differ.
    ///
    /// # Cost
    /// Two multiply-adds per node from the first of the inputs on. Nodes before it are not read.
    pub fn gradient(&self, inputs: &[Var<'t>], scratch: &mut Vec<f64>, out: &mut [f64]) {
        assert_eq!(inputs.len(), out.len(), "gradient: lengths differ");
        let first = inputs.iter().filter_map(|input| input.origin).map(|(_, node)| node).min();
        let ((tape, node), first) = match (self.origin, first) {
            (Some(origin), Some(first)) if first <= origin.1 => (origin, first),
            // There is nothing to sweep: self or all inputs are constants, or all inputs were
            // recorded after self.
            _ => return out.fill(0.0),
        };
        tape.adjoints(first, node, scratch);
        for (input, slot) in inputs.iter().zip(out) {
            // An input recorded after self has no adjoint: self cannot depend on it.
            let adjoint = input.origin.and_then(|(_, node)| scratch.get((node - first) as usize + 1));
            *slot = adjoint.copied().unwrap_or(0.0);
        }
    }

    #[inline]
    fn unary(self, value: f64, partial: f64) -> Var<'t> {
        let origin = self.origin.map(|(tape, node)| (tape, tape.push_unary(node, partial)));
        Var { value, origin }
    }

    #[inline]
    fn binary(self, other: Var<'t>, value: f64, partials: [f64; 2]) -> Var<'t> {
        match (self.origin, other.origin) {
            (Some((tape, a)), Some((twin, b))) => {
                debug_assert!(std::ptr::eq(tape, twin), "two variables stand on different tapes");
                Var { value, origin: Some((tape, tape.push_binary([a, b], partials))) }
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
    #[inline]
    fn add(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value + other.value, [1.0, 1.0])
    }
}
impl<'t> Sub for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn sub(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value - other.value, [1.0, -1.0])
    }
}
impl<'t> Mul for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn mul(self, other: Var<'t>) -> Var<'t> {
        self.binary(other, self.value * other.value, [other.value, self.value])
    }
}
impl<'t> Div for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn div(self, other: Var<'t>) -> Var<'t> {
        let quotient = self.value / other.value;
        self.binary(other, quotient, [1.0 / other.value, -quotient / other.value])
    }
}
impl<'t> Neg for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn neg(self) -> Var<'t> {
        self.unary(-self.value, -1.0)
    }
}
impl<'t> Add<f64> for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn add(self, c: f64) -> Var<'t> {
        // Adding a constant moves the value and leaves the node: its derivative is 1.
        Var { value: self.value + c, ..self }
    }
}
impl<'t> Sub<f64> for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn sub(self, c: f64) -> Var<'t> {
        Var { value: self.value - c, ..self }
    }
}
impl<'t> Mul<f64> for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn mul(self, c: f64) -> Var<'t> {
        self.unary(self.value * c, c)
    }
}
impl<'t> Div<f64> for Var<'t> {
    type Output = Var<'t>;
    #[inline]
    fn div(self, c: f64) -> Var<'t> {
        self.unary(self.value / c, 1.0 / c)
    }
}

impl<'t> Scalar for Var<'t> {
    #[inline]
    fn constant(value: f64) -> Var<'t> {
        Var { value, origin: None }
    }
    #[inline]
    fn value(&self) -> f64 {
        self.value
    }
    #[inline]
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
        let pairs = weights.iter().zip(terms);
        let mut on_tape = pairs.filter_map(|(w, v)| v.origin.map(|(tape, node)| (tape, node, *w)));
        let Some((tape, first, weight)) = on_tape.next() else {
            return Var::constant(value);
        };
        // The first node takes two terms, each further one the sum so far and a term.
        let (last, _) = on_tape.fold((first, weight), |(sum, scale), (_, node, weight)| {
            (tape.push_binary([sum, node], [scale, weight]), 1.0)
        });
        let node = if last == first { tape.push_unary(first, weight) } else { last };
        Var { value, origin: Some((tape, node)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∂output/∂inputs with a scratch that holds old numbers.
    fn gradient(output: Var<'_>, inputs: &[Var<'_>]) -> Vec<f64> {
        let mut out = vec![f64::NAN; inputs.len()];
        output.gradient(inputs, &mut vec![7.0; 99], &mut out);
        out
    }

    #[test]
    fn gradients_see_no_further_than_their_inputs() {
        let tape = Tape::new();
        let [x, y] = [2.0, 3.0].map(|v| Var::input(&tape, v));
        let middle = x * y + x;
        let z = Var::input(&tape, 5.0);
        let out = middle * z + y * middle;
        // out = (xy + x)(z + y).
        assert_eq!(gradient(out, &[x, y, z]), [4.0 * 8.0, 2.0 * 8.0 + 8.0, 8.0]);
        // The inputs may be in another order, and in the middle of the tape, behind x and y.
        assert_eq!(gradient(out, &[z, x]), [8.0, 32.0]);
        assert_eq!(gradient(out, &[z, middle]), [8.0, 8.0]);
        assert_eq!(gradient(out, &[z]), [8.0]);
    }

    #[test]
    fn nothing_depends_on_what_came_later_or_is_constant() {
        let tape = Tape::new();
        let x = Var::input(&tape, 2.0);
        let square = x * x;
        let late = Var::input(&tape, 1.0);
        assert_eq!(gradient(square, &[late, x]), [0.0, 4.0]);
        assert_eq!(gradient(square, &[late]), [0.0]);
        assert_eq!(gradient(square, &[Var::constant(2.0)]), [0.0]);
        assert_eq!(gradient(Var::constant(2.0), &[x]), [0.0]);
        assert_eq!(gradient(square, &[square]), [1.0]);
    }

    #[test]
    fn weighted_sums_of_any_length() {
        let tape = Tape::new();
        let x: Vec<Var> = (0..5).map(|k| Var::input(&tape, f64::from(k))).collect();
        let weights = [3.0, -2.0, 0.5, 7.0, 11.0];
        for n in 0..=5 {
            let mut terms = x[..n].to_vec();
            let sum = Var::weighted_sum(&weights[..n], &terms);
            assert_eq!(gradient(sum, &x[..n]), &weights[..n]);
            assert_eq!(sum.value(), f64::weighted_sum(&weights[..n], &[0.0, 1.0, 2.0, 3.0, 4.0][..n]));
            if n > 0 {
                // A constant among them adds to the value alone.
                terms[0] = Var::constant(10.0);
                let sum = Var::weighted_sum(&weights[..n], &terms);
                assert_eq!(gradient(sum, &x[..n])[1..], weights[1..n]);
                assert_eq!(gradient(sum, &x[..n])[0], 0.0);
            }
        }
        assert!(Var::weighted_sum(&[], &[]).node().is_none());
    }

    #[test]
    fn an_infinite_adjoint_stays_where_it_belongs() {
        let tape = Tape::new();
        let [x, y] = [4.0, 0.0].map(|v| Var::input(&tape, v));
        // ∂√y/∂y is infinite at 0; the absent second operand of the root and of x must not turn it
        // into NaN.
        assert_eq!(gradient(x * 3.0 + y.sqrt(), &[x, y]), [3.0, f64::INFINITY]);
    }
}
