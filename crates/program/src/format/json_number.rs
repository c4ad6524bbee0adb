//! Numbers in JSON that keep NaN and ±inf. JSON has no such numbers, so they are the strings "NaN",
//! "inf" and "-inf".

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// A number to be written to JSON, or read from it.
#[derive(Clone, Copy)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            // Rust formats these three values as NaN, inf and -inf.
            serializer.serialize_str(&self.0.to_string())
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => number.as_f64().map(Number),
            serde_json::Value::String(text) => match text.as_str() {
                "NaN" => Some(Number(f64::NAN)),
                "inf" => Some(Number(f64::INFINITY)),
                "-inf" => Some(Number(f64::NEG_INFINITY)),
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(|| D::Error::custom("a number, \"NaN\", \"inf\" or \"-inf\" is needed"))
    }
}

/// An f64, for `#[serde(with)]`.
pub mod one {
    use super::*;

    /// Writes a number, or a string for NaN and ±inf.
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Number(*value).serialize(serializer)
    }

    /// Reads what `serialize` of this module wrote.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Number::deserialize(deserializer)?.0)
    }
}

/// An `Option<f64>`, for `#[serde(with)]`. `None` is null.
pub mod perhaps {
    use super::*;

    /// Writes a number, a string for NaN and ±inf, or null.
    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(Number).serialize(serializer)
    }

    /// Reads what `serialize` of this module wrote.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<Number>::deserialize(deserializer)?.map(|n| n.0))
    }
}

/// A `Vec<f64>`, for `#[serde(with)]`.
pub mod many {
    use super::*;

    /// Writes a list of numbers, with strings for NaN and ±inf.
    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().copied().map(Number))
    }

    /// Reads what `serialize` of this module wrote.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<Number>::deserialize(deserializer)?.into_iter().map(|n| n.0).collect())
    }
}
