//! Compiles the tree of a formula to instructions: names, shapes and operators.

use super::builder::{Builder, Place};
use super::fault::{Fault, Located};
use super::syntax::{Expression, Index, Kind, Operator, Statement};
use super::{Data, Matrix, Shape, Span};
use pushforward::density::nearest;
use pushforward::num::Elementary;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a name or an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(Place),
    Vector(Place),
    Matrix(Arc<Matrix>),
}

/// A formula while it is compiled to a program.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    pub builder: Builder,
    pub names: BTreeMap<String, Value>,
    /// The places whose sum is the log density.
    pub terms: Vec<Place>,
    /// Places that are 0 or −inf each; a point is outside the support if any is −inf.
    pub supports: Vec<Place>,
}

/// The result of compiling an expression.
pub(super) type Compiled<T> = Result<T, Located>;

impl Compiler {
    /// A compiler that knows the data by their names.
    pub fn with_data(data: &BTreeMap<String, Data>) -> Compiler {
        let mut compiler = Compiler::default();
        for (name, data) in data {
            let value = match data {
                Data::Number(value) => Value::Number(compiler.builder.constant(*value)),
                Data::Vector(values) => Value::Vector(compiler.builder.constants(values.clone())),
                Data::Matrix(matrix) => Value::Matrix(Arc::new(matrix.clone())),
            };
            compiler.names.insert(name.clone(), value);
        }
        compiler
    }

    pub fn shape(&self, value: &Value) -> Shape {
        match value {
            Value::Number(_) => Shape::Number,
            Value::Vector(place) => Shape::Vector(self.builder.length(*place)),
            Value::Matrix(matrix) => Shape::Matrix(matrix.rows(), matrix.columns()),
        }
    }

    /// Compiles all statements in order.
    pub fn statements(&mut self, statements: &[Statement]) -> Compiled<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Compiled<()> {
        match statement {
            Statement::Define { name, span, value } => {
                if self.names.contains_key(name) || name == "target" {
                    return Err(Fault::Redefined { name: name.clone() }.at(*span));
                }
                let value = self.value(value)?;
                self.names.insert(name.clone(), value);
            }
            Statement::Add { value } => {
                let compiled = self.entries(value, "target +=")?;
                let sum = self.builder.sum(compiled);
                self.terms.push(sum);
            }
            Statement::Distributed { left, distribution, span, arguments } => {
                let sum = self.log_density_sum(distribution, *span, left, arguments)?;
                self.terms.push(sum);
            }
        }
        Ok(())
    }

    /// Compiles an expression; one that depends on data alone must be finite.
    pub fn value(&mut self, expression: &Expression) -> Compiled<Value> {
        let value = self.value_as_computed(expression)?;
        let known = match &value {
            Value::Number(place) | Value::Vector(place) => self.builder.known(*place),
            Value::Matrix(matrix) => Some(matrix.entries()),
        };
        let wrong = known.and_then(|values| values.iter().enumerate().find(|(_, value)| !value.is_finite()));
        match wrong {
            Some((k, value)) => Err(Fault::NotFinite { entry: k + 1, value: *value }.at(expression.span)),
            None => Ok(value),
        }
    }

    fn value_as_computed(&mut self, expression: &Expression) -> Compiled<Value> {
        let span = expression.span;
        match &expression.kind {
            Kind::Number(value) => Ok(Value::Number(self.builder.constant(*value))),
            Kind::Name(name) => self.named(name, span),
            Kind::Negative(inner) => match self.value(inner)? {
                Value::Number(place) => Ok(Value::Number(self.builder.negate(place))),
                Value::Vector(place) => Ok(Value::Vector(self.builder.negate(place))),
                Value::Matrix(matrix) => Ok(Value::Matrix(Arc::new(matrix.map(|v| -v)))),
            },
            Kind::Binary(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.binary(*operator, left, right, span)
            }
            Kind::Call { name, arguments } => self.call(name, arguments, span),
            Kind::List(entries) => {
                let parts =
                    entries.iter().map(|entry| self.entries(entry, "a list")).collect::<Compiled<_>>()?;
                Ok(Value::Vector(self.builder.join(parts)))
            }
            Kind::Index { of, indices } => {
                let of = self.value(of)?;
                self.index(of, indices, span)
            }
        }
    }

