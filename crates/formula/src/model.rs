//! A density given by parameters, data and a formula.

use super::builder::Place;
use super::compiler::{Compiler, Value, of_shape};
use super::declaration::entry_names;
use super::fault::{Fault, FormulaError};
use super::parser::{expression, statements};
use super::program::Program;
use super::sweep::Sweep;
use super::token::{Token, tokens};
use super::{Data, ModelError, Parameter, Shape, Span};
use nalgebra::DMatrix;
use pushforward::autodiff::{Dual2, Tape, Var};
use pushforward::coordinates::Constraint;
use pushforward::density::{Refusal, Target, nearest};
use pushforward::num::Scalar;
use std::collections::BTreeMap;

/// A log density compiled from a formula, in coordinates without constraints:
///
/// log ρ(u) = Σ terms of the formula at x(u) + log |det ∂x/∂u|, in nats, with every normalising
/// constant.
///
/// The value is −inf where a distribution has no density, where log ρ is below −1e100, and where a
/// parameter was rounded to a bound or overflowed (σ = e^u for u = −800): there is no mass there,
/// but searches pass through. It is NaN where the formula gives NaN. A score costs one backward
/// sweep over whole vectors, a second derivative one run for each direction.
#[derive(Clone, Debug)]
pub struct Model {
    parameters: Vec<Parameter>,
    program: Program,
    /// The program of the parameters and the quantities to report, and the names of all their
    /// entries.
    reported: Program,
    names: Vec<String>,
    dim: usize,
}

/// A log density below this value counts as −inf; its score may overflow.
const LEAST: f64 = -1e100;

/// A parameter nearer than this to a bound counts as on it, because its inverse, a slope of log ρ,
/// must not overflow.
const EDGE: f64 = 1e-300;

impl Model {
    /// Compiles a formula; `report` names quantities of the formula that are reported beside the
    /// parameters.
    ///
    /// # Errors
    /// [`ModelError`], with the place in the formula if there is one.
    ///
    /// # Cost
    /// Everything that depends on data alone is computed here, once.
    pub fn compile(
        parameters: Vec<Parameter>,
        data: &BTreeMap<String, Data>,
        formula: &str,
        report: &[String],
    ) -> Result<Model, ModelError> {
        check_names(&parameters, data)?;
        check_data(data)?;
        parameters.iter().try_for_each(check_parameter)?;
        let mut compiler = Compiler::with_data(data);
        declare(&mut compiler, &parameters)?;
        let jacobians = std::mem::take(&mut compiler.terms);
        let compiled = statements(formula).and_then(|list| compiler.statements(&list));
        compiled.map_err(|located| ModelError::Formula(FormulaError::of(located, formula)))?;
        if compiler.terms.is_empty() {
            let located = Fault::Empty.at(Span { start: 0, end: formula.len() });
            return Err(ModelError::Formula(FormulaError::of(located, formula)));
        }
        compiler.terms.extend(jacobians);
        let (reported, names) = reported(&compiler, &parameters, report)?;
        let dim = parameters.iter().map(|p| p.constraint.n_free(p.length())).sum();
        Ok(Model { program: log_density(&mut compiler), reported, names, parameters, dim })
    }

    /// The parameters in the order in which they were declared.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// log ρ(u) on any scalar, instruction by instruction; tests compare the sweeps with it.
    ///
    /// # Panics
    /// If the length of `u` is not the number of coordinates.
    pub fn log_density<S: Scalar>(&self, u: &[S]) -> S {
        let (x, log_det) = self.lift(u);
        let outside = || S::constant(f64::NEG_INFINITY);
        if self.is_on_a_bound(&x) {
            return outside();
        }
        let value = match self.program.run(&x).as_slice() {
            [value] => value.clone() + log_det,
            [value, support] if support.value() == 0.0 => value.clone() + log_det,
            _ => return outside(),
        };
        if value.value() < LEAST { outside() } else { value }
    }

    /// Whether a parameter with a constraint was rounded to a bound or overflowed to infinity.
    fn is_on_a_bound<S: Scalar>(&self, x: &[S]) -> bool {
        let mut rest = x;
        self.parameters.iter().any(|parameter| {
            let (own, others) = rest.split_at(parameter.length());
            rest = others;
            let (low, high) = bounds(parameter.constraint);
            // An ordered vector has no bounds, but its differences may overflow.
            parameter.constraint != Constraint::Real
                && own.iter().map(S::value).any(|v| v - low < EDGE || high - v < EDGE || v.abs() > 1.0 / EDGE)
        })
    }

    /// The value of log ρ by a sweep; none where it counts as −inf.
    fn swept(&self, sweep: &mut Sweep<'_>, x: &[f64], log_det: f64) -> Option<f64> {
        if self.is_on_a_bound(x) {
            return None;
        }
        let value = sweep.forward(x)? + log_det;
        // NaN is not below the limit, and is returned.
        if value < LEAST { None } else { Some(value) }
    }

