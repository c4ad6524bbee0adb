//! Comma-separated tables of f64. Each number has the fewest digits that read back to the same
//! bits.

use std::fmt::Write;

/// A table with named columns, built row by row.
#[derive(Clone, Debug)]
pub struct Csv {
    columns: usize,
    text: String,
}

impl Csv {
    /// Starts a table with these column names and no rows.
    pub fn new(names: &[&str]) -> Csv {
        let quoted: Vec<String> = names.iter().map(|name| quote(name)).collect();
        Csv { columns: names.len(), text: quoted.join(",") + "\n" }
    }

    /// Adds a row. NaN and ±inf are written as `NaN`, `inf` and `-inf`, which NumPy, R and pandas
    /// read.
    ///
    /// # Panics
    /// If the length of the row is not the number of names.
    #[track_caller]
    pub fn row(&mut self, values: &[f64]) {
        let (found, expected) = (values.len(), self.columns);
        assert_eq!(found, expected, "csv: a row of {found} under {expected} names");
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            push_shortest(&mut self.text, *value);
        }
        self.text.push('\n');
    }

    /// The table as text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Appends the shortest digits that read back to the same bits, with an exponent where plain digits
/// would be long.
fn push_shortest(text: &mut String, value: f64) {
    let size = value.abs();
    let plain = size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size);
    let written = if plain { write!(text, "{value}") } else { write!(text, "{value:e}") };
    written.expect("writing to a string cannot fail");
}

/// A cell as RFC 4180 quotes it.
pub fn quote(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        let values = [0.1 + 0.2, 1e-300, 3.0, -0.0, 123456789.125, 1.7976931348623157e308];
        let mut csv = Csv::new(&["a", "b", "c", "d", "e", "f"]);
        csv.row(&values);
        let line = csv.text().lines().nth(1).unwrap();
        for (cell, value) in line.split(',').zip(values) {
            assert_eq!(cell.parse::<f64>().unwrap().to_bits(), value.to_bits(), "{cell}");
        }
        assert_eq!(line, "0.30000000000000004,1e-300,3,-0,123456789.125,1.7976931348623157e308");
    }

    #[test]
    fn names_and_non_finite() {
        let mut csv = Csv::new(&["a,b", "say \"c\""]);
        csv.row(&[f64::NAN, f64::NEG_INFINITY]);
        assert_eq!(csv.text(), "\"a,b\",\"say \"\"c\"\"\"\nNaN,-inf\n");
    }
}
