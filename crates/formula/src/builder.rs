//! Writes the instructions of a formula; constants are folded, and sums are taken as early as
//! possible.

use super::Matrix;
use super::program::{Instruction, Operation, apply};
use pushforward::num::Elementary;
use std::sync::Arc;

/// The instructions written so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Builder {
    pub instructions: Vec<Instruction>,
    /// The bounds that the entries of parameters are known to keep.
    bounds: Vec<(f64, f64)>,
}

/// The index of the instruction that computes a result.
pub(super) type Place = usize;

impl Builder {
    pub fn length(&self, place: Place) -> usize {
        self.instructions[place].length
    }

    /// The values of a result if they do not depend on parameters.
    pub fn known(&self, place: Place) -> Option<&[f64]> {
        match &self.instructions[place].operation {
            Operation::Constant(values) => Some(values),
            _ => None,
        }
    }

    /// The value of a result if it is one number that does not depend on parameters.
    fn known_number(&self, place: Place) -> Option<f64> {
        self.known(place).and_then(|values| if let [value] = values { Some(*value) } else { None })
    }

    pub fn constants(&mut self, values: Vec<f64>) -> Place {
        let length = values.len();
        self.write(Operation::Constant(values.into()), length)
    }

    pub fn constant(&mut self, value: f64) -> Place {
        self.constants(vec![value])
    }

    /// The parameters from index `first`, whose entries keep to the bounds.
    pub fn parameters(&mut self, first: usize, length: usize, bounds: (f64, f64)) -> Place {
        let place = self.write(Operation::Parameters(first), length);
        self.bounds[place] = bounds;
        place
    }

    /// The bounds that all entries of a result keep.
    pub fn bounds(&self, place: Place) -> (f64, f64) {
        self.bounds[place]
    }

    fn write(&mut self, operation: Operation, length: usize) -> Place {
        self.instructions.push(Instruction { operation, length });
        self.bounds.push((f64::NEG_INFINITY, f64::INFINITY));
        self.instructions.len() - 1
    }

    /// Writes an operation, or its result if all its operands are constants.
    fn push(&mut self, operation: Operation, length: usize) -> Place {
        let operands = operation.operands();
        let known: Option<Vec<&[f64]>> = operands.iter().map(|place| self.known(*place)).collect();
        match known {
            Some(inputs) => {
                let values = apply(&operation, length, &inputs);
                self.constants(values)
            }
            None => self.write(operation, length),
        }
    }

    /// The length of an elementwise result. Lengths that do not match are a mistake of the caller,
    /// who checks shapes.
    fn common(&self, a: Place, b: Place) -> usize {
        let (a, b) = (self.length(a), self.length(b));
        debug_assert!(a == b || a == 1 || b == 1, "lengths {a} and {b}");
        if a == 1 { b } else { a }
    }

    pub fn elementary(&mut self, function: Elementary, a: Place) -> Place {
        self.push(Operation::Elementary(function, a), self.length(a))
    }

    pub fn add(&mut self, a: Place, b: Place) -> Place {
        match (self.known_number(a), self.known_number(b)) {
            (Some(0.0), _) => b,
            (_, Some(0.0)) => a,
            _ => self.push(Operation::Add(a, b), self.common(a, b)),
        }
    }

    /// The difference a − b. (p + b) − b gives p, because rounding would leave nothing of a small
    /// p.
    pub fn subtract(&mut self, a: Place, b: Place) -> Place {
        let rest = match self.instructions[a].operation {
            Operation::Add(p, q) if q == b => Some(p),
            Operation::Add(p, q) if p == b => Some(q),
            _ => None,
        };
        match (rest, self.known_number(b)) {
            (Some(rest), _) if self.length(rest) == self.length(a) => rest,
            (_, Some(0.0)) => a,
            _ => self.push(Operation::Subtract(a, b), self.common(a, b)),
        }
    }

    pub fn multiply(&mut self, a: Place, b: Place) -> Place {
        match (self.known_number(a), self.known_number(b)) {
            (Some(1.0), _) => b,
            (_, Some(1.0)) => a,
            _ => self.push(Operation::Multiply(a, b), self.common(a, b)),
        }
    }

    /// The ratio a/b. (p·b)/b gives p, also where b is 0.
    pub fn divide(&mut self, a: Place, b: Place) -> Place {
        let rest = match self.instructions[a].operation {
            Operation::Multiply(p, q) if q == b => Some(p),
            Operation::Multiply(p, q) if p == b => Some(q),
            _ => None,
        };
        match (rest, self.known_number(b)) {
            (Some(rest), _) if self.length(rest) == self.length(a) => rest,
            (_, Some(1.0)) => a,
            _ => self.push(Operation::Divide(a, b), self.common(a, b)),
        }
    }

