//! A compiled formula: a flat list of instructions on vectors, run forward on any scalar.

use super::Matrix;
use pushforward::num::{Elementary, Scalar, log_sum_exp_scalars};
use std::sync::Arc;

/// The operation of an instruction on the results of earlier instructions, given by their places.
/// In arithmetic a result of length 1 combines with one of any length.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operation {
    /// The parameters from this index on.
    Parameters(usize),
    Constant(Arc<[f64]>),
    Elementary(Elementary, usize),
    Add(usize, usize),
    Subtract(usize, usize),
    Multiply(usize, usize),
    Divide(usize, usize),
    Sum(usize),
    SumOfSquares(usize),
    Dot(usize, usize),
    LogSumExp(usize),
    /// Entries of one result, counted from 0.
    Gather(usize, Arc<[usize]>),
    /// Several results, one after another.
    Join(Vec<usize>),
    /// The product of a matrix and a vector.
    Product(Arc<Matrix>, usize),
    /// The sum of 0 for each entry within these bounds and −inf for each outside.
    Inside(usize, f64, f64),
}

impl Operation {
    /// The places of the operands.
    pub fn operands(&self) -> Vec<usize> {
        self.clone().operands_mut().into_iter().map(|place| *place).collect()
    }

    fn operands_mut(&mut self) -> Vec<&mut usize> {
        match self {
            Operation::Parameters(_) | Operation::Constant(_) => Vec::new(),
            Operation::Elementary(_, a)
            | Operation::Sum(a)
            | Operation::SumOfSquares(a)
            | Operation::LogSumExp(a)
            | Operation::Gather(a, _)
            | Operation::Product(_, a)
            | Operation::Inside(a, ..) => vec![a],
            Operation::Add(a, b)
            | Operation::Subtract(a, b)
            | Operation::Multiply(a, b)
            | Operation::Divide(a, b)
            | Operation::Dot(a, b) => vec![a, b],
            Operation::Join(list) => list.iter_mut().collect(),
        }
    }
}

/// An operation and the length of its result.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Instruction {
    pub operation: Operation,
    pub length: usize,
}

/// Instructions that read only earlier ones, and the places of the results.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub instructions: Vec<Instruction>,
    pub roots: Vec<usize>,
}

impl Program {
    /// A program of the instructions on which the roots depend.
    pub fn new(instructions: &[Instruction], roots: &[usize]) -> Program {
        let mut needed = vec![false; instructions.len()];
        roots.iter().for_each(|root| needed[*root] = true);
        for k in (0..instructions.len()).rev() {
            if needed[k] {
                instructions[k].operation.operands().iter().for_each(|operand| needed[*operand] = true);
            }
        }
        let mut moved = vec![0; instructions.len()];
        let mut kept: Vec<Instruction> = Vec::new();
        for k in (0..instructions.len()).filter(|k| needed[*k]) {
            let mut instruction = instructions[k].clone();
            instruction.operation.operands_mut().into_iter().for_each(|operand| *operand = moved[*operand]);
            moved[k] = kept.len();
            kept.push(instruction);
        }
        Program { instructions: kept, roots: roots.iter().map(|root| moved[*root]).collect() }
    }

    /// The values of the roots, one after another, at the parameters.
    ///
    /// This runs on any scalar and is slower than [`Sweep`](super::sweep::Sweep), which is tested
    /// against it.
    pub fn run<S: Scalar>(&self, parameters: &[S]) -> Vec<S> {
        let mut results: Vec<Vec<S>> = Vec::with_capacity(self.instructions.len());
        for Instruction { operation, length } in &self.instructions {
            let result = match operation {
                Operation::Parameters(first) => parameters[*first..first + length].to_vec(),
                other => {
                    let operands = other.operands();
                    let inputs: Vec<&[S]> = operands.iter().map(|place| results[*place].as_slice()).collect();
                    apply(other, *length, &inputs)
                }
            };
            results.push(result);
        }
        self.roots.iter().flat_map(|root| results[*root].iter().cloned()).collect()
    }
}

/// The result of an operation, other than a parameter, from its operands in order.
pub(super) fn apply<S: Scalar>(operation: &Operation, length: usize, inputs: &[&[S]]) -> Vec<S> {
    let both = |f: &dyn Fn(S, S) -> S| {
        let at = |k: usize, i: usize| inputs[k][if inputs[k].len() == 1 { 0 } else { i }].clone();
        (0..length).map(|i| f(at(0, i), at(1, i))).collect()
    };
    let sum =
        |terms: &mut dyn Iterator<Item = S>| vec![terms.reduce(|a, b| a + b).unwrap_or(S::constant(0.0))];
    match operation {
        Operation::Parameters(_) => unreachable!("parameters are no result of operands"),
        Operation::Constant(values) => values.iter().map(|v| S::constant(*v)).collect(),
        Operation::Elementary(function, _) => inputs[0].iter().map(|v| v.elementary(*function, 0)).collect(),
        Operation::Add(..) => both(&|a, b| a + b),
        Operation::Subtract(..) => both(&|a, b| a - b),
        Operation::Multiply(..) => both(&|a, b| a * b),
        Operation::Divide(..) => both(&|a, b| a / b),
        Operation::Sum(_) => sum(&mut inputs[0].iter().cloned()),
        Operation::SumOfSquares(_) => sum(&mut inputs[0].iter().map(|v| v.square())),
        Operation::Dot(..) => sum(&mut inputs[0].iter().zip(inputs[1]).map(|(a, b)| a.clone() * b.clone())),
        Operation::LogSumExp(_) => vec![log_sum_exp_scalars(inputs[0])],
        Operation::Gather(_, places) => places.iter().map(|i| inputs[0][*i].clone()).collect(),
        Operation::Join(_) => inputs.iter().flat_map(|list| list.iter().cloned()).collect(),
        Operation::Product(matrix, _) => {
            (0..length).map(|i| S::weighted_sum(&matrix.row(i), inputs[0])).collect()
        }
        Operation::Inside(_, low, high) => {
            let inside = inputs[0].iter().all(|v| (*low..=*high).contains(&v.value()));
            vec![S::constant(if inside { 0.0 } else { f64::NEG_INFINITY })]
        }
    }
}
