//! Named arrays of f64: the form in which the state of a computation is written to a file and read.

use std::collections::BTreeMap;

/// Arrays by name, each with its shape; the last index varies fastest. Whole numbers below 2⁵³ are
/// stored as f64 exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrays {
    entries: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

/// An array is missing, or is not what its reader expects.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArraysError {
    /// No array has this name.
    #[error("there is no array {name:?}")]
    Missing {
        /// The name of the array.
        name: String,
    },
    /// The array has another shape than its reader expects.
    #[error("array {name:?} has the shape {found:?} where {expected} is needed")]
    Shape {
        /// The name of the array.
        name: String,
        /// What the reader expects, in words.
        expected: String,
        /// The shape of the array.
        found: Vec<usize>,
    },
    /// The array holds a number that its reader cannot interpret.
    #[error("array {name:?} holds {found} where {expected} is needed")]
    Value {
        /// The name of the array.
        name: String,
        /// What the reader expects, in words.
        expected: &'static str,
        /// The number in the array.
        found: f64,
    },
}

impl Arrays {
    /// Adds an array with this shape, last index fastest.
    ///
    /// # Panics
    /// If the product of `shape` is not the number of values, or the name is taken.
    #[track_caller]
    pub fn put(&mut self, name: &str, shape: &[usize], values: Vec<f64>) {
        let size: usize = shape.iter().product();
        assert_eq!(size, values.len(), "array {name}: shape {shape:?} holds {size} numbers");
        let before = self.entries.insert(name.to_string(), (shape.to_vec(), values));
        assert!(before.is_none(), "array {name} was there already");
    }

    /// Adds all of `others`, with `prefix` before their names.
    ///
    /// # Panics
    /// If a name is taken.
    #[track_caller]
    pub fn put_under(&mut self, prefix: &str, others: Arrays) {
        for (name, (shape, values)) in others.entries {
            self.put(&format!("{prefix}{name}"), &shape, values);
        }
    }

    /// The arrays whose names begin with `prefix`; their names are returned without it.
    pub fn under(&self, prefix: &str) -> Arrays {
        let of_prefix = |(name, entry): (&String, &(Vec<usize>, Vec<f64>))| {
            Some((name.strip_prefix(prefix)?.to_string(), entry.clone()))
        };
        Arrays { entries: self.entries.iter().filter_map(of_prefix).collect() }
    }

    /// Adds an array of one axis.
    pub fn put_list(&mut self, name: &str, values: &[f64]) {
        self.put(name, &[values.len()], values.to_vec());
    }

    /// Adds an array of one number.
    pub fn put_number(&mut self, name: &str, value: f64) {
        self.put(name, &[], vec![value]);
    }

    /// Adds an array of one whole number.
    ///
    /// # Panics
    /// If the number is 2⁵³ or more.
    pub fn put_count(&mut self, name: &str, count: usize) {
        assert!((count as u64) < 1 << 53, "array {name}: {count} is no exact f64");
        self.put_number(name, count as f64);
    }

    /// Adds a truth value, stored as 1 or 0.
    pub fn put_flag(&mut self, name: &str, flag: bool) {
        self.put_count(name, usize::from(flag));
    }