    pub fn scale(&mut self, a: Place, factor: f64) -> Place {
        let factor = self.constant(factor);
        self.multiply(factor, a)
    }

    pub fn shift(&mut self, a: Place, summand: f64) -> Place {
        let summand = self.constant(summand);
        self.add(a, summand)
    }

    pub fn negate(&mut self, a: Place) -> Place {
        self.scale(a, -1.0)
    }

    pub fn square(&mut self, a: Place) -> Place {
        self.elementary(Elementary::Square, a)
    }

    pub fn log(&mut self, a: Place) -> Place {
        self.elementary(Elementary::Ln, a)
    }

    /// ln(e^a + e^b) for each entry.
    pub fn log_add_exp(&mut self, a: Place, b: Place) -> Place {
        let difference = self.subtract(b, a);
        let gain = self.elementary(Elementary::Softplus, difference);
        self.add(a, gain)
    }

    pub fn log_sum_exp(&mut self, a: Place) -> Place {
        self.push(Operation::LogSumExp(a), 1)
    }

    pub fn gather(&mut self, a: Place, places: Vec<usize>) -> Place {
        let length = places.len();
        self.push(Operation::Gather(a, places.into()), length)
    }

    pub fn join(&mut self, parts: Vec<Place>) -> Place {
        let length = parts.iter().map(|part| self.length(*part)).sum();
        self.push(Operation::Join(parts), length)
    }

    pub fn product(&mut self, matrix: Arc<Matrix>, a: Place) -> Place {
        let length = matrix.rows();
        self.push(Operation::Product(matrix, a), length)
    }

    /// 0 for each entry within the bounds and −inf for each outside, summed; none if all entries
    /// are known to be within.
    pub fn inside(&mut self, a: Place, (low, high): (f64, f64)) -> Option<Place> {
        let known = self.bounds(a);
        let kept = known.0 >= low && known.1 <= high;
        (!kept).then(|| self.push(Operation::Inside(a, low, high), 1))
    }

    /// The sum of the entries. Factors and summands of length 1 are taken out, and squares and
    /// products are never stored.
    pub fn sum(&mut self, a: Place) -> Place {
        let length = self.length(a);
        if length == 1 {
            return a;
        }
        match self.instructions[a].operation.clone() {
            Operation::Multiply(b, c) if self.length(b) == 1 => {
                let rest = self.sum(c);
                self.multiply(b, rest)
            }
            Operation::Multiply(b, c) if self.length(c) == 1 => {
                let rest = self.sum(b);
                self.multiply(c, rest)
            }
            Operation::Multiply(b, c) => self.push(Operation::Dot(b, c), 1),
            Operation::Divide(b, c) if self.length(c) == 1 => {
                let rest = self.sum(b);
                self.divide(rest, c)
            }
            Operation::Add(b, c) => {
                let (b, c) = (self.total(b, length), self.total(c, length));
                self.add(b, c)
            }
            Operation::Subtract(b, c) => {
                let (b, c) = (self.total(b, length), self.total(c, length));
                self.subtract(b, c)
            }
            Operation::Elementary(Elementary::Square, b) => self.sum_of_squares(b),
            _ => self.push(Operation::Sum(a), 1),
        }
    }

    /// The sum of squares; a divisor or factor of length 1 is taken out.
    fn sum_of_squares(&mut self, a: Place) -> Place {
        match self.instructions[a].operation.clone() {
            Operation::Divide(b, c) if self.length(c) == 1 => {
                // It is divided twice, because the square of a small scale underflows earlier.
                let rest = self.sum_of_squares(b);
                let once = self.divide(rest, c);
                self.divide(once, c)
            }
            Operation::Multiply(b, c) if self.length(b) == 1 || self.length(c) == 1 => {
                let (number, vector) = if self.length(b) == 1 { (b, c) } else { (c, b) };
                let (rest, square) = (self.sum_of_squares(vector), self.square(number));
                self.multiply(square, rest)
            }
            _ => self.push(Operation::SumOfSquares(a), 1),
        }
    }

    /// The sum over `n` entries of a result that has n entries, or one entry that stands for all.
    pub fn total(&mut self, a: Place, n: usize) -> Place {
        if self.length(a) == 1 { self.scale(a, n as f64) } else { self.sum(a) }
    }
}