    fn named(&self, name: &str, span: Span) -> Compiled<Value> {
        let unknown = || {
            let known = nearest(name, self.names.keys().map(String::as_str)).map(str::to_string);
            Fault::Unknown { what: "name", given: name.to_string(), nearest: known }.at(span)
        };
        self.names.get(name).cloned().ok_or_else(unknown)
    }

    /// Compiles a number or a vector and gives the place of its entries.
    pub fn entries(&mut self, expression: &Expression, what: &str) -> Compiled<Place> {
        self.entries_and_shape(expression, what).map(|(place, _)| place)
    }

    /// Compiles a number or a vector and gives the place of its entries and its shape.
    pub fn entries_and_shape(&mut self, expression: &Expression, what: &str) -> Compiled<(Place, Shape)> {
        let value = self.value(expression)?;
        let given = self.shape(&value);
        match value {
            Value::Number(place) | Value::Vector(place) => Ok((place, given)),
            Value::Matrix(_) => {
                let (what, takes) = (what.to_string(), "numbers and vectors");
                Err(Fault::Kind { what, takes, given }.at(expression.span))
            }
        }
    }

    /// Compiles an expression that must be one number that does not depend on parameters.
    pub fn known_number(&mut self, expression: &Expression, what: &'static str) -> Compiled<f64> {
        let value = self.value(expression)?;
        let Value::Number(place) = value else {
            let given = self.shape(&value);
            return Err(Fault::Kind { what: what.to_string(), takes: "a number", given }.at(expression.span));
        };
        match self.builder.known(place) {
            Some(values) => Ok(values[0]),
            None => Err(Fault::NotData { what }.at(expression.span)),
        }
    }

    /// The shape of an elementwise result.
    pub fn common(&self, what: &str, a: Shape, b: Shape, span: Span) -> Compiled<Shape> {
        match (a, b) {
            (Shape::Number, other) | (other, Shape::Number) => Ok(other),
            (a, b) if a == b => Ok(a),
            (left, right) => Err(Fault::Sizes { what: what.to_string(), left, right }.at(span)),
        }
    }

    fn binary(&mut self, operator: Operator, left: Value, right: Value, span: Span) -> Compiled<Value> {
        let shapes = (self.shape(&left), self.shape(&right));
        match (left, right) {
            (Value::Matrix(matrix), Value::Vector(vector)) if operator == Operator::Multiply => {
                if self.builder.length(vector) != matrix.columns() {
                    return Err(
                        Fault::Sizes { what: "*".to_string(), left: shapes.0, right: shapes.1 }.at(span)
                    );
                }
                Ok(Value::Vector(self.builder.product(matrix, vector)))
            }
            (Value::Matrix(matrix), Value::Number(number))
            | (Value::Number(number), Value::Matrix(matrix))
                if operator == Operator::Multiply =>
            {
                match self.builder.known(number) {
                    Some(values) => Ok(Value::Matrix(Arc::new(matrix.map(|v| v * values[0])))),
                    None => Err(Fault::NotData { what: "a factor of a matrix" }.at(span)),
                }
            }
            (Value::Matrix(_), _) | (_, Value::Matrix(_)) => {
                Err(Fault::Sizes { what: operator.sign().to_string(), left: shapes.0, right: shapes.1 }
                    .at(span))
            }
            (Value::Number(a) | Value::Vector(a), Value::Number(b) | Value::Vector(b)) => {
                let shape = self.common(operator.sign(), shapes.0, shapes.1, span)?;
                let place = match operator {
                    Operator::Add => self.builder.add(a, b),
                    Operator::Subtract => self.builder.subtract(a, b),
                    Operator::Multiply => self.builder.multiply(a, b),
                    Operator::Divide => self.builder.divide(a, b),
                    Operator::Power => self.power(a, b),
                };
                Ok(of_shape(shape, place))
            }
        }
    }

