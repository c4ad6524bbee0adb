//! The tables of a density file that define a formula: parameters, data and the log density.

use crate::density_file::data::{self, DataTable};
use crate::density_file::entries::Entries;
use crate::density_file::error::{DensityFileError, FileFault};
use crate::density_file::source::Source;
use pushforward::coordinates::Constraint;
use pushforward::density::{Target, nearest};
use pushforward_formula::{
    Affine, Data, DeclarationError, Fault, FormulaError, Model, ModelError, Parameter, Span, names_in,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// The formula and the tables of a density file that belong to it.
#[derive(Debug)]
pub struct Table {
    pub(crate) model: ModelTable,
    pub(crate) parameters: Option<Entries>,
    pub(crate) data: Option<Entries>,
}

/// The text of the formula, and the quantities to report.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelTable {
    pub(crate) log_density: Option<Spanned<String>>,
    pub(crate) report: Option<Spanned<Vec<String>>>,
}

/// Compiles the formula with its parameters and data.
///
/// # Errors
/// [`DensityFileError`], with the place in the file.
pub(crate) fn open(table: &Table, source: &Source) -> Result<Box<dyn Target>, DensityFileError> {
    compile(table, source).map(|model| Box::new(model) as Box<dyn Target>)
}

fn compile(table: &Table, source: &Source) -> Result<Model, DensityFileError> {
    let empty = Entries::new();
    let declarations = table.parameters.as_ref().unwrap_or(&empty);
    let misplaced = [&table.parameters, &table.data].into_iter().flatten().flat_map(|entries| entries.keys());
    if let Some(key) = misplaced.into_iter().find(|key| key.get_ref() == "log_density") {
        return Err(source.fault(span(key), FileFault::MisplacedFormula));
    }
    let Some(formula) = &table.model.log_density else {
        return Err(DensityFileError::NoFormula { path: source.path.clone() });
    };
    let mut used = names_in(formula.get_ref());
    declarations
        .values()
        .flat_map(|value| texts(value.get_ref()))
        .for_each(|text| used.extend(names_in(text)));
    let data = data::read(table.data.as_ref().unwrap_or(&empty), &used, source)?;
    let mut in_order: Vec<_> = declarations.iter().collect();
    in_order.sort_by_key(|(key, _)| key.span().start);
    let parameters = in_order.iter().map(|(key, value)| parameter(key, value, &data.data, source));
    let parameters = parameters.collect::<Result<Vec<Parameter>, _>>()?;
    let report = table.model.report.as_ref().map_or(&[] as &[String], |report| report.get_ref());
    Model::compile(parameters, &data.data, formula.get_ref(), report)
        .map_err(|error| error_in_file(error, table, formula, &data, source))
}

