//! Keys of a configuration, the values that each may have, and values that were checked.

use pushforward::density::{Parameter, Range, TargetEntry};
use std::fmt;

/// The key with the name of the target, or with the absolute path of the density file.
pub const TARGET: &str = "target";
/// The key with the text of the density file.
pub const DENSITY_TEXT: &str = "density_text";

/// The values that a key may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The value is a whole number.
    Count {
        /// The smallest value that is allowed.
        least: u64,
        /// The largest value that is allowed.
        most: u64,
    },
    /// The value is a number in a range.
    Number(Range),
    /// The value is one of these words.
    Choice(&'static [&'static str]),
    /// The value is `yes` or `no`.
    YesNo,
}

const YES_NO: [&str; 2] = ["yes", "no"];

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Count { least, most: u64::MAX } => write!(f, "a whole number, at least {least}"),
            Kind::Count { least, most } => write!(f, "a whole number from {least} to {most}"),
            Kind::Number(range) => range.fmt(f),
            Kind::Choice(words) => write!(f, "one of {}", words.join(", ")),
            Kind::YesNo => write!(f, "one of {}", YES_NO.join(", ")),
        }
    }
}

/// A value that fits its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A value of [`Kind::Count`].
    Count(u64),
    /// A finite number of [`Kind::Number`].
    Real(f64),
    /// A word of [`Kind::Choice`].
    Word(String),
    /// `true` for yes, `false` for no.
    YesNo(bool),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Count(n) => write!(f, "{n}"),
            Value::Real(x) => write!(f, "{x}"),
            Value::Word(word) => write!(f, "{word}"),
            Value::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
        }
    }
}

impl Value {
    /// The value as a number, exact up to 2⁵³. It is NaN for a word.
    pub fn as_real(&self) -> f64 {
        match self {
            Value::Count(n) => *n as f64,
            Value::Real(x) => *x,
            Value::Word(_) | Value::YesNo(_) => f64::NAN,
        }
    }

    /// The value of a whole number.
    ///
    /// # Panics
    /// If the value is not a whole number.
    #[track_caller]
    pub fn count(&self) -> u64 {
        match self {
            Value::Count(n) => *n,
            other => panic!("settings: {other:?} is not a count"),
        }
    }

    /// The value of a whole number as a size. A number that is too large becomes the largest size.
    ///
    /// # Panics
    /// If the value is not a whole number.
    #[track_caller]
    pub fn size(&self) -> usize {
        usize::try_from(self.count()).unwrap_or(usize::MAX)
    }

    /// The value of a real number.
    ///
    /// # Panics
    /// If the value is not a real number.
    #[track_caller]
    pub fn number(&self) -> f64 {
        match self {
            Value::Real(x) => *x,
            other => panic!("settings: {other:?} is not a number"),
        }
    }

    /// The value of a word.
    ///
    /// # Panics
    /// If the value is not a word.
    #[track_caller]
    pub fn word(&self) -> &str {
        match self {
            Value::Word(word) => word,
            other => panic!("settings: {other:?} is not a word"),
        }
    }

    /// Whether the value is yes.
    ///
    /// # Panics
    /// If the value is neither yes nor no.
    #[track_caller]
    pub fn is_yes(&self) -> bool {
        match self {
            Value::YesNo(yes) => *yes,
            other => panic!("settings: {other:?} is neither yes nor no"),
        }
    }

    /// The value in JSON, for the record. A real value is finite, so JSON can hold it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Count(n) => (*n).into(),
            Value::Real(x) => (*x).into(),
            Value::Word(word) => word.as_str().into(),
            Value::YesNo(yes) => (*yes).into(),
        }
    }
}

/// A key that may be set, with its default.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySpec {
    /// Name of the key.
    pub name: &'static str,
    /// The values that the key may have.
    pub kind: Kind,
    /// The value if nothing sets the key.
    pub default: Value,
    /// The meaning of the key in one line. It is empty if the name says it.
    pub help: &'static str,
}

impl KeySpec {
    /// The keys of the parameters of a target.
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
    /// Writes a line of the help, such as `steps=120               steps of the optimiser at most
    /// (a whole number from 1 to 10000000)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = format!("{}={}", self.name, self.default);
        let space = if self.help.is_empty() { "" } else { " " };
        write!(f, "{setting:<24}{}{space}({})", self.help, self.kind)
    }
}

impl Kind {
    /// The words that a kind allows, if it allows certain words.
    pub fn choices(self) -> Option<&'static [&'static str]> {
        match self {
            Kind::Choice(words) => Some(words),
            Kind::YesNo => Some(&YES_NO),
            Kind::Count { .. } | Kind::Number(_) => None,
        }
    }

    /// Parses a value from the command line. `None` if it does not fit this kind.
    pub fn parse(self, text: &str) -> Option<Value> {
        match self {
            Kind::Count { .. } => text.parse().ok().and_then(|n| self.count(n)),
            Kind::Number(range) => text.parse().ok().and_then(|x| number(range, x)),
            Kind::Choice(words) => words.contains(&text).then(|| Value::Word(text.to_string())),
            Kind::YesNo => YES_NO.contains(&text).then(|| Value::YesNo(text == YES_NO[0])),
        }
    }

    /// Converts a value of a TOML file. A number in quotes is not a number, unless it is too large
    /// for TOML.
    pub fn take(self, value: &toml::Value) -> Option<Value> {
        match (self, value) {
            (Kind::Count { .. }, toml::Value::Integer(n)) => {
                u64::try_from(*n).ok().and_then(|n| self.count(n))
            }
            // Text is a whole number only beyond the largest one of TOML.
            (Kind::Count { .. }, toml::Value::String(text)) => {
                text.parse().ok().filter(|n| i64::try_from(*n).is_err()).and_then(|n: u64| self.count(n))
            }
            (Kind::Number(range), toml::Value::Integer(n)) => number(range, *n as f64),
            (Kind::Number(range @ Range::Real { .. }), toml::Value::Float(x)) => number(range, *x),
            (Kind::Choice(_) | Kind::YesNo, toml::Value::String(word)) => self.parse(word),
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
