//! Tables of numbers, read back from the CSV files of a run.

use crate::format::rows::{Row, Rows, UnclosedQuote};
use std::fmt;

/// Named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

/// Why a text is not the table that is needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The text has no line with names.
    NoNames,
    /// A row has more or fewer cells than there are names.
    Length {
        /// The line, from 1.
        line: usize,
        /// Number of cells in the row.
        found: usize,
        /// Number of names in the first line.
        expected: usize,
    },
    /// A cell is not a number.
    NotANumber {
        /// The line, from 1.
        line: usize,
        /// Text of the offending cell.
        cell: String,
    },
    /// A quote is still open at the end of the text.
    Unclosed {
        /// The line on which its row begins, from 1.
        line: usize,
    },
    /// A column that is needed is missing.
    NoColumn {
        /// Name of the missing column.
        name: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableError::NoNames => write!(f, "it is empty; a line with the names of its columns is needed"),
            TableError::Length { line, found, expected } => {
                write!(f, "line {line} has {found} cells under {expected} names; was it cut off or edited?")
            }
            TableError::NotANumber { line, cell } => {
                write!(f, "line {line} has {cell:?} where a number is needed")
            }
            TableError::Unclosed { line } => {
                write!(f, "line {line} has a quote that is not closed; was it cut off or edited?")
            }
            TableError::NoColumn { name } => {
                write!(f, "it has no column {name:?}; another version wrote it: run the target again")
            }
        }
    }
}

impl From<UnclosedQuote> for TableError {
    fn from(UnclosedQuote { line }: UnclosedQuote) -> TableError {
        TableError::Unclosed { line }
    }
}

impl Table {
    /// Reads a table that [`crate::format::csv::Csv`] wrote: a row of names, then rows of numbers,
    /// NaN and ±inf among them.
    ///
    /// # Errors
    /// [`TableError`], with the number of the line.
    pub fn read(text: &str) -> Result<Table, TableError> {
        let mut rows = Rows::new(text.as_bytes(), 1, b',');
        let head = rows.next_row()?.ok_or(TableError::NoNames)?;
        let names: Vec<String> = head.cells.iter().map(shown).collect();
        let mut columns = vec![Vec::new(); names.len()];
        while let Some(Row { line, cells, .. }) = rows.next_row()? {
            let (found, expected) = (cells.len(), names.len());
            if found != expected {
                return Err(TableError::Length { line, found, expected });
            }
            for (cell, column) in cells.iter().zip(&mut columns) {
                let number = str::from_utf8(cell).ok().and_then(|cell| cell.parse::<f64>().ok());
                column.push(number.ok_or_else(|| TableError::NotANumber { line, cell: shown(cell) })?);
            }
        }
        Ok(Table { names, columns })
    }

    /// The numbers of one column.
    ///
    /// # Errors
    /// [`TableError::NoColumn`] if no column has this name.
    pub fn column(&self, name: &str) -> Result<&[f64], TableError> {
        let found = self.names.iter().position(|n| n == name);
        found.map(|k| self.columns[k].as_slice()).ok_or(TableError::NoColumn { name: name.to_string() })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows below the names.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }
}

/// A cell as messages show it, with � where it is not UTF-8.
fn shown(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::csv::Csv;

    #[test]
    fn what_is_written_is_read() {
        let mut csv = Csv::new(&["a", "x[1,2]"]);
        csv.row(&[0.1 + 0.2, f64::NEG_INFINITY]);
        csv.row(&[f64::NAN, -1e-300]);
        let table = Table::read(csv.text()).unwrap();
        assert_eq!((table.rows(), table.names().len()), (2, 2));
        assert_eq!(table.column("x[1,2]").unwrap(), [f64::NEG_INFINITY, -1e-300]);
        assert!(table.column("a").unwrap()[1].is_nan());
        assert_eq!(table.column("a").unwrap()[0].to_bits(), (0.1f64 + 0.2).to_bits());
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(Table::read(""), Err(TableError::NoNames));
        let cut = Table::read("a,b\n1,2\n3").unwrap_err();
        assert_eq!(cut, TableError::Length { line: 3, found: 1, expected: 2 });
        let cell = Table::read("a\nx\n").unwrap_err();
        assert_eq!(cell, TableError::NotANumber { line: 2, cell: "x".to_string() });
        assert_eq!(Table::read("a\n\"1\n"), Err(TableError::Unclosed { line: 2 }));
        let missing = Table::read("a\n").unwrap().column("c").unwrap_err();
        assert!(missing.to_string().contains("\"c\""), "{missing}");
    }
}
