//! A matrix of data.

/// Columns one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    entries: Vec<f64>,
}

impl Matrix {
    /// From its entries, column after column.
    ///
    /// # Panics
    /// If there are not rows·columns of them.
    #[track_caller]
    pub fn new(rows: usize, columns: usize, entries: Vec<f64>) -> Matrix {
        assert_eq!(entries.len(), rows * columns, "{rows}×{columns} entries");
        Matrix { rows, columns, entries }
    }

    /// From its rows.
    ///
    /// # Panics
    /// If they differ in length.
    #[track_caller]
    pub fn from_rows(rows: &[Vec<f64>]) -> Matrix {
        let columns = rows.first().map_or(0, Vec::len);
        assert!(rows.iter().all(|row| row.len() == columns), "rows of one length");
        let entries = (0..columns).flat_map(|j| rows.iter().map(move |row| row[j])).collect();
        Matrix { rows: rows.len(), columns, entries }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One column, counted from 0.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.entries[j * self.rows..(j + 1) * self.rows]
    }

    /// One row, counted from 0.
    pub fn row(&self, i: usize) -> Vec<f64> {
        (0..self.columns).map(|j| self.entries[j * self.rows + i]).collect()
    }

    /// All entries, column after column.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// The same with every entry mapped.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Matrix {
        Matrix { entries: self.entries.iter().map(|v| f(*v)).collect(), ..*self }
    }
}
