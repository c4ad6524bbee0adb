//! Runs a program forward and backward on plain numbers, in loops over whole vectors.

use super::lanes::{sum1, sum2};
use super::program::{Instruction, Operation, Program};
use pushforward::num::{Elementary, vectorized};

/// The workspace of one program: results and adjoints of all instructions, one after another.
///
/// A forward and a backward sweep cost about three times the value, whatever the number of
/// parameters.
pub(super) struct Sweep<'a> {
    program: &'a Program,
    /// The offset of each instruction's result, and one more at the end.
    offsets: Vec<usize>,
    /// Whether an instruction depends on parameters.
    varies: Vec<bool>,
    results: Vec<f64>,
    adjoints: Vec<f64>,
}

impl<'a> Sweep<'a> {
    pub fn new(program: &'a Program) -> Sweep<'a> {
        let mut offsets = vec![0];
        let mut varies: Vec<bool> = Vec::new();
        for Instruction { operation, length } in &program.instructions {
            offsets.push(offsets[offsets.len() - 1] + length);
            let reads = operation.operands();
            varies.push(matches!(operation, Operation::Parameters(_)) || reads.iter().any(|k| varies[*k]));
        }
        let size = offsets[offsets.len() - 1];
        let mut results = vec![0.0; size];
        for (k, instruction) in program.instructions.iter().enumerate() {
            if let Operation::Constant(values) = &instruction.operation {
                results[offsets[k]..offsets[k + 1]].copy_from_slice(values);
            }
        }
        Sweep { program, offsets, varies, results, adjoints: vec![0.0; size] }
    }

    /// The value of the first root, one number; none if there is a second root and it is not 0.
    pub fn forward(&mut self, parameters: &[f64]) -> Option<f64> {
        for (k, instruction) in self.program.instructions.iter().enumerate() {
            if !self.varies[k] {
                continue;
            }
            let (before, out) = self.results.split_at_mut(self.offsets[k]);
            let out = &mut out[..instruction.length];
            let at = |place: usize| &before[self.offsets[place]..self.offsets[place + 1]];
            forward(&instruction.operation, out, parameters, at);
        }
        let first = |root: &usize| self.results[self.offsets[*root]];
        let outside = self.program.roots[1..].iter().any(|root| first(root) != 0.0);
        (!outside).then(|| first(&self.program.roots[0]))
    }

    /// The gradient of the first root, after [`Sweep::forward`].
    pub fn backward(&mut self, gradient: &mut [f64]) {
        gradient.fill(0.0);
        self.adjoints.fill(0.0);
        let root = self.offsets[self.program.roots[0]];
        self.adjoints[root] = 1.0;
        for (k, instruction) in self.program.instructions.iter().enumerate().rev() {
            if !self.varies[k] {
                continue;
            }
            let (before, here) = self.adjoints.split_at_mut(self.offsets[k]);
            let adjoint = &here[..instruction.length];
            if let Operation::Parameters(first) = instruction.operation {
                gradient[first..first + adjoint.len()].iter_mut().zip(adjoint).for_each(|(g, a)| *g += a);
                continue;
            }
            let result = |place: usize| &self.results[self.offsets[place]..self.offsets[place + 1]];
            let mut back = Back { before, offsets: &self.offsets, varies: &self.varies };
            backward(&instruction.operation, adjoint, result(k), result, &mut back);
        }
    }
}

/// Evaluates one instruction in the forward sweep.
fn forward<'r>(operation: &Operation, out: &mut [f64], parameters: &[f64], at: impl Fn(usize) -> &'r [f64]) {
    match operation {
        Operation::Parameters(first) => out.copy_from_slice(&parameters[*first..first + out.len()]),
        Operation::Constant(_) => {}
        Operation::Elementary(function, a) => elementary(*function, at(*a), out),
        Operation::Add(a, b) => map2(at(*a), at(*b), out, |a, b| a + b),
        Operation::Subtract(a, b) => map2(at(*a), at(*b), out, |a, b| a - b),
        Operation::Multiply(a, b) => map2(at(*a), at(*b), out, |a, b| a * b),
        Operation::Divide(a, b) => map2(at(*a), at(*b), out, |a, b| a / b),
        Operation::Sum(a) => out[0] = vectorized(|| sum1(at(*a), |v| v)),
        Operation::SumOfSquares(a) => out[0] = vectorized(|| sum1(at(*a), |v| v * v)),
        Operation::Dot(a, b) => out[0] = vectorized(|| sum2(at(*a), at(*b), |v, w| v * w)),
        Operation::LogSumExp(a) => out[0] = pushforward::num::log_sum_exp(at(*a)),
        Operation::Gather(a, places) => {
            let from = at(*a);
            out.iter_mut().zip(places.iter()).for_each(|(o, i)| *o = from[*i]);
        }
        Operation::Join(parts) => {
            let mut rest = out;
            for part in parts {
                let (head, tail) = rest.split_at_mut(at(*part).len());
                head.copy_from_slice(at(*part));
                rest = tail;
            }
        }
        Operation::Product(matrix, a) => {
            out.fill(0.0);
            for (j, x) in at(*a).iter().enumerate() {
                let column = matrix.column(j);
                vectorized(|| out.iter_mut().zip(column).for_each(|(o, m)| *o += m * x));
            }
        }
        Operation::Inside(a, low, high) => {
            let inside = at(*a).iter().all(|v| (*low..=*high).contains(v));
            out[0] = if inside { 0.0 } else { f64::NEG_INFINITY };
        }
    }
}

