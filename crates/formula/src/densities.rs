//! Log densities in a formula: `y ~ name(…)`, `name_lpdf(y | …)` and `name_each(y | …)`.

use super::builder::Place;
use super::compiler::{Compiled, Compiler, Value, of_shape};
use super::distributions::{DISTRIBUTIONS, Distribution, Need, Support};
use super::fault::Fault;
use super::syntax::Expression;
use super::{Matrix, Shape, Span};
use nalgebra::DMatrix;
use pushforward::density::nearest;
use pushforward::num::Elementary;
use std::f64::consts::PI;
use std::sync::Arc;

/// The distributions of whole vectors.
const OF_VECTORS: [&str; 2] = ["multi_normal", "dirichlet"];

/// The names of all distributions.
pub(super) fn density_names() -> impl Iterator<Item = &'static str> {
    DISTRIBUTIONS.iter().map(|known| known.name).chain(OF_VECTORS)
}

/// The pieces whose sum is a log density of `n` entries.
struct Pieces {
    shape: Shape,
    n: usize,
    pieces: Vec<Place>,
}

impl Compiler {
    /// Compiles Σ log p(y_i | …) over the entries of y.
    pub fn log_density_sum(
        &mut self,
        name: &str,
        span: Span,
        left: &Expression,
        arguments: &[Expression],
    ) -> Compiled<Place> {
        match name {
            "multi_normal" => return self.multi_normal(span, left, arguments),
            "dirichlet" => return self.dirichlet(span, left, arguments),
            _ => {}
        }
        let Pieces { n, pieces, .. } = self.pieces(name, span, left, arguments)?;
        let mut sum = self.builder.constant(0.0);
        for piece in pieces {
            let total = self.builder.total(piece, n);
            sum = self.builder.add(sum, total);
        }
        Ok(sum)
    }

    /// Compiles log p(y_i | …) for each entry.
    pub fn log_density_of_each(
        &mut self,
        name: &str,
        span: Span,
        left: &Expression,
        arguments: &[Expression],
    ) -> Compiled<Value> {
        let Pieces { shape, n, pieces } = self.pieces(name, span, left, arguments)?;
        // There is a zero for each entry, because all pieces may have length 1.
        let mut sum = self.builder.constants(vec![0.0; n]);
        for piece in pieces {
            sum = self.builder.add(sum, piece);
        }
        Ok(of_shape(shape, sum))
    }

    fn pieces(
        &mut self,
        name: &str,
        span: Span,
        left: &Expression,
        arguments: &[Expression],
    ) -> Compiled<Pieces> {
        let distribution = DISTRIBUTIONS.iter().find(|known| known.name == name);
        let distribution = distribution.ok_or_else(|| unknown_distribution(name).at(span))?;
        if arguments.len() != distribution.arguments.len() {
            return Err(wrong_count(distribution, arguments.len()).at(span));
        }
        let (y, mut shape) = self.entries_and_shape(left, name)?;
        let mut places = Vec::new();
        for (argument, (word, need)) in arguments.iter().zip(distribution.arguments) {
            let (place, of_argument) = self.entries_and_shape(argument, name)?;
            let both = left.span.to(argument.span);
            shape = self.common(&format!("{name} with {word}"), shape, of_argument, both)?;
            self.check_argument(distribution, word, *need, place, argument.span)?;
            places.push(place);
        }
        self.support(distribution, y, &places, left, arguments)?;
        let n = if let Shape::Vector(n) = shape { n } else { 1 };
        let pieces = (distribution.pieces)(&mut self.builder, y, &places);
        Ok(Pieces { shape, n, pieces })
    }

