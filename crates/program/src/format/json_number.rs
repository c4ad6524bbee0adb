//! Numbers in JSON that keep NaN and ±inf: as the strings "NaN", "inf" and "-inf", which JSON has no numbers for.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// A number on its way to or from JSON.
#[derive(Clone, Copy)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            // Rust writes these three as NaN, inf and -inf.
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

/// For `#[serde(with)]` on an f64.
pub mod one {
    use super::*;

    /// As a number or a string.
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Number(*value).serialize(serializer)
    }

    /// The inverse.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Number::deserialize(deserializer)?.0)
    }
}

/// For `#[serde(with)]` on an `Option<f64>`; `None` is null.
pub mod perhaps {
    use super::*;

    /// As a number, a string or null.
    pub fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        value.map(Number).serialize(serializer)
    }

    /// The inverse.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<Number>::deserialize(deserializer)?.map(|n| n.0))
    }
}

/// For `#[serde(with)]` on a `Vec<f64>`.
pub mod many {
    use super::*;

    /// As a list of numbers and strings.
    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().copied().map(Number))
    }

    /// The inverse.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Ok(Vec::<Number>::deserialize(deserializer)?.into_iter().map(|n| n.0).collect())
    }
}
