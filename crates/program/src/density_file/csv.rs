//! Columns of a CSV file by name.

/// Why a text is no table of columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// There is no line with names.
    #[error("the file is empty; its first line must name the columns")]
    Empty,
    /// Two columns of one name.
    #[error("two columns are called {name:?}")]
    TwoColumns {
        /// The name.
        name: String,
    },
    /// A row with more or fewer cells than there are names.
    #[error("line {line} has {cells} cells, the first line {names}")]
    Ragged {
        /// The line, counted from 1.
        line: usize,
        /// Its cells.
        cells: usize,
        /// Names in the first line.
        names: usize,
    },
    /// A quote that is not closed.
    #[error("line {line} has a quote that is not closed")]
    Unclosed {
        /// The line, counted from 1.
        line: usize,
    },
    /// A cell that should be a number.
    #[error("column {column:?}, line {line}: {cell:?} is not a finite number; leave such rows out")]
    NotANumber {
        /// The column.
        column: String,
        /// The line, counted from 1.
        line: usize,
        /// The cell.
        cell: String,
    },
}

/// A table of cells as they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvTable {
    names: Vec<String>,
    /// Line of the file and cells.
    rows: Vec<(usize, Vec<String>)>,
}

impl CsvTable {
    /// Splits a text into cells: a first line of names, commas between cells, `"` around cells that hold one. Empty
    /// lines are left out.
    ///
    /// # Errors
    /// [`CsvError`], but for `NotANumber`.
    pub fn read(text: &str) -> Result<CsvTable, CsvError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut rows =
            lines.map(|(k, line)| Ok((k + 1, cells(line).ok_or(CsvError::Unclosed { line: k + 1 })?)));
        let (_, names) = rows.next().ok_or(CsvError::Empty)??;
        let names: Vec<String> = names.iter().map(|name| readable(name)).collect();
        if let Some((_, name)) = names.iter().enumerate().find(|(k, name)| names[..*k].contains(name)) {
            return Err(CsvError::TwoColumns { name: name.clone() });
        }
        let rows: Vec<(usize, Vec<String>)> = rows.collect::<Result<_, CsvError>>()?;
        match rows.iter().find(|(_, cells)| cells.len() != names.len()) {
            Some((line, cells)) => {
                Err(CsvError::Ragged { line: *line, cells: cells.len(), names: names.len() })
            }
            None => Ok(CsvTable { names, rows }),
        }
    }

    /// Names of the columns; a character that formulas cannot read is `_`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// A column of numbers; none if there is no such column.
    ///
    /// # Errors
    /// `NotANumber`.
    pub fn column(&self, name: &str) -> Result<Option<Vec<f64>>, CsvError> {
        let Some(j) = self.names.iter().position(|known| known == name) else { return Ok(None) };
        let number = |(line, cells): &(usize, Vec<String>)| {
            let cell = cells[j].trim();
            let wrong =
                || CsvError::NotANumber { column: name.to_string(), line: *line, cell: cell.to_string() };
            cell.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(wrong)
        };
        self.rows.iter().map(number).collect::<Result<_, _>>().map(Some)
    }
}

/// A name as formulas can read it.
pub(crate) fn readable(name: &str) -> String {
    let name = name.trim();
    let letter = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mapped: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if letter { mapped } else { format!("_{mapped}") }
}

/// None if a quote is not closed on the line.
fn cells(line: &str) -> Option<Vec<String>> {
    let (mut found, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    found.push(cell);
    (!quoted).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_by_name() {
        let table = CsvTable::read("y,\"a, \"\"b\"\"\",log.x\r\n1, 2e3,x\r\n\n-3,4,\n").unwrap();
        assert_eq!(table.names(), ["y", "a___b_", "log_x"]);
        assert_eq!(table.column("y"), Ok(Some(vec![1.0, -3.0])));
        assert_eq!(table.column("a___b_"), Ok(Some(vec![2000.0, 4.0])));
        assert_eq!(table.column("z"), Ok(None));
        let wrong = table.column("log_x").unwrap_err().to_string();
        assert!(wrong.contains("column \"log_x\", line 2: \"x\""), "{wrong}");
    }

    #[test]
    fn what_is_no_table() {
        assert_eq!(CsvTable::read("\n\n"), Err(CsvError::Empty));
        assert_eq!(CsvTable::read("a,b\n1,2\n3"), Err(CsvError::Ragged { line: 3, cells: 1, names: 2 }));
        assert_eq!(CsvTable::read("a,a\n"), Err(CsvError::TwoColumns { name: "a".to_string() }));
        assert_eq!(CsvTable::read("a\n\"1\n"), Err(CsvError::Unclosed { line: 2 }));
        assert!(CsvTable::read("a\nNA\ninf").unwrap().column("a").is_err());
    }
}