    /// Checks that an argument that does not depend on parameters is what the distribution needs.
    fn check_argument(
        &self,
        distribution: &Distribution,
        argument: &'static str,
        need: Need,
        place: Place,
        span: Span,
    ) -> Compiled<()> {
        let Some(values) = self.builder.known(place) else {
            return if need == Need::Counts {
                Err(Fault::NotData { what: "a number of trials" }.at(span))
            } else {
                Ok(())
            };
        };
        let (fits, must_be): (fn(f64) -> bool, &'static str) = match need {
            Need::Any => return Ok(()),
            Need::Positive => (|v| v > 0.0, "positive"),
            Need::Unit => (|v| (0.0..=1.0).contains(&v), "from 0 to 1"),
            Need::Counts => (is_count, "a whole number, at least 0"),
        };
        match values.iter().find(|v| !fits(**v)) {
            None => Ok(()),
            Some(value) => {
                let distribution = distribution.name.to_string();
                Err(Fault::Argument { distribution, argument, value: *value, must_be }.at(span))
            }
        }
    }

    /// Checks that data lie in the support; for anything else adds a term that is −inf outside.
    fn support(
        &mut self,
        distribution: &Distribution,
        y: Place,
        arguments: &[Place],
        left: &Expression,
        words: &[Expression],
    ) -> Compiled<()> {
        let bounds = match distribution.support {
            Support::Real => return Ok(()),
            Support::Positive | Support::NotNegative => (0.0, f64::INFINITY),
            Support::Unit => (0.0, 1.0),
            Support::Arguments => (
                self.known_number(&words[0], "a bound of uniform")?,
                self.known_number(&words[1], "a bound of uniform")?,
            ),
            Support::Counts | Support::Binary | Support::CountsUpToFirst => {
                return self.counts(distribution, y, arguments, left);
            }
        };
        if bounds.0 >= bounds.1 {
            let distribution = distribution.name.to_string();
            let must_be = "above the lower bound";
            return Err(Fault::Argument { distribution, argument: "high", value: bounds.1, must_be }
                .at(words[1].span));
        }
        let strict = matches!(distribution.support, Support::Positive | Support::Unit);
        let Some(values) = self.builder.known(y) else {
            let inside = self.builder.inside(y, bounds);
            self.supports.extend(inside);
            return Ok(());
        };
        let (low, high) = bounds;
        let fits = |v: f64| if strict { v > low && v < high } else { v >= low && v <= high };
        match values.iter().enumerate().find(|(_, v)| !fits(**v)) {
            None => Ok(()),
            Some((k, value)) => {
                let must_be = match (high.is_finite(), strict) {
                    (true, _) => format!("between {low} and {high}"),
                    (false, true) => "positive".to_string(),
                    (false, false) => "at least 0".to_string(),
                };
                let distribution = distribution.name.to_string();
                Err(Fault::Support { distribution, entry: k + 1, value: *value, must_be }.at(left.span))
            }
        }
    }

    fn counts(
        &self,
        distribution: &Distribution,
        y: Place,
        arguments: &[Place],
        left: &Expression,
    ) -> Compiled<()> {
        let values = self.builder.known(y).ok_or(Fault::NotData { what: "a count" }.at(left.span))?;
        let most = |k: usize| match distribution.support {
            Support::Binary => 1.0,
            Support::CountsUpToFirst => {
                let trials = self.builder.known(arguments[0]).expect("trials were checked to be data");
                trials[if trials.len() == 1 { 0 } else { k }]
            }
            _ => f64::INFINITY,
        };
        // One count may stand for several numbers of trials.
        let n = values.len().max(arguments.first().map_or(1, |place| self.builder.length(*place)));
        let value = |k: usize| values[if values.len() == 1 { 0 } else { k }];
        match (0..n).find(|k| !(is_count(value(*k)) && value(*k) <= most(*k))) {
            None => Ok(()),
            Some(k) => {
                let must_be = match most(k) {
                    f64::INFINITY => "a whole number, at least 0".to_string(),
                    most => format!("a whole number from 0 to {most}"),
                };
                let distribution = distribution.name.to_string();
                Err(Fault::Support { distribution, entry: k + 1, value: value(k), must_be }.at(left.span))
            }
        }
    }

