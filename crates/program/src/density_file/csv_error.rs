//! Why a file that a user wrote is not a table of columns.

use std::fmt;

/// Why a file is not a table of columns. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The file has no line with names.
    Empty,
    /// The file is not text.
    NotText {
        /// The kind of file it looks like, with an article.
        what: &'static str,
    },
    /// A name is not encoded in UTF-8.
    NameNotUtf8 {
        /// Number of the line with the names.
        line: usize,
        /// The name, with a replacement character for what cannot be read.
        name: String,
    },
    /// More than one delimiter can split the line of names, and the first row does not decide
    /// between them.
    TwoDelimiters {
        /// Number of the line with the names.
        line: usize,
        /// The two delimiters that could split the line.
        delimiters: [char; 2],
    },
    /// The cells are separated by spaces.
    Spaces {
        /// Number of the line with the names.
        line: usize,
    },
    /// Numbers stand where the names of the columns are needed.
    NoNames {
        /// Number of the offending line.
        line: usize,
        /// Number of the line directly above, if it is a comment with as many cells.
        comment: Option<usize>,
    },
    /// Two columns have one name, and the formula reads it.
    TwoColumns {
        /// The name as formulas read it.
        name: String,
        /// The numbers of the two columns.
        columns: [usize; 2],
    },
    /// No row stands below the names.
    NoRows {
        /// Number of the line with the names.
        line: usize,
    },
    /// A row has more or fewer cells than there are names.
    Ragged {
        /// Number of the offending line.
        line: usize,
        /// Number of cells in the line.
        cells: usize,
        /// Number of the line with the names.
        names_line: usize,
        /// Number of names in that line.
        names: usize,
        /// Whether the row is the first.
        is_first: bool,
        /// The delimiter between the cells.
        delimiter: char,
    },
    /// A row has delimiters and nothing else.
    EmptyRow {
        /// Number of the offending line.
        line: usize,
    },
    /// A quote is not closed.
    Unclosed {
        /// Number of the line on which the row begins.
        line: usize,
    },
    /// Spaces stand before the quote of a cell.
    SpaceBeforeQuote {
        /// Number of the offending line.
        line: usize,
        /// Text of the offending cell.
        cell: String,
    },
    /// A missing value stands in a column that the formula reads.
    Missing {
        /// Name of the offending column.
        column: String,
        /// Number of the offending line.
        line: usize,
        /// Text of the offending cell.
        cell: String,
    },
    /// A comma stands within a number.
    Comma {
        /// Name of the offending column.
        column: String,
        /// Number of the offending line.
        line: usize,
        /// Text of the offending cell.
        cell: String,
        /// Whether every comma of the file may be replaced, since none is a delimiter.
        may_replace: bool,
    },
    /// A cell that should be a number is not one, or is infinite.
    NotANumber {
        /// Name of the offending column.
        column: String,
        /// Number of the offending line.
        line: usize,
        /// Text of the offending cell.
        cell: String,
    },
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CsvError::Empty => write!(f, "the file is empty; its first line must name the columns"),
            CsvError::NotText { what } => write!(f, "it is {what}; save the table as CSV in UTF-8"),
            CsvError::NameNotUtf8 { line, name } => {
                write!(f, "line {line}: the name {name:?} is not in UTF-8; save the file as CSV in UTF-8")
            }
            CsvError::TwoDelimiters { line, delimiters: [one, other] } => write!(
                f,
                "line {line} can be split at {one:?} and at {other:?}; put names that hold one of them in quotes, \
                 or write sep={one} or sep={other} on a line above it"
            ),
            CsvError::Spaces { line } => {
                write!(
                    f,
                    "line {line} has spaces between its names; write commas, semicolons or tabs in all lines"
                )
            }
            CsvError::NoNames { line, comment } => {
                write!(f, "line {line} has numbers where the names of the columns are needed; ")?;
                match comment {
                    Some(comment) => {
                        write!(f, "if line {comment} has the names, take away the # with which it begins")
                    }
                    None => write!(f, "write a line of names above it"),
                }
            }
            CsvError::TwoColumns { name, columns: [one, other] } => {
                write!(
                    f,
                    "two columns are called {name:?}: the columns {one} and {other}; rename one of them"
                )
            }
            CsvError::NoRows { line } => {
                write!(f, "line {line} names the columns, but no row stands below it")
            }
            CsvError::Ragged { line, cells, names_line, names, is_first, delimiter } => {
                write!(f, "line {line} has {cells} cells, ")?;
                match names_line {
                    1 => write!(f, "the first line {names}; ")?,
                    _ => write!(f, "line {names_line}, which has the names, {names}; ")?,
                }
                if cells < names {
                    return write!(f, "every row needs a cell below each name");
                }
                if *is_first && *cells == names + 1 {
                    write!(
                        f,
                        "give a column of row names a name too, or leave it out (row.names = FALSE in R); "
                    )?;
                }
                write!(f, "a cell that holds {delimiter:?} needs quotes, and a decimal comma must be a point")
            }
            CsvError::EmptyRow { line } => {
                write!(f, "line {line} has empty cells and no others; leave such rows out")
            }
            CsvError::Unclosed { line } => write!(f, "line {line} has a quote that is not closed"),
            CsvError::SpaceBeforeQuote { line, cell } => {
                write!(f, "line {line}: spaces stand before the quote of {cell:?}; take them away")
            }
            CsvError::Missing { column, line, cell } => {
                write!(f, "column {column:?}, line {line}: ")?;
                match cell.as_str() {
                    "" => write!(f, "the cell is empty")?,
                    cell => write!(f, "{cell:?} is not a finite number")?,
                }
                write!(
                    f,
                    "; a missing value is not data: leave such rows out, or declare the value as a parameter"
                )
            }
            CsvError::Comma { column, line, cell, may_replace } => {
                write!(f, "column {column:?}, line {line}: {cell:?} is not a finite number; ")?;
                match may_replace {
                    true => write!(f, "write decimal points: replace every comma of the file by a point"),
                    false => write!(f, "write decimal points, and nothing between thousands"),
                }
            }
            CsvError::NotANumber { column, line, cell } => write!(
                f,
                "column {column:?}, line {line}: {cell:?} is not a finite number; write it as in -12.5 or 1e5, \
                 or leave such rows out"
            ),
        }
    }
}
