//! Keys of a configuration: what each must be, and values that are.

use std::fmt;

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
    /// A finite number.
    Real,
    /// A finite number above 0.
    Positive,
    /// One of these words.
    Choice(&'static [&'static str]),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Count { least, most: u64::MAX } => write!(f, "a whole number, at least {least}"),
            Kind::Count { least, most } => write!(f, "a whole number from {least} to {most}"),
            Kind::Real => write!(f, "a finite number"),
            Kind::Positive => write!(f, "a finite number above 0"),
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
    /// One line on what it means.
    pub help: &'static str,
}

impl Kind {
    /// Reads a value as typed on the command line.
    pub fn parse(self, text: &str) -> Option<Value> {
        match self {
            Kind::Count { .. } => text.parse().ok().and_then(|n| self.count(n)),
            Kind::Real | Kind::Positive => text.parse().ok().and_then(|x| self.real(x)),
            Kind::Choice(words) => words.contains(&text).then(|| Value::Word(text.to_string())),
        }
    }

    /// Takes a value of a TOML file; a number in quotes is not a number.
    pub fn take(self, value: &toml::Value) -> Option<Value> {
        match (self, value) {
            (Kind::Count { .. }, toml::Value::Integer(n)) => {
                u64::try_from(*n).ok().and_then(|n| self.count(n))
            }
            (Kind::Real | Kind::Positive, toml::Value::Integer(n)) => self.real(*n as f64),
            (Kind::Real | Kind::Positive, toml::Value::Float(x)) => self.real(*x),
            (Kind::Choice(_), toml::Value::String(word)) => self.parse(word),
            _ => None,
        }
    }

    fn count(self, n: u64) -> Option<Value> {
        matches!(self, Kind::Count { least, most } if (least..=most).contains(&n)).then_some(Value::Count(n))
    }

    fn real(self, x: f64) -> Option<Value> {
        (x.is_finite() && (self != Kind::Positive || x > 0.0)).then_some(Value::Real(x))
    }
}
