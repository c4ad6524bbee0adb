//! A matrix of data.

/// A matrix of numbers, stored column after column.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    entries: Vec<f64>,
}

impl Matrix {
    /// A matrix with these entries, column after column.
    ///
    /// # Panics
    /// If the number of entries is not rows·columns.
    #[track_caller]
    pub fn new(rows: usize, columns: usize, entries: Vec<f64>) -> Matrix {
        assert_eq!(entries.len(), rows * columns, "{rows}×{columns} entries");
        Matrix { rows, columns, entries }
    }

    /// A matrix with these rows.
    ///
    /// # Panics
    /// If the rows differ in length.
    #[track_caller]
    pub fn from_rows(rows: &[Vec<f64>]) -> Matrix {
        let columns = rows.first().map_or(0, Vec::len);
        assert!(rows.iter().all(|row| row.len() == columns), "rows of one length");
        let entries = (0..columns).flat_map(|j| rows.iter().map(move |row| row[j])).collect();
        Matrix { rows: rows.len(), columns, entries }
    }

    /// The number of rows of the matrix.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns of the matrix.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The entries of one column, counted from 0.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.entries[j * self.rows..(j + 1) * self.rows]
    }

    /// The entries of one row, counted from 0.
    pub fn row(&self, i: usize) -> Vec<f64> {
        (0..self.columns).map(|j| self.entries[j * self.rows + i]).collect()
    }

    /// All entries, column after column.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// A matrix of the same size with `f` applied to every entry.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Matrix {
        Matrix { entries: self.entries.iter().map(|v| f(*v)).collect(), ..*self }
    }
}
