//! Keys of a configuration: what each must be, and values that are.

use pushforward::density::{Parameter, Range, TargetEntry};
use std::fmt;

/// The key that names the target, or the density file with its whole path.
pub const TARGET: &str = "target";
/// The key of what the density file said.
pub const DENSITY_TEXT: &str = "density_text";

/// What a key's value must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A whole number.
    Count {
        /// The smallest allowed.
        least: u64,
        /// The largest allowed.
        most: u64,
    },
    /// A number in a range.
    Number(Range),
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Count { least, most: u64::MAX } => write!(f, "a whole number, at least {least}"),
            Kind::Count { least, most } => write!(f, "a whole number from {least} to {most}"),
            Kind::Number(range) => range.fmt(f),
            Kind::Choice(words) => write!(f, "one of {}", words.join(", ")),
        }
    }
}

/// A value that fits some kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// A finite number.
    Real(f64),
    /// A word.
    Word(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Count(n) => write!(f, "{n}"),
            Value::Real(x) => write!(f, "{x}"),
            Value::Word(word) => write!(f, "{word}"),
        }
    }
}

impl Value {
    /// The number, exact up to 2⁵³; NaN for a word.
    pub fn as_real(&self) -> f64 {
        match self {
            Value::Count(n) => *n as f64,
            Value::Real(x) => *x,
            Value::Word(_) => f64::NAN,
        }
    }

    /// For the record; a real value is finite, so JSON has it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Count(n) => (*n).into(),
            Value::Real(x) => (*x).into(),
            Value::Word(word) => word.as_str().into(),
        }
    }
}

/// A key that may be set, with its default.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySpec {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// What it is if nobody sets it.
    pub default: Value,
    /// One line on what it means; empty if the name says it.
    pub help: &'static str,
}

impl KeySpec {
    /// The parameters of a target.
    pub fn of_target(entry: &TargetEntry) -> Vec<KeySpec> {
        let key = |p: &Parameter| KeySpec {
            name: p.name,
            kind: Kind::Number(p.range),
            default: number(p.range, p.default).expect("a default is in its range"),
            help: "",
        };
        entry.parameters.iter().map(key).collect()
    }
}

impl fmt::Display for KeySpec {
    /// `steps=120               steps of the optimiser at most (a whole number from 1 to 10000000)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = format!("{}={}", self.name, self.default);
        let space = if self.help.is_empty() { "" } else { " " };
        write!(f, "{setting:<24}{}{space}({})", self.help, self.kind)
    }
}

impl Kind {
    /// Reads a value as typed on the command line.
    pub fn parse(self, text: &str) -> Option<Value> {
        match self {
            Kind::Count { .. } => text.parse().ok().and_then(|n| self.count(n)),
            Kind::Number(range) => text.parse().ok().and_then(|x| number(range, x)),
            Kind::Choice(words) => words.contains(&text).then(|| Value::Word(text.to_string())),
        }
    }

    /// Takes a value of a TOML file; a number in quotes is not a number, unless it is too large for TOML.
    pub fn take(self, value: &toml::Value) -> Option<Value> {
        match (self, value) {
            (Kind::Count { .. }, toml::Value::Integer(n)) => {
                u64::try_from(*n).ok().and_then(|n| self.count(n))
            }
            // Beyond the whole numbers of TOML, and only there.
            (Kind::Count { .. }, toml::Value::String(text)) => {
                text.parse().ok().filter(|n| i64::try_from(*n).is_err()).and_then(|n: u64| self.count(n))
            }
            (Kind::Number(range), toml::Value::Integer(n)) => number(range, *n as f64),
            (Kind::Number(range @ Range::Real { .. }), toml::Value::Float(x)) => number(range, *x),
            (Kind::Choice(_), toml::Value::String(word)) => self.parse(word),
            _ => None,
        }
    }

    fn count(self, n: u64) -> Option<Value> {
        matches!(self, Kind::Count { least, most } if (least..=most).contains(&n)).then_some(Value::Count(n))
    }
}

fn number(range: Range, x: f64) -> Option<Value> {
    range.contains(x).then_some(match range {
        Range::Whole { .. } | Range::Even { .. } => Value::Count(x as u64),
        Range::Real { .. } => Value::Real(x),
    })
}