    /// The parameters at the coordinates u, and log |det ∂x/∂u|.
    fn lift<S: Scalar>(&self, u: &[S]) -> (Vec<S>, S) {
        assert_eq!(u.len(), self.dim, "a point of another dimension");
        let (mut x, mut log_det, mut rest) = (Vec::new(), S::constant(0.0), u);
        for parameter in &self.parameters {
            let (own, others) = rest.split_at(parameter.constraint.n_free(parameter.length()));
            if parameter.constraint == Constraint::Real {
                x.extend_from_slice(own);
            } else {
                log_det = log_det + parameter.constraint.lift(own, &mut x);
            }
            rest = others;
        }
        (x, log_det)
    }

    /// The gradient ∂/∂u of g·x(u) + log |det ∂x/∂u| for a gradient g in x.
    fn pull_back(&self, u: &[f64], g: &[f64], tape: &mut Tape, scratch: &mut Vec<f64>, score: &mut [f64]) {
        let (mut at_u, mut at_x) = (0, 0);
        for parameter in &self.parameters {
            let (length, n_free) = (parameter.length(), parameter.constraint.n_free(parameter.length()));
            let (u, g) = (&u[at_u..at_u + n_free], &g[at_x..at_x + length]);
            let score = &mut score[at_u..at_u + n_free];
            if parameter.constraint == Constraint::Real {
                score.copy_from_slice(g);
            } else {
                tape.clear();
                let inputs: Vec<Var> = u.iter().map(|v| Var::input(tape, *v)).collect();
                let mut x = Vec::new();
                let log_det = parameter.constraint.lift(&inputs, &mut x);
                (Var::weighted_sum(g, &x) + log_det).gradient(&inputs, scratch, score);
            }
            at_u += n_free;
            at_x += length;
        }
    }
}

impl Target for Model {
    fn dim(&self) -> usize {
        self.dim
    }

    fn names(&self) -> Vec<String> {
        self.parameters.iter().flat_map(Parameter::free_names).collect()
    }

    fn constrained_names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn constrain(&self, u: &[f64]) -> Vec<f64> {
        self.reported.run(&self.lift(u).0)
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        let mut sweep = Sweep::new(&self.program);
        for (u, value) in points.chunks_exact(self.dim).zip(values) {
            let (x, log_det) = self.lift(u);
            *value = self.swept(&mut sweep, &x, log_det).unwrap_or(f64::NEG_INFINITY);
        }
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        let mut sweep = Sweep::new(&self.program);
        let (mut tape, mut scratch) = (Tape::new(), Vec::new());
        let mut gradient = vec![0.0; self.parameters.iter().map(Parameter::length).sum()];
        let rows = points.chunks_exact(self.dim).zip(scores.chunks_exact_mut(self.dim));
        for ((u, score), value) in rows.zip(values) {
            let (x, log_det) = self.lift(u);
            let Some(inside) = self.swept(&mut sweep, &x, log_det) else {
                *value = f64::NEG_INFINITY;
                score.fill(0.0);
                continue;
            };
            *value = inside;
            sweep.backward(&mut gradient);
            self.pull_back(u, &gradient, &mut tape, &mut scratch, score);
        }
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        true
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        for (u, laplacian) in points.chunks_exact(self.dim).zip(laplacians) {
            let along = |j: usize| {
                let line: Vec<Dual2> =
                    u.iter().enumerate().map(|(i, v)| Dual2::line(*v, root[(i, j)])).collect();
                self.log_density(&line).second
            };
            *laplacian = (0..root.ncols()).map(along).sum();
        }
        Ok(())
    }
}

/// The sum of the terms and, if some density may vanish, the sum of zeros and −inf that says where.
fn log_density(compiler: &mut Compiler) -> Program {
    let sum = |compiler: &mut Compiler, places: Vec<usize>| {
        places.into_iter().reduce(|a, b| compiler.builder.add(a, b))
    };
    let terms = sum(compiler, compiler.terms.clone()).expect("terms were counted");
    let support = sum(compiler, compiler.supports.clone());
    let roots: Vec<usize> = [Some(terms), support].into_iter().flatten().collect();
    Program::new(&compiler.builder.instructions, &roots)
}

/// Defines the names of the parameters, first those without an offset and a multiplier, then those
/// with. The log Jacobians of the latter are added to the terms.
fn declare(compiler: &mut Compiler, parameters: &[Parameter]) -> Result<(), ModelError> {
    let mut places = Vec::new();
    let mut first = 0;
    for parameter in parameters {
        let place = compiler.builder.parameters(first, parameter.length(), bounds(parameter.constraint));
        if parameter.affine.is_none() {
            compiler.names.insert(parameter.name.clone(), of_shape(parameter.shape(), place));
        }
        places.push(place);
        first += parameter.length();
    }
    let mut moved = Vec::new();
    for (parameter, place) in parameters.iter().zip(places) {
        if let Some(affine) = &parameter.affine {
            let offset = affine_part(compiler, parameter, &affine.offset)?;
            let multiplier = affine_part(compiler, parameter, &affine.multiplier)?;
            let scaled = compiler.builder.multiply(multiplier, place);
            let x = compiler.builder.add(offset, scaled);
            let log = compiler.builder.log(multiplier);
            let jacobian = compiler.builder.total(log, parameter.length());
            compiler.terms.push(jacobian);
            moved.push((parameter.name.clone(), of_shape(parameter.shape(), x)));
        }
    }
    // These names are added last, because an offset may not read a parameter that has one itself.
    compiler.names.extend(moved);
    Ok(())
}