    /// Every array, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[usize], &[f64])> {
        self.entries
            .iter()
            .map(|(name, (shape, values))| (name.as_str(), shape.as_slice(), values.as_slice()))
    }

    /// Every array by value, in the order of names.
    pub fn into_entries(self) -> impl Iterator<Item = (String, Vec<usize>, Vec<f64>)> {
        self.entries.into_iter().map(|(name, (shape, values))| (name, shape, values))
    }

    /// Whether there is an array of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The shape and the values of an array with `rank` axes of any lengths.
    ///
    /// # Errors
    /// [`ArraysError::Missing`] or [`ArraysError::Shape`].
    pub fn of_rank(&self, name: &str, rank: usize) -> Result<(&[usize], &[f64]), ArraysError> {
        let missing = || ArraysError::Missing { name: name.to_string() };
        let (shape, values) = self.entries.get(name).ok_or_else(missing)?;
        if shape.len() != rank {
            let expected = format!("one of {rank} axes");
            return Err(ArraysError::Shape { name: name.to_string(), expected, found: shape.clone() });
        }
        Ok((shape, values))
    }

    /// The values of an array that must have this shape.
    ///
    /// # Errors
    /// [`ArraysError::Missing`] or [`ArraysError::Shape`].
    pub fn of_shape(&self, name: &str, expected: &[usize]) -> Result<&[f64], ArraysError> {
        let (found, values) = self.of_rank(name, expected.len())?;
        if found != expected {
            let (name, expected) = (name.to_string(), format!("{expected:?}"));
            return Err(ArraysError::Shape { name, expected, found: found.to_vec() });
        }
        Ok(values)
    }

    /// Reads an array of one axis, of any length.
    ///
    /// # Errors
    /// [`ArraysError::Missing`] or [`ArraysError::Shape`].
    pub fn list(&self, name: &str) -> Result<Vec<f64>, ArraysError> {
        Ok(self.of_rank(name, 1)?.1.to_vec())
    }

    /// Reads an array of one number.
    ///
    /// # Errors
    /// [`ArraysError::Missing`] or [`ArraysError::Shape`].
    pub fn number(&self, name: &str) -> Result<f64, ArraysError> {
        Ok(self.of_shape(name, &[])?[0])
    }

    /// Reads an array of one whole number.
    ///
    /// # Errors
    /// Each case of [`ArraysError`].
    pub fn count(&self, name: &str) -> Result<usize, ArraysError> {
        as_count(name, self.number(name)?)
    }

    /// Reads a truth value.
    ///
    /// # Errors
    /// Each case of [`ArraysError`].
    pub fn flag(&self, name: &str) -> Result<bool, ArraysError> {
        match self.number(name)? {
            0.0 => Ok(false),
            1.0 => Ok(true),
            found => Err(ArraysError::Value { name: name.to_string(), expected: "0 or 1", found }),
        }
    }
}

/// Converts a whole number that was stored as f64.
///
/// # Errors
/// [`ArraysError::Value`] with the array's name.
pub fn as_count(name: &str, value: f64) -> Result<usize, ArraysError> {
    // From 2⁵³ on, f64 does not hold every whole number.
    if (0.0..9_007_199_254_740_992.0).contains(&value) && value.fract() == 0.0 {
        return Ok(value as usize);
    }
    Err(ArraysError::Value { name: name.to_string(), expected: "a whole number", found: value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_comes_back_and_what_is_not_is_named() {
        let mut arrays = Arrays::default();
        arrays.put("a.b", &[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        arrays.put_list("list", &[]);
        arrays.put_count("n", 7);
        arrays.put_number("x", 0.5);
        arrays.put_flag("flag", true);
        assert_eq!(arrays.of_shape("a.b", &[2, 3]).unwrap()[3], 4.0);
        assert_eq!(
            (arrays.list("list").unwrap(), arrays.count("n"), arrays.flag("flag")),
            (vec![], Ok(7), Ok(true))
        );
        let text = |error: ArraysError| error.to_string();
        assert_eq!(text(arrays.number("y").unwrap_err()), "there is no array \"y\"");
        assert_eq!(
            text(arrays.of_shape("a.b", &[3, 2]).unwrap_err()),
            "array \"a.b\" has the shape [2, 3] where [3, 2] is needed"
        );
        assert_eq!(
            text(arrays.count("x").unwrap_err()),
            "array \"x\" holds 0.5 where a whole number is needed"
        );
        assert_eq!(text(arrays.flag("n").unwrap_err()), "array \"n\" holds 7 where 0 or 1 is needed");
        assert!(arrays.list("n").is_err());
        assert!(as_count("n", f64::NAN).is_err());
        assert!(as_count("n", -1.0).is_err());
    }

    #[test]
    #[should_panic(expected = "there already")]
    fn a_name_is_used_once() {
        let mut arrays = Arrays::default();
        arrays.put_flag("a", true);
        arrays.put_flag("a", false);
    }
}
