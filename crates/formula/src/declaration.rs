//! Parameters of a formula: names, sizes and constraints, and the text that declares them.

use super::compiler::Compiler;
use super::fault::FormulaError;
use super::parser::expression;
use super::token::{Token, tokens};
use super::{Data, Shape, Span};
use pushforward::coordinates::Constraint;
use std::collections::BTreeMap;

/// A parameter of a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name of the parameter in the formula.
    pub name: String,
    /// The number of entries if the parameter is a vector; none if it is a number.
    pub size: Option<usize>,
    /// The constraint that the parameter satisfies.
    pub constraint: Constraint,
    /// A change of variables by other parameters, if there is one.
    pub affine: Option<Affine>,
}

/// The change of variables x = offset + multiplier·u, where both are formulas of data and of
/// parameters without such a change. In the coordinates u a hierarchical model has no funnel. The
/// density includes the Jacobian, so that x has the distribution that the formula gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affine {
    /// The formula of the offset: a number, or a vector as long as the parameter.
    pub offset: String,
    /// The formula of the multiplier, of the same length as the offset and positive.
    pub multiplier: String,
}

impl Parameter {
    /// The names of the parameter's coordinates.
    pub(super) fn free_names(&self) -> Vec<String> {
        let names = self.entry_names();
        match &self.affine {
            None => self.constraint.free_names(&names),
            Some(Affine { offset, multiplier }) => {
                names.iter().map(|name| format!("({name} - {offset}) / {multiplier}")).collect()
            }
        }
    }

    /// The number of entries, 1 for a number.
    pub fn length(&self) -> usize {
        self.size.unwrap_or(1)
    }

    pub(super) fn shape(&self) -> Shape {
        self.size.map_or(Shape::Number, Shape::Vector)
    }

    /// The name of the parameter, or `name[1]`, `name[2]`, … of a vector.
    pub fn entry_names(&self) -> Vec<String> {
        entry_names(&self.name, self.size)
    }
}

/// The name `name`, or `name[1]`, `name[2]`, … if there is a size.
pub(super) fn entry_names(name: &str, size: Option<usize>) -> Vec<String> {
    match size {
        None => vec![name.to_string()],
        Some(size) => (1..=size).map(|k| format!("{name}[{k}]")).collect(),
    }
}

/// Why a text declares no parameter.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeclarationError {
    /// The text is not a constraint.
    #[error(
        "no constraint is written {given:?}; write \"real\", \"positive\", \"> 0\", \"< 1\", \
         \"in (0, 1)\", \"ordered\" or \"simplex\""
    )]
    Constraint {
        /// The text of the constraint.
        given: String,
    },
    /// The bounds leave no interval.
    #[error("nothing lies above {low} and below {high}; give a lower bound below the upper one")]
    Bounds {
        /// The lower bound of the interval.
        low: f64,
        /// The upper bound of the interval.
        high: f64,
    },
    /// A size is not a whole number of at least 1.
    #[error("the size {given} is not a whole number from 1 to 1000000")]
    Size {
        /// The value of the size.
        given: f64,
    },
    /// A bound or a size is not a formula of data.
    #[error("{}", .0.fault)]
    Formula(#[source] FormulaError),
}

/// Reads `real`, `positive`, `> a`, `< b`, `in (a, b)`, `ordered` or `simplex`; a and b are numbers
/// or formulas of data.
///
/// # Errors
/// [`DeclarationError`] if the text is not a constraint or leaves no interval.
pub fn constraint(text: &str, data: &BTreeMap<String, Data>) -> Result<Constraint, DeclarationError> {
    let given = || DeclarationError::Constraint { given: text.to_string() };
    let trimmed = text.trim();
    if let Some(bound) = trimmed.strip_prefix('>') {
        return Ok(Constraint::Above(number(bound.trim_start_matches('='), data)?));
    }
    if let Some(bound) = trimmed.strip_prefix('<') {
        return Ok(Constraint::Below(number(bound.trim_start_matches('='), data)?));
    }
    match trimmed {
        "real" => return Ok(Constraint::Real),
        "positive" => return Ok(Constraint::Above(0.0)),
        "ordered" => return Ok(Constraint::Ordered),
        "simplex" => return Ok(Constraint::Simplex),
        _ => {}
    }
    let inner = trimmed.strip_prefix("in").map(str::trim_start);
    let inner =
        inner.and_then(|rest| rest.strip_prefix(['(', '[']).and_then(|rest| rest.strip_suffix([')', ']'])));
    let (first, second) = split_at_comma(inner.ok_or_else(given)?).ok_or_else(given)?;
    let (low, high) = (number(first, data)?, number(second, data)?);
    if low < high { Ok(Constraint::Between(low, high)) } else { Err(DeclarationError::Bounds { low, high }) }
}

/// Reads a size, which is a number or a formula of data.
///
/// # Errors
/// [`DeclarationError`] if the text is not a whole number from 1 to 1000000.
pub fn size(text: &str, data: &BTreeMap<String, Data>) -> Result<usize, DeclarationError> {
    let given = number(text, data)?;
    let fits = (1.0..=1e6).contains(&given) && given == libm::trunc(given);
    if fits { Ok(given as usize) } else { Err(DeclarationError::Size { given }) }
}

/// Splits a text at the comma outside all brackets.
fn split_at_comma(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (token, Span { start, end }) in tokens(text).ok()? {
        match token {
            Token::Symbol("(" | "[") => depth += 1,
            Token::Symbol(")" | "]") => depth -= 1,
            Token::Symbol(",") if depth == 0 => return Some((&text[..start], &text[end..])),
            _ => {}
        }
    }
    None
}

fn number(text: &str, data: &BTreeMap<String, Data>) -> Result<f64, DeclarationError> {
    let mut compiler = Compiler::with_data(data);
    let found = expression(text).and_then(|tree| compiler.known_number(&tree, "a bound or a size"));
    found.map_err(|located| DeclarationError::Formula(FormulaError::of(located, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> BTreeMap<String, Data> {
        BTreeMap::from([
            ("y".to_string(), Data::Vector(vec![3.0, 1.0, 2.0])),
            ("n".to_string(), Data::Number(4.0)),
        ])
    }

    #[test]
    fn constraints_are_read() {
        let read = |text: &str| constraint(text, &data()).unwrap();
        assert_eq!(read("real"), Constraint::Real);
        assert_eq!(read(" positive"), Constraint::Above(0.0));
        assert_eq!(read("> -1.5"), Constraint::Above(-1.5));
        assert_eq!(read("<= n / 8"), Constraint::Below(0.5));
        assert_eq!(read("in (0, pow(n, 2))"), Constraint::Between(0.0, 16.0));
        assert_eq!(read("ordered"), Constraint::Ordered);
    }

    #[test]
    fn wrong_words_say_what_to_write() {
        let error = |text: &str| constraint(text, &data()).unwrap_err().to_string();
        assert!(error("postive").contains("no constraint is written \"postive\"; write \"real\""));
        assert!(error("in (1, 1)").contains("nothing lies above 1 and below 1"));
        assert_eq!(error("> m"), "unknown name \"m\"; did you mean \"n\"?");
        assert_eq!(error("> y"), "a bound or a size takes a number, not a vector of 3");
    }

    #[test]
    fn sizes_are_numbers_or_formulas_of_data() {
        assert_eq!(size("n + length(y)", &data()), Ok(7));
        assert_eq!(size("0", &data()), Err(DeclarationError::Size { given: 0.0 }));
        assert!(size("n / 3", &data()).unwrap_err().to_string().contains("not a whole number"));
    }
}