    /// a^b: a power if b is one known number, otherwise e^{b log a}.
    pub fn power(&mut self, a: Place, b: Place) -> Place {
        match self.builder.known(b) {
            Some([exponent]) => {
                let exponent = *exponent;
                let whole = exponent == libm::trunc(exponent) && exponent.abs() <= 64.0;
                let function = match exponent {
                    2.0 => Elementary::Square,
                    -1.0 => Elementary::Recip,
                    0.5 => Elementary::Sqrt,
                    _ if whole => Elementary::Powi(exponent as i32),
                    _ => Elementary::Powf(exponent),
                };
                self.builder.elementary(function, a)
            }
            _ => {
                let log = self.builder.log(a);
                let product = self.builder.multiply(b, log);
                self.builder.elementary(Elementary::Exp, product)
            }
        }
    }

    fn index(&mut self, of: Value, indices: &[Index], span: Span) -> Compiled<Value> {
        let shape = self.shape(&of);
        let wrong = |takes| {
            Err(Fault::Kind { what: format!("an index of {} places", indices.len()), takes, given: shape }
                .at(span))
        };
        match (of, indices) {
            (Value::Vector(place), [index]) => {
                let (chosen, one) = self.chosen(index, self.builder.length(place))?;
                let gathered = self.builder.gather(place, chosen);
                Ok(if one { Value::Number(gathered) } else { Value::Vector(gathered) })
            }
            (Value::Matrix(matrix), [row]) => {
                let (rows, one) = self.chosen(row, matrix.rows())?;
                Ok(self.submatrix(&matrix, &rows, &(0..matrix.columns()).collect::<Vec<_>>(), (one, false)))
            }
            (Value::Matrix(matrix), [row, column]) => {
                let (rows, one_row) = self.chosen(row, matrix.rows())?;
                let (columns, one_column) = self.chosen(column, matrix.columns())?;
                Ok(self.submatrix(&matrix, &rows, &columns, (one_row, one_column)))
            }
            (Value::Number(_), _) => wrong("a vector or a matrix"),
            (Value::Vector(_), _) => wrong("a matrix"),
            (Value::Matrix(_), _) => wrong("things of as many sides"),
        }
    }

    fn submatrix(&mut self, matrix: &Matrix, rows: &[usize], columns: &[usize], one: (bool, bool)) -> Value {
        let entries: Vec<f64> =
            columns.iter().flat_map(|j| rows.iter().map(|i| matrix.column(*j)[*i])).collect();
        match one {
            (true, true) => Value::Number(self.builder.constants(entries)),
            (true, false) | (false, true) => Value::Vector(self.builder.constants(entries)),
            (false, false) => Value::Matrix(Arc::new(Matrix::new(rows.len(), columns.len(), entries))),
        }
    }

    /// The places, from 0, that an index selects out of `size`, and whether it is a single number.
    fn chosen(&mut self, index: &Index, size: usize) -> Compiled<(Vec<usize>, bool)> {
        let place = |value: f64, span: Span| {
            let fits = value >= 1.0 && value <= size as f64 && value == libm::trunc(value);
            if fits { Ok(value as usize - 1) } else { Err(Fault::Index { index: value, size }.at(span)) }
        };
        match index {
            Index::All => Ok(((0..size).collect(), false)),
            Index::Range(from, to) => {
                let (first, last) =
                    (self.known_number(from, "an index")?, self.known_number(to, "an index")?);
                Ok(((place(first, from.span)?..place(last, to.span)? + 1).collect(), false))
            }
            Index::At(expression) => {
                let (entries, shape) = self.entries_and_shape(expression, "an index")?;
                let known = self.builder.known(entries);
                let known = known.ok_or(Fault::NotData { what: "an index" }.at(expression.span))?;
                let places = known.iter().map(|value| place(*value, expression.span));
                Ok((places.collect::<Compiled<_>>()?, shape == Shape::Number))
            }
        }
    }
}

/// A value of the given shape, which is not a matrix.
pub(super) fn of_shape(shape: Shape, place: Place) -> Value {
    if shape == Shape::Number { Value::Number(place) } else { Value::Vector(place) }
}