/// All texts of a declaration, at any depth.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Table(table) => table.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Parses a declaration such as `"> 0"` or `{ size = 3, constraint = "ordered" }`.
fn parameter(
    key: &Spanned<String>,
    value: &Spanned<Value>,
    data: &BTreeMap<String, Data>,
    source: &Source,
) -> Result<Parameter, DensityFileError> {
    let name = key.get_ref().clone();
    let place = span(value);
    let wrong = |error: DeclarationError| source.fault(place, FileFault::Declaration(error));
    let not_one = || source.fault(place, FileFault::NotADeclaration { name: name.clone() });
    let constraint = |text: &str| pushforward_formula::constraint(text, data).map_err(wrong);
    match value.get_ref() {
        Value::String(text) => {
            Ok(Parameter { name: name.clone(), size: None, constraint: constraint(text)?, affine: None })
        }
        Value::Table(table) => {
            if let Some(other) = table
                .keys()
                .find(|key| !["size", "constraint", "offset", "multiplier"].contains(&key.as_str()))
            {
                let fault = FileFault::DeclarationKey { name: name.clone(), key: other.clone() };
                return Err(source.fault(place, fault));
            }
            let size = match table.get("size") {
                None => None,
                Some(Value::Integer(n)) => {
                    Some(pushforward_formula::size(&n.to_string(), data).map_err(wrong)?)
                }
                Some(Value::String(text)) => Some(pushforward_formula::size(text, data).map_err(wrong)?),
                Some(_) => return Err(not_one()),
            };
            let constraint = match table.get("constraint") {
                None => Constraint::Real,
                Some(Value::String(text)) => constraint(text)?,
                Some(_) => return Err(not_one()),
            };
            let part = |key: &str, default: &str| match table.get(key) {
                None => Ok(default.to_string()),
                Some(Value::String(text)) => Ok(text.clone()),
                Some(number @ (Value::Integer(_) | Value::Float(_))) => Ok(number.to_string()),
                Some(_) => Err(not_one()),
            };
            let moved = table.contains_key("offset") || table.contains_key("multiplier");
            let affine = Affine { offset: part("offset", "0")?, multiplier: part("multiplier", "1")? };
            Ok(Parameter { name: name.clone(), size, constraint, affine: moved.then_some(affine) })
        }
        _ => Err(not_one()),
    }
}

fn span<T>(of: &Spanned<T>) -> Span {
    Span { start: of.span().start, end: of.span().end }
}

/// The error of a density file for an error of the model, with its place in the file.
fn error_in_file(
    error: ModelError,
    table: &Table,
    formula: &Spanned<String>,
    data: &DataTable,
    source: &Source,
) -> DensityFileError {
    let tables = [&table.parameters, &table.data].into_iter().flatten();
    let key =
        |name: &str| tables.clone().flat_map(|entries| entries.keys()).find(|key| key.get_ref() == name);
    match error {
        ModelError::Formula(error) => {
            let mut fault = error.fault.clone();
            if let (Fault::Unknown { what: "name", given, nearest: found }, Some((_, names))) =
                (&mut fault, &data.offered)
            {
                // Only columns that the formula reads were loaded, so the names of the file are
                // searched for the nearest one.
                let known: Vec<String> = found.iter().chain(names).cloned().collect();
                *found = nearest(given, known.iter().map(String::as_str)).map(str::to_string);
            }
            let fault = FileFault::Formula { fault, offered: data.offered.clone() };
            match place_in_file(&error, formula, source) {
                Some(place) => source.fault(place, fault),
                // The text was written with escapes, so the line and column within the formula are
                // shown.
                None => DensityFileError::Placed {
                    path: source.path.clone(),
                    excerpt: error.excerpt,
                    fault: Box::new(fault),
                },
            }
        }
        ModelError::NotAName { ref name }
        | ModelError::TwoMeanings { ref name }
        | ModelError::EmptyData { ref name }
        | ModelError::DataNotFinite { ref name, .. }
        | ModelError::NeedsVector { ref name }
        | ModelError::Affine { ref name, .. }
        | ModelError::AffineOfConstrained { ref name }
        | ModelError::Bounds { ref name } => {
            let file =
                table.data.as_ref().and_then(|entries| entries.keys().find(|key| key.get_ref() == "file"));
            let place = key(name).or(file).map_or(span(formula), span);
            source.fault(place, FileFault::Model(error))
        }
        ModelError::NotDefined { .. } => {
            let place = table.model.report.as_ref().map_or(span(formula), span);
            source.fault(place, FileFault::Model(error))
        }
        // `NoParameters` has no place but that of the formula.
        _ => source.fault(span(formula), FileFault::Model(error)),
    }
}

/// The place of an error in the file, if the formula stands there without escapes.
fn place_in_file(error: &FormulaError, formula: &Spanned<String>, source: &Source) -> Option<Span> {
    let raw = source.text.get(formula.span())?;
    let offset = formula.span().start + raw.find(formula.get_ref().as_str())?;
    Some(error.span.shifted(offset))
}
