//! Compiles calls of functions in a formula.

use super::builder::Place;
use super::compiler::{Compiled, Compiler, Value, of_shape};
use super::densities::density_names;
use super::fault::Fault;
use super::functions::{OF_EACH, OTHERS};
use super::syntax::Expression;
use super::{Shape, Span};
use pushforward::density::nearest;
use pushforward::num::Elementary;

impl Compiler {
    /// Compiles a call of a function, or of a log density used as a function.
    pub fn call(&mut self, name: &str, arguments: &[Expression], span: Span) -> Compiled<Value> {
        if let Some((_, function)) = OF_EACH.iter().find(|(known, _)| *known == name) {
            let [argument] = self.of_count(name, arguments, "1 argument", span)?;
            let (entries, shape) = self.entries_and_shape(argument, name)?;
            return Ok(of_shape(shape, function(&mut self.builder, entries)));
        }
        let density = |suffix: &str| name.strip_suffix(suffix).map(str::to_string);
        if let Some(distribution) = density("_lpdf").or(density("_lpmf")) {
            let (left, rest) = self.left_and_rest(name, arguments, span)?;
            return Ok(Value::Number(self.log_density_sum(&distribution, span, left, rest)?));
        }
        if let Some(distribution) = density("_each") {
            let (left, rest) = self.left_and_rest(name, arguments, span)?;
            return self.log_density_of_each(&distribution, span, left, rest);
        }
        match name {
            "sum" | "mean" | "sd" => self.moment(name, arguments, span),
            "dot" | "dot_product" => self.dot(name, arguments, span),
            "log_sum_exp" if arguments.len() == 1 => {
                let entries = self.entries(&arguments[0], name)?;
                Ok(Value::Number(self.builder.log_sum_exp(entries)))
            }
            "log_sum_exp" => {
                let [a, b] = self.of_count(name, arguments, "a vector, or 2 arguments", span)?;
                self.elementwise(name, a, b, span, |compiler, a, b| compiler.builder.log_add_exp(a, b))
            }
            "pow" => {
                let [a, b] = self.of_count(name, arguments, "2 arguments", span)?;
                self.elementwise(name, a, b, span, Compiler::power)
            }
            "log_mix" => self.log_mix(name, arguments, span),
            "length" | "size" | "rows" | "cols" => self.size(name, arguments, span),
            "pi" => {
                let [] = self.of_count(name, arguments, "no argument", span)?;
                Ok(Value::Number(self.builder.constant(std::f64::consts::PI)))
            }
            _ => Err(unknown_function(name).at(Span { end: span.start + name.len(), ..span })),
        }
    }

    fn of_count<'e, const N: usize>(
        &self,
        name: &str,
        arguments: &'e [Expression],
        takes: &'static str,
        span: Span,
    ) -> Compiled<[&'e Expression; N]> {
        let list: Vec<&Expression> = arguments.iter().collect();
        let count = |_| Fault::Count { name: name.to_string(), takes, given: arguments.len() }.at(span);
        list.try_into().map_err(count)
    }

    fn left_and_rest<'e>(
        &self,
        name: &str,
        arguments: &'e [Expression],
        span: Span,
    ) -> Compiled<(&'e Expression, &'e [Expression])> {
        let takes = "a value and the arguments of the distribution";
        let none = || Fault::Count { name: name.to_string(), takes, given: 0 }.at(span);
        arguments.split_first().ok_or_else(none)
    }

    fn elementwise(
        &mut self,
        name: &str,
        a: &Expression,
        b: &Expression,
        span: Span,
        f: impl Fn(&mut Compiler, Place, Place) -> Place,
    ) -> Compiled<Value> {
        let ((a, of_a), (b, of_b)) = (self.entries_and_shape(a, name)?, self.entries_and_shape(b, name)?);
        let shape = self.common(name, of_a, of_b, span)?;
        Ok(of_shape(shape, f(self, a, b)))
    }

    /// The sum, the mean, or the standard deviation with divisor n − 1.
    fn moment(&mut self, name: &str, arguments: &[Expression], span: Span) -> Compiled<Value> {
        let [argument] = self.of_count(name, arguments, "1 argument", span)?;
        let entries = self.entries(argument, name)?;
        let n = self.builder.length(entries);
        let sum = self.builder.sum(entries);
        if name == "sum" {
            return Ok(Value::Number(sum));
        }
        let mean = self.builder.scale(sum, 1.0 / n as f64);
        if name == "mean" {
            return Ok(Value::Number(mean));
        }
        if n < 2 {
            let given = Shape::Vector(n);
            return Err(Fault::Kind { what: name.to_string(), takes: "two entries or more", given }.at(span));
        }
        let centred = self.builder.subtract(entries, mean);
        let square = self.builder.square(centred);
        let sum = self.builder.sum(square);
        let variance = self.builder.scale(sum, 1.0 / (n - 1) as f64);
        Ok(Value::Number(self.builder.elementary(Elementary::Sqrt, variance)))
    }

    fn dot(&mut self, name: &str, arguments: &[Expression], span: Span) -> Compiled<Value> {
        let [a, b] = self.of_count(name, arguments, "2 arguments", span)?;
        let ((a, left), (b, right)) = (self.entries_and_shape(a, name)?, self.entries_and_shape(b, name)?);
        if left != right {
            return Err(Fault::Sizes { what: name.to_string(), left, right }.at(span));
        }
        let product = self.builder.multiply(a, b);
        Ok(Value::Number(self.builder.sum(product)))
    }

    /// log(p e^a + (1 − p) e^b) for each entry.
    fn log_mix(&mut self, name: &str, arguments: &[Expression], span: Span) -> Compiled<Value> {
        let [p, a, b] = self.of_count(name, arguments, "a weight and 2 log densities", span)?;
        let (p, of_p) = self.entries_and_shape(p, name)?;
        let ((a, of_a), (b, of_b)) = (self.entries_and_shape(a, name)?, self.entries_and_shape(b, name)?);
        let shape = self.common(name, self.common(name, of_a, of_b, span)?, of_p, span)?;
        let builder = &mut self.builder;
        let (log_p, minus) = (builder.log(p), builder.negate(p));
        let log_rest = builder.elementary(Elementary::Ln1p, minus);
        let (first, second) = (builder.add(log_p, a), builder.add(log_rest, b));
        Ok(of_shape(shape, builder.log_add_exp(first, second)))
    }

    fn size(&mut self, name: &str, arguments: &[Expression], span: Span) -> Compiled<Value> {
        let [argument] = self.of_count(name, arguments, "1 argument", span)?;
        let value = self.value(argument)?;
        let size = match self.shape(&value) {
            Shape::Number => 1,
            Shape::Vector(n) => n,
            Shape::Matrix(_, columns) if name == "cols" => columns,
            Shape::Matrix(rows, _) if name == "rows" => rows,
            Shape::Matrix(rows, columns) => rows * columns,
        };
        Ok(Value::Number(self.builder.constant(size as f64)))
    }
}

fn unknown_function(name: &str) -> Fault {
    let known: Vec<String> = OF_EACH
        .iter()
        .map(|(known, _)| known.to_string())
        .chain(OTHERS.map(str::to_string))
        .chain(density_names().flat_map(|known| [format!("{known}_lpdf"), format!("{known}_each")]))
        .collect();
    let found = nearest(name, known.iter().map(String::as_str)).map(str::to_string);
    Fault::Unknown { what: "function", given: name.to_string(), nearest: found }
}