fn elementary(function: Elementary, from: &[f64], out: &mut [f64]) {
    match function {
        Elementary::Square => {
            vectorized(|| out.iter_mut().zip(from).for_each(|(o, v)| *o = v * v));
        }
        function => out.iter_mut().zip(from).for_each(|(o, v)| *o = function.derivative(*v, 0)),
    }
}

/// out = f(a, b) for each entry; a slice of length 1 stands for one of any length.
#[inline(always)]
fn map2(a: &[f64], b: &[f64], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    vectorized(|| match (a, b) {
        ([a], b) => out.iter_mut().zip(b).for_each(|(o, b)| *o = f(*a, *b)),
        (a, [b]) => out.iter_mut().zip(a).for_each(|(o, a)| *o = f(*a, *b)),
        (a, b) => out.iter_mut().zip(a).zip(b).for_each(|((o, a), b)| *o = f(*a, *b)),
    });
}

/// The adjoints of the instructions before the current one.
struct Back<'b> {
    before: &'b mut [f64],
    offsets: &'b [usize],
    varies: &'b [bool],
}

impl Back<'_> {
    /// The adjoint of a place; none if the place does not depend on parameters.
    fn at(&mut self, place: usize) -> Option<&mut [f64]> {
        self.varies[place].then(|| &mut self.before[self.offsets[place]..self.offsets[place + 1]])
    }

    /// Adds g_i·partial(other_i) to the adjoint of a place, summed over i if that has length 1.
    #[inline(always)]
    fn add(&mut self, place: usize, g: &[f64], other: &[f64], partial: impl Fn(f64) -> f64) {
        let Some(target) = self.at(place) else { return };
        vectorized(|| match (target, other) {
            ([t], [o]) => *t += sum1(g, |g| g) * partial(*o),
            ([t], other) => *t += sum2(g, other, |g, o| g * partial(o)),
            (target, [o]) => {
                let partial = partial(*o);
                target.iter_mut().zip(g).for_each(|(t, g)| *t += g * partial);
            }
            (target, other) => {
                target.iter_mut().zip(g).zip(other).for_each(|((t, g), o)| *t += g * partial(*o));
            }
        });
    }
}

/// Evaluates one instruction in the backward sweep: adds to the adjoints of its operands.
fn backward<'r>(
    operation: &Operation,
    adjoint: &[f64],
    out: &[f64],
    at: impl Fn(usize) -> &'r [f64],
    back: &mut Back<'_>,
) {
    match operation {
        Operation::Parameters(_) | Operation::Constant(_) | Operation::Inside(..) => {}
        Operation::Elementary(Elementary::Exp, a) => back.add(*a, adjoint, out, |e| e),
        Operation::Elementary(Elementary::Square, a) => back.add(*a, adjoint, at(*a), |v| 2.0 * v),
        Operation::Elementary(function, a) => {
            let Some(target) = back.at(*a) else { return };
            let rows = target.iter_mut().zip(adjoint).zip(at(*a));
            rows.for_each(|((t, g), v)| *t += g * function.derivative(*v, 1));
        }
        Operation::Add(a, b) => {
            back.add(*a, adjoint, &[1.0], |one| one);
            back.add(*b, adjoint, &[1.0], |one| one);
        }
        Operation::Subtract(a, b) => {
            back.add(*a, adjoint, &[1.0], |one| one);
            back.add(*b, adjoint, &[-1.0], |one| one);
        }
        Operation::Multiply(a, b) => {
            back.add(*a, adjoint, at(*b), |v| v);
            back.add(*b, adjoint, at(*a), |v| v);
        }
        Operation::Divide(a, b) => {
            back.add(*a, adjoint, at(*b), |v| 1.0 / v);
            // ∂(a/b)/∂b = −(a/b)/b: the quotient is at hand, and one of the two is divided at a
            // time.
            let over: Vec<f64> = match at(*b) {
                [b] => adjoint.iter().map(|g| g / b).collect(),
                b => adjoint.iter().zip(b).map(|(g, b)| g / b).collect(),
            };
            back.add(*b, &over, out, |q| -q);
        }
        Operation::Sum(a) => spread(back, *a, adjoint[0], &[1.0], |one| one),
        Operation::SumOfSquares(a) => spread(back, *a, adjoint[0], at(*a), |v| 2.0 * v),
        Operation::Dot(a, b) => {
            spread(back, *a, adjoint[0], at(*b), |v| v);
            spread(back, *b, adjoint[0], at(*a), |v| v);
        }
        Operation::LogSumExp(a) => spread(back, *a, adjoint[0], at(*a), |v| libm::exp(v - out[0])),
        Operation::Gather(a, places) => {
            let Some(target) = back.at(*a) else { return };
            places.iter().zip(adjoint).for_each(|(i, g)| target[*i] += g);
        }
        Operation::Join(parts) => {
            let mut rest = adjoint;
            for part in parts {
                let (head, tail) = rest.split_at(at(*part).len());
                back.add(*part, head, &[1.0], |one| one);
                rest = tail;
            }
        }
        Operation::Product(matrix, a) => {
            let Some(target) = back.at(*a) else { return };
            for (j, t) in target.iter_mut().enumerate() {
                *t += vectorized(|| sum2(adjoint, matrix.column(j), |g, m| g * m));
            }
        }
    }
}

/// Adds g·partial(other_i) to every entry of an adjoint.
#[inline(always)]
fn spread(back: &mut Back<'_>, place: usize, g: f64, other: &[f64], partial: impl Fn(f64) -> f64) {
    let Some(target) = back.at(place) else { return };
    vectorized(|| match other {
        [o] if target.len() > 1 => {
            let gain = g * partial(*o);
            target.iter_mut().for_each(|t| *t += gain);
        }
        other => target.iter_mut().zip(other).for_each(|(t, o)| *t += g * partial(*o)),
    });
}