    /// −½|L⁻¹(y − μ)|² − log det L − (d/2) log 2π, where the covariance LLᵀ is data.
    fn multi_normal(&mut self, span: Span, left: &Expression, arguments: &[Expression]) -> Compiled<Place> {
        let [mu, sigma] = arguments else {
            let (name, takes) = ("multi_normal".to_string(), "a mean and a covariance");
            return Err(Fault::Count { name, takes, given: arguments.len() }.at(span));
        };
        let (y, centre) = (self.entries(left, "multi_normal")?, self.entries(mu, "multi_normal")?);
        let covariance = self.value(sigma)?;
        let shape = self.shape(&covariance);
        let Value::Matrix(covariance) = covariance else {
            let (what, takes) = ("the covariance of multi_normal".to_string(), "a matrix of data");
            return Err(Fault::Kind { what, takes, given: shape }.at(sigma.span));
        };
        let d = self.builder.length(y).max(self.builder.length(centre));
        let fits = |place: Place| [1, d].contains(&self.builder.length(place));
        if shape != Shape::Matrix(d, d) || !fits(y) || !fits(centre) {
            let left_shape = Shape::Vector(d);
            return Err(
                Fault::Sizes { what: "multi_normal".to_string(), left: left_shape, right: shape }.at(span)
            );
        }
        let dense = DMatrix::from_column_slice(d, d, covariance.entries());
        let Some(factor) = (dense == dense.transpose()).then(|| dense.cholesky()).flatten() else {
            let (what, takes) =
                ("the covariance of multi_normal".to_string(), "a symmetric, positive definite matrix");
            return Err(Fault::Kind { what, takes, given: shape }.at(sigma.span));
        };
        let root = factor.l();
        let log_det: f64 = root.diagonal().iter().map(|v| libm::log(*v)).sum();
        let whitening = root.try_inverse().expect("a Cholesky factor is invertible");
        let centred = self.builder.subtract(y, centre);
        let whitened =
            self.builder.product(Arc::new(Matrix::new(d, d, whitening.as_slice().to_vec())), centred);
        let square = self.builder.square(whitened);
        let total = self.builder.sum(square);
        let half = self.builder.scale(total, -0.5);
        Ok(self.builder.shift(half, -log_det - 0.5 * d as f64 * libm::log(2.0 * PI)))
    }

    /// log Γ(Σα) − Σ log Γ(α_k) + Σ (α_k − 1) log y_k
    fn dirichlet(&mut self, span: Span, left: &Expression, arguments: &[Expression]) -> Compiled<Place> {
        let [alpha] = arguments else {
            let (name, takes) = ("dirichlet".to_string(), "a vector of concentrations");
            return Err(Fault::Count { name, takes, given: arguments.len() }.at(span));
        };
        let (of_y, of_alpha) = (self.value(left)?, self.value(alpha)?);
        let (left_shape, right) = (self.shape(&of_y), self.shape(&of_alpha));
        let (Value::Vector(y), Value::Vector(alpha)) = (of_y, of_alpha) else {
            return Err(Fault::Sizes { what: "dirichlet".to_string(), left: left_shape, right }.at(span));
        };
        if left_shape != right {
            return Err(Fault::Sizes { what: "dirichlet".to_string(), left: left_shape, right }.at(span));
        }
        let builder = &mut self.builder;
        let inside = builder.inside(y, (0.0, 1.0));
        let (all, log_y, powers) = (builder.sum(alpha), builder.log(y), builder.shift(alpha, -1.0));
        let product = builder.multiply(powers, log_y);
        let log_gammas = builder.elementary(Elementary::LnGamma, alpha);
        let (first, second, third) =
            (builder.elementary(Elementary::LnGamma, all), builder.sum(log_gammas), builder.sum(product));
        let constant = builder.subtract(first, second);
        let sum = builder.add(constant, third);
        self.supports.extend(inside);
        Ok(sum)
    }
}

fn is_count(v: f64) -> bool {
    v >= 0.0 && v == libm::trunc(v)
}

fn unknown_distribution(name: &str) -> Fault {
    let found = nearest(name, density_names()).map(str::to_string);
    Fault::Unknown { what: "distribution", given: name.to_string(), nearest: found }
}

fn wrong_count(distribution: &Distribution, given: usize) -> Fault {
    let takes = match distribution.arguments.len() {
        1 => "1 argument",
        2 => "2 arguments",
        _ => "3 arguments",
    };
    Fault::Count { name: distribution.name.to_string(), takes, given }
}