/// An offset or a multiplier: a number, or as many entries as the parameter has.
fn affine_part(compiler: &mut Compiler, parameter: &Parameter, text: &str) -> Result<Place, ModelError> {
    let wrong =
        |located| ModelError::Affine { name: parameter.name.clone(), error: FormulaError::of(located, text) };
    let tree = expression(text).map_err(wrong)?;
    let (place, right) = compiler.entries_and_shape(&tree, "an offset or a multiplier").map_err(wrong)?;
    let left = parameter.shape();
    if right != Shape::Number && right != left {
        let what = "a parameter and its offset or multiplier".to_string();
        return Err(wrong(Fault::Sizes { what, left, right }.at(tree.span)));
    }
    Ok(place)
}

/// The program of the parameters and the quantities to report, and the names of their entries.
fn reported(
    compiler: &Compiler,
    parameters: &[Parameter],
    report: &[String],
) -> Result<(Program, Vec<String>), ModelError> {
    let (mut roots, mut names) = (Vec::new(), Vec::new());
    for name in parameters.iter().map(|parameter| &parameter.name).chain(report) {
        let (place, size) = match compiler.names.get(name) {
            Some(Value::Number(place)) => (*place, None),
            Some(Value::Vector(place)) => (*place, Some(compiler.builder.length(*place))),
            _ => {
                let known = nearest(name, compiler.names.keys().map(String::as_str)).map(str::to_string);
                return Err(ModelError::NotDefined { name: name.clone(), nearest: known });
            }
        };
        roots.push(place);
        names.extend(entry_names(name, size));
    }
    Ok((Program::new(&compiler.builder.instructions, &roots), names))
}

/// The bounds that entries keep under a constraint.
fn bounds(constraint: Constraint) -> (f64, f64) {
    match constraint {
        Constraint::Real | Constraint::Ordered => (f64::NEG_INFINITY, f64::INFINITY),
        Constraint::Above(low) => (low, f64::INFINITY),
        Constraint::Below(high) => (f64::NEG_INFINITY, high),
        Constraint::Between(low, high) => (low, high),
        Constraint::Simplex => (0.0, 1.0),
    }
}

fn check_names(parameters: &[Parameter], data: &BTreeMap<String, Data>) -> Result<(), ModelError> {
    if parameters.is_empty() {
        return Err(ModelError::NoParameters);
    }
    let names = || parameters.iter().map(|parameter| &parameter.name);
    for name in names().chain(data.keys()) {
        let words = tokens(name).map(|words| words.into_iter().map(|(word, _)| word).collect::<Vec<_>>());
        if name == "target" || words != Ok(vec![Token::Name(name.clone()), Token::End]) {
            return Err(ModelError::NotAName { name: name.clone() });
        }
    }
    match names()
        .enumerate()
        .find(|(k, name)| data.contains_key(*name) || names().take(*k).any(|other| other == *name))
    {
        Some((_, name)) => Err(ModelError::TwoMeanings { name: name.clone() }),
        None => Ok(()),
    }
}

fn check_data(data: &BTreeMap<String, Data>) -> Result<(), ModelError> {
    for (name, data) in data {
        let wrong = data.entries().iter().enumerate().find(|(_, value)| !value.is_finite());
        if let Some((k, value)) = wrong {
            return Err(ModelError::DataNotFinite { name: name.clone(), entry: k + 1, value: *value });
        }
        if data.entries().is_empty() {
            return Err(ModelError::EmptyData { name: name.clone() });
        }
    }
    Ok(())
}

fn check_parameter(parameter: &Parameter) -> Result<(), ModelError> {
    let name = || parameter.name.clone();
    let least = if parameter.constraint.is_of_vectors() { 2 } else { 1 };
    if parameter.length() < least || (least == 2 && parameter.size.is_none()) {
        return Err(ModelError::NeedsVector { name: name() });
    }
    let fits = match parameter.constraint {
        Constraint::Above(bound) | Constraint::Below(bound) => bound.is_finite(),
        Constraint::Between(low, high) => low.is_finite() && high.is_finite() && low < high,
        _ => true,
    };
    match parameter.affine {
        _ if !fits => Err(ModelError::Bounds { name: name() }),
        Some(_) if parameter.constraint != Constraint::Real => {
            Err(ModelError::AffineOfConstrained { name: name() })
        }
        _ => Ok(()),
    }
}
