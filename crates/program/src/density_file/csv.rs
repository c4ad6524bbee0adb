//! Tables that users wrote: columns of numbers by name, from CSV files as programs export them.

use crate::density_file::csv_error::CsvError;
use crate::format::rows::{Row, Rows, UnclosedQuote};
use std::collections::{BTreeMap, BTreeSet};

/// The bytes that some programs write before a text in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The delimiters that may stand between cells. The line of names shows which one does.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The marks of R, pandas, Excel, SAS, SQL and Julia for a missing value, in lower case.
const MISSING: [&str; 11] = ["", "na", "n/a", "#n/a", "nan", "null", "none", "missing", ".", "-", "?"];

/// The columns that a formula reads, and the names of all columns.
#[derive(Clone, Debug, PartialEq)]
pub struct CsvTable {
    /// Names of the columns in their order, without unnamed columns. A character that formulas
    /// cannot read is replaced by `_`.
    pub names: Vec<String>,
    /// The columns that were wanted and found, all of one length.
    pub columns: BTreeMap<String, Vec<f64>>,
}

impl CsvTable {
    /// Reads a table: a line of names, then rows of cells, with commas, semicolons or tabs between
    /// them.
    ///
    /// Lines that begin with `#` above the names, and with `# ` below them, are comments (CmdStan
    /// writes such lines). A line `sep=;` above the names is an instruction to Excel and gives the
    /// delimiter. Empty cells beyond the last name are left out. Only the columns that are `wanted`
    /// must hold numbers.
    ///
    /// # Errors
    /// [`CsvError`] for the first line that is wrong.
    ///
    /// # Cost
    /// Linear in the number of bytes, with one pass over the rows.
    pub fn read(bytes: Vec<u8>, wanted: &BTreeSet<String>) -> Result<CsvTable, CsvError> {
        let bytes = with_line_feeds(bytes);
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
        is_text(text)?;
        let head = Head::of(text)?;
        let delimiter = head.delimiter()?;
        let mut rows = Rows::new(head.rest, head.line, delimiter);
        let names = rows.next_row()?.ok_or(CsvError::Empty)?;
        let mut layout = Layout { delimiter, names_line: names.line, names: names.cells.len(), rows: 0 };
        let all = names_of(&names, head.comment)?;
        let mut columns = wanted_columns(&all, wanted)?;
        while let Some(row) = rows.next_row()? {
            if layout.is_row(&row)? {
                for (name, j, column) in &mut columns {
                    column.push(number(&row, *j, name, delimiter)?);
                }
                layout.rows += 1;
            }
        }
        if layout.rows == 0 {
            return Err(CsvError::NoRows { line: layout.names_line });
        }
        let columns = columns.into_iter().map(|(name, _, column)| (name, column)).collect();
        Ok(CsvTable { names: all.into_iter().filter(|name| !name.is_empty()).collect(), columns })
    }
}

impl From<UnclosedQuote> for CsvError {
    fn from(UnclosedQuote { line }: UnclosedQuote) -> CsvError {
        CsvError::Unclosed { line }
    }
}

/// The name with `_` for every character that formulas cannot read.
pub(crate) fn readable(name: &str) -> String {
    let name = name.trim();
    let letter = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mapped: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if letter { mapped } else { format!("_{mapped}") }
}

/// The same file with line feeds, if carriage returns alone end its lines.
fn with_line_feeds(mut bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.contains(&b'\n') {
        bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    bytes
}

/// Checks that the bytes can be text in UTF-8, or in an encoding that agrees with it in ASCII.
fn is_text(text: &[u8]) -> Result<(), CsvError> {
    let not = |what| Err(CsvError::NotText { what });
    match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => not("a text in UTF-16"),
        [b'P', b'K', 3, 4, ..] => not("a workbook (xlsx, ods) or another zip file"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => not("a workbook (xls)"),
        [0x1f, 0x8b, ..] => not("a file compressed by gzip"),
        _ if text.contains(&0) => not("a file with zero bytes, as UTF-16 and binary files have them"),
        _ => Ok(()),
    }
}

/// The lines above the rows, and the text from the names on.
struct Head<'t> {
    /// The text from the line of names on.
    rest: &'t [u8],
    /// The number, from 1, of the line with which `rest` begins.
    line: usize,
    /// The last comment above the names, with its line number.
    comment: Option<(usize, &'t [u8])>,
    /// The delimiter that a line `sep=;` gives.
    named: Option<u8>,
}

impl<'t> Head<'t> {
    /// Skips blank lines, comments and `sep=;`.
    fn of(text: &'t [u8]) -> Result<Head<'t>, CsvError> {
        let (mut rest, mut line, mut comment, mut named) = (text, 1, None, None);
        for raw in text.split_inclusive(|byte| *byte == b'\n') {
            let shown = raw.trim_ascii();
            match shown {
                [] => {}
                // A column may be called `#`.
                [b'#', b',' | b';' | b'\t', ..] => break,
                [b'#', words @ ..] => comment = Some((line, words)),
                [b's', b'e', b'p', b'=', delimiter] => named = Some(*delimiter),
                // The tab of `sep=⇥` was trimmed away with the end of the line.
                b"sep=" => named = Some(b'\t'),
                _ => break,
            }
            (rest, line) = (&rest[raw.len()..], line + 1);
        }
        if rest.is_empty() { Err(CsvError::Empty) } else { Ok(Head { rest, line, comment, named }) }
    }

    /// Numbers of cells in the line of names and in the first row for this delimiter. A row that
    /// does not exist has 0.
    fn split(&self, delimiter: u8) -> [usize; 2] {
        let mut rows = Rows::new(self.rest, self.line, delimiter);
        let names = rows.next_row().ok().flatten().map_or(0, |row| row.cells.len());
        // A quote that is open with this delimiter may be closed with the right one.
        while let Ok(Some(Row { raw, cells, .. })) = rows.next_row() {
            if !is_comment(raw) && !raw.trim_ascii().is_empty() {
                // Empty cells beyond the last name do not count.
                let empty = cells.iter().rev().take_while(|cell| cell.trim_ascii().is_empty()).count();
                return [names, cells.len() - empty.min(cells.len().saturating_sub(names))];
            }
        }
        [names, 0]
    }

    /// The delimiter that splits the line of names. Of two, the one that splits the first row into
    /// as many cells.
    fn delimiter(&self) -> Result<u8, CsvError> {
        if let Some(named) = self.named {
            return Ok(named);
        }
        let split = DELIMITERS.map(|delimiter| (delimiter, self.split(delimiter)));
        let found: Vec<(u8, bool)> = split
            .into_iter()
            .filter(|(_, [names, _])| *names > 1)
            .map(|(delimiter, [names, first])| (delimiter, names == first))
            .collect();
        let fitting: Vec<u8> =
            found.iter().filter(|(_, fits)| *fits).map(|(delimiter, _)| *delimiter).collect();
        match (found.as_slice(), fitting.as_slice()) {
            ([], _) => self.one_column(),
            ([(one, _)], _) | (_, [one]) => Ok(*one),
            ([(one, _), (other, _), ..], _) => {
                let delimiters = [*one, *other].map(char::from);
                Err(CsvError::TwoDelimiters { line: self.line, delimiters })
            }
        }
    }

    /// Takes a line of names without a delimiter as one name, unless it and the first row have
    /// several unquoted words.
    fn one_column(&self) -> Result<u8, CsvError> {
        let lines = self.rest.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let mut lines = lines.filter(|line| !line.is_empty() && !is_comment(line));
        let words = |line: &[u8]| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
        let mut words = || lines.next().map_or(0, words);
        let (names, first) = (words(), words());
        if names > 1 && (names == first || names + 1 == first) {
            return Err(CsvError::Spaces { line: self.line });
        }
        Ok(b',')
    }
}

/// Whether a row below the names is a comment. `#N/A`, `#12` and the like are cells.
fn is_comment(raw: &[u8]) -> bool {
    matches!(raw, [b'#'] | [b'#', b' ' | b'\t', ..])
}

/// The names as formulas read them. A column without a name has an empty one.
fn names_of(names: &Row<'_>, comment: Option<(usize, &[u8])>) -> Result<Vec<String>, CsvError> {
    let line = names.line;
    let mut found = Vec::with_capacity(names.cells.len());
    for cell in names.cells {
        let name = str::from_utf8(cell).map_err(|_| CsvError::NameNotUtf8 { line, name: shown(cell) })?;
        if name.trim_start().starts_with('"') && name.starts_with(char::is_whitespace) {
            return Err(CsvError::SpaceBeforeQuote { line, cell: shown(cell) });
        }
        found.push(if name.trim().is_empty() { String::new() } else { readable(name) });
    }
    let numbers = names.cells.iter().map(|cell| {
        str::from_utf8(cell).ok()?.trim().parse::<f64>().ok().filter(|number| number.is_finite())
    });
    if let Some(numbers) = numbers.collect::<Option<Vec<f64>>>() {
        // Whole numbers that all differ may be names, such as years or the columns of an array.
        let distinct: BTreeSet<u64> = numbers.iter().map(|number| number.to_bits()).collect();
        let are_names = numbers.iter().all(|number| number.fract() == 0.0) && distinct.len() == numbers.len();
        let count = |words: &[u8]| words.split(|byte| DELIMITERS.contains(byte)).count();
        let comment = comment.filter(|(_, words)| count(words) == names.cells.len()).map(|(line, _)| line);
        if !are_names || comment.is_some() {
            return Err(CsvError::NoNames { line, comment });
        }
    }
    Ok(found)
}

/// Every wanted name that exists, with the number of its column from 0 and an empty vector for its
/// numbers.
fn wanted_columns(
    names: &[String],
    wanted: &BTreeSet<String>,
) -> Result<Vec<(String, usize, Vec<f64>)>, CsvError> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (j, name) in names.iter().enumerate().filter(|(_, name)| wanted.contains(*name)) {
        if let Some(first) = places.insert(name, j) {
            return Err(CsvError::TwoColumns { name: name.clone(), columns: [first + 1, j + 1] });
        }
    }
    Ok(places.into_iter().map(|(name, j)| (name.to_string(), j, Vec::new())).collect())
}

/// The layout that rows must have, and how many rows were read.
struct Layout {
    delimiter: u8,
    names_line: usize,
    names: usize,
    rows: usize,
}

impl Layout {
    /// Whether a row has data. Blank lines and comments have none.
    fn is_row(&self, row: &Row<'_>) -> Result<bool, CsvError> {
        let Row { line, cells, raw } = *row;
        if raw.trim_ascii().is_empty() && cells.len() == 1 {
            return Ok(false);
        }
        if is_comment(raw) {
            // A quote in a comment has opened a cell of more than one line.
            let ends = raw.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
            return if ends { Err(CsvError::Unclosed { line }) } else { Ok(false) };
        }
        if raw.iter().all(|byte| *byte == self.delimiter || byte.is_ascii_whitespace()) {
            return Err(CsvError::EmptyRow { line });
        }
        let surplus = cells.iter().skip(self.names).any(|cell| !cell.trim_ascii().is_empty());
        if cells.len() >= self.names && !surplus {
            return Ok(true);
        }
        let quote = cells.iter().find(|cell| {
            cell.first().is_some_and(u8::is_ascii_whitespace) && cell.trim_ascii_start().starts_with(b"\"")
        });
        if let Some(cell) = quote {
            return Err(CsvError::SpaceBeforeQuote { line, cell: shown(cell) });
        }
        Err(CsvError::Ragged {
            line,
            cells: cells.len(),
            names_line: self.names_line,
            names: self.names,
            is_first: self.rows == 0,
            delimiter: char::from(self.delimiter),
        })
    }
}

/// The number in the cell of column `j`, which has the name `column`.
fn number(row: &Row<'_>, j: usize, column: &str, delimiter: u8) -> Result<f64, CsvError> {
    let bytes = &row.cells[j];
    let text = str::from_utf8(bytes).ok().map(str::trim);
    if let Some(number) = text.and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite()) {
        return Ok(number);
    }
    let (line, column, cell) = (row.line, column.to_string(), shown(bytes));
    let may_replace = delimiter != b',' && !cell.contains('.');
    let is_number = |text: String| text.parse::<f64>().is_ok_and(f64::is_finite);
    Err(if MISSING.contains(&cell.to_ascii_lowercase().as_str()) {
        CsvError::Missing { column, line, cell }
    } else if is_number(cell.replace(',', "")) {
        CsvError::Comma { column, line, cell, may_replace }
    } else if cell.starts_with('"') && bytes[0].is_ascii_whitespace() {
        CsvError::SpaceBeforeQuote { line, cell }
    } else {
        CsvError::NotANumber { column, line, cell }
    })
}

/// A cell as messages show it: without the spaces around it, and cut after its 40th character.
fn shown(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    match text.char_indices().nth(40) {
        None => text.to_string(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn read(text: impl AsRef<[u8]>, wanted: &[&str]) -> Result<CsvTable, CsvError> {
        CsvTable::read(text.as_ref().to_vec(), &wanted.iter().map(|name| name.to_string()).collect())
    }

    /// The message for a text of which all columns called x and y are wanted.
    fn fault(text: impl AsRef<[u8]>) -> String {
        read(text, &["x", "y"]).unwrap_err().to_string()
    }

    #[test]
    fn columns_by_name() {
        let text = "y,\"a, \"\"b\"\"\",log.x\r\n1, 2e3,x\r\n\n-3,4,\n";
        let table = read(text, &["y", "a___b_", "z"]).unwrap();
        assert_eq!(table.names, ["y", "a___b_", "log_x"]);
        assert_eq!(table.columns["y"], [1.0, -3.0]);
        assert_eq!(table.columns["a___b_"], [2000.0, 4.0]);
        assert_eq!(table.columns.len(), 2, "there is no z, and log_x was not wanted");
        let wrong = read(text, &["log_x"]).unwrap_err().to_string();
        assert!(wrong.contains("column \"log_x\", line 2: \"x\" is not a finite number"), "{wrong}");
    }

    #[test]
    fn what_is_no_table() {
        assert_eq!(read("\n\n", &[]), Err(CsvError::Empty));
        assert_eq!(read("\u{feff}", &[]), Err(CsvError::Empty));
        assert_eq!(read("a,b\n", &[]), Err(CsvError::NoRows { line: 1 }));
        assert!(fault("a,b\n1,2\n3").starts_with("line 3 has 1 cells, the first line 2; "));
        assert_eq!(read("a,a\n1,2", &["a"]), Err(CsvError::TwoColumns { name: "a".into(), columns: [1, 2] }));
        assert!(read("a,a\n1,2", &[]).is_ok(), "nobody reads either");
        assert_eq!(read("a\n\"1\n", &[]), Err(CsvError::Unclosed { line: 2 }));
        assert!(read("a\nNA\ninf", &["a"]).is_err());
        assert!(read("a\n3\ninf", &["a"]).is_err());
    }

    /// Files as programs write them. Each has the columns x = (1.5, −2e-3) and y = (3, 4).
    #[test]
    fn what_programs_export_is_read() {
        let cases: [(&str, &[u8]); 22] = [
            ("plain", b"x,y\n1.5,3\n-2e-3,4\n"),
            ("without a last line end", b"x,y\n1.5,3\n-2e-3,4"),
            ("CRLF and a byte order mark, as Excel", b"\xef\xbb\xbfx,y\r\n1.5,3\r\n-2e-3,4\r\n"),
            ("CR, as an old Macintosh", b"x,y\r1.5,3\r-2e-3,4\r"),
            ("semicolons, as Excel in Germany", b"x;y;Ort\r\n1.5;3;K\xf6ln\r\n-2e-3;4;Bonn, Beuel\r\n"),
            ("sep=, as Excel needs it", b"sep=;\r\nx;y\r\n1.5;3\r\n-2e-3;4\r\n"),
            ("tabs and no decimal places", b"x\ty\n1.5\t3\n-2e-3\t4\n"),
            ("sep= with a tab", b"sep=\t\nx\ty\n1.5\t3\n-2e-3\t4\n"),
            ("row names, as write.csv of R", b"\"\",\"x\",\"y\"\n\"1\",1.5,3\n\"2\",-0.002,4\n"),
            ("an index, as pandas", b",x,y\n0,1.5,3\n1,-0.002,4\n"),
            ("a delimiter at the ends of rows", b"x,y\n1.5,3,\n-2e-3,4,\n"),
            ("a delimiter at the ends of all lines", b"x,y,\n1.5,3,\n-2e-3,4,\n"),
            ("empty columns beside the table", b"x,y,,\n1.5,3,,\n-2e-3,4,,\n"),
            ("comments, as CmdStan", b"# model = \"a, b\"\n#\nx,y\n# Step size = 0.8\n# 1, 2\n1.5,3\n-2e-3,4\n# \n#  Elapsed Time: 1\n"),
            ("a column of row numbers called #", b"#,x,y\n1,1.5,3\n2,-2e-3,4\n"),
            ("errors of Excel in other columns", b"err,x,y\n#N/A,1.5,3\n#DIV/0!,-2e-3,4\n"),
            ("blank lines", b"\n\nx,y\n\n1.5,3\n   \n-2e-3,4\n\n"),
            ("spaces around", b" x , y \n 1.5 ,3 \n\t-2e-3, 4\n"),
            ("quotes around numbers", b"\"x\",\"y\"\n\"1.5\",\"3\"\n\" -2e-3\",\"4\"\n"),
            ("line breaks and doubled quotes in a text", b"said,x,y\n\"two\nlines, \"\"x\"\"\",1.5,3\n\"\",-2e-3,4\n"),
            ("two names with units, split as the rows are", b"x;y;weight (kg, net)\n1.5;3;1\n-2e-3;4;2\n"),
            ("a name in quotes with another delimiter", b"\"a;b\",x,y\n0,1.5,3\n0,-2e-3,4\n"),
        ];
        for (what, text) in cases {
            let table = read(text, &["x", "y"]).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(table.columns["x"], [1.5, -2e-3], "{what}");
            assert_eq!(table.columns["y"], [3.0, 4.0], "{what}");
            assert!(table.names.iter().all(|name| !name.is_empty()), "{what}: {:?}", table.names);
        }
        assert_eq!(read("x\n1\n\n2\n", &["x"]).unwrap().columns["x"], [1.0, 2.0]);
        assert_eq!(read("2001,2002\n1,2\n", &["_2002"]).unwrap().columns["_2002"], [2.0]);
    }

    #[test]
    fn cells_that_are_not_numbers_are_reported_with_their_place() {
        let place = "column \"x\", line 3: ";
        for (cell, part) in [
            ("", "the cell is empty; a missing value is not data: leave such rows out, or declare"),
            ("NA", "\"NA\" is not a finite number; a missing value is not data"),
            ("NaN", "\"NaN\" is not a finite number; a missing value"),
            (".", "\".\" is not a finite number; a missing value"),
            ("#N/A", "\"#N/A\" is not a finite number; a missing value"),
            ("inf", "\"inf\" is not a finite number; write it as in"),
            ("1e999", "\"1e999\" is not a finite number"),
            ("0x1F", "\"0x1F\" is not a finite number; write it as in -12.5 or 1e5"),
            ("1 000", "\"1 000\" is not a finite number"),
            ("TRUE", "\"TRUE\" is not a finite number"),
            (
                "\"1,5\"",
                "\"1,5\" is not a finite number; write decimal points, and nothing between thousands",
            ),
        ] {
            let wrong = fault(format!("x,y\n1,2\n{cell},3\n"));
            assert!(wrong.starts_with(&format!("{place}{part}")), "{cell}: {wrong}");
        }
        let comma = fault("x;y\n1;2\n1,5;3\n");
        assert!(
            comma.ends_with("write decimal points: replace every comma of the file by a point"),
            "{comma}"
        );
        let latin = fault(b"x,y\n1,2\n1\xa0000,3\n");
        assert!(latin.starts_with("column \"x\", line 3: \"1\u{fffd}000\""), "{latin}");
        let long = fault(format!("x,y\n{},1\n", "7a".repeat(100)));
        assert!(long.contains("7a7a…\""), "{long}");
    }

    #[test]
    fn tables_of_another_layout_get_advice() {
        for (text, parts) in [
            (
                &b"x,y\n1,5,2,5\n"[..],
                ["line 2 has 4 cells, the first line 2;", "a decimal comma must be a point"],
            ),
            (
                b"# c\nx,y\n1,2\n3,4,5\n",
                ["line 4 has 3 cells, line 2, which has the names, 2;", "needs quotes"],
            ),
            (b"x;y\nr1;1;2\nr2;3;4\n", ["line 2 has 3 cells", "row.names = FALSE in R"]),
            (b"x,y\n1,2\n,\n", ["line 3 has empty cells", "leave such rows out"]),
            (b"x y\n1.5 3\n", ["line 1 has spaces between its names", "write commas, semicolons or tabs"]),
            (b"\"x\" \"y\"\n\"1\" 1.5 3\n", ["line 1 has spaces between its names", "tabs"]),
            (b"x,y;z\n1\n", ["line 1 can be split at ',' and at ';'", "sep=;"]),
            (b"1.5,3\n-2e-3,4\n", ["line 1 has numbers where the names", "write a line of names above it"]),
            (b"# x,y\n1,3\n-2,4\n", ["line 2 has numbers", "if line 1 has the names, take away the #"]),
            (b"a.b,x,a b,y,x\n1,2,3,4,5\n", ["two columns are called \"x\": the columns 2 and 5", "rename"]),
            (b"x,y\n\"1,2\n3,4\n", ["line 2 has a quote that is not closed", ""]),
            (b"x,y\n1,2\n# a, \"b\n3,4\n\"\n", ["line 5 has a quote that is not closed", ""]),
            (
                b"x, \"y\"\n1,2\n",
                ["line 1: spaces stand before the quote of \"\\\"y\\\"\"", "take them away"],
            ),
            (b"x,y,z\n1,2, \"a, b\"\n", ["line 2: spaces stand before the quote", "take them away"]),
            (b"x,y\n \"1\",2\n", ["line 2: spaces stand before the quote", "take them away"]),
            (
                b"x,Gr\xf6\xdfe\n1,2\n",
                ["the name \"Gr\u{fffd}\u{fffd}e\" is not in UTF-8", "save the file as CSV in UTF-8"],
            ),
            (b"\xff\xfex\0,\0y\0", ["it is a text in UTF-16", "save the table as CSV in UTF-8"]),
            (b"x\0,\0y\0\n\0", ["zero bytes", "save the table as CSV in UTF-8"]),
            (b"PK\x03\x04...", ["a workbook (xlsx, ods)", "save the table as CSV"]),
            (b"\x1f\x8b\x08..", ["compressed by gzip", ""]),
        ] {
            let wrong = fault(text);
            for part in parts {
                assert!(wrong.contains(part), "{:?}: {wrong}", String::from_utf8_lossy(text));
            }
        }
    }

    /// The bounds leave room for a busy machine. A cost quadratic in rows or columns would take
    /// minutes.
    #[test]
    fn wide_and_long_files_cost_no_more_than_their_bytes() {
        let begun = Instant::now();
        let cells = |cell: &dyn Fn(usize) -> String| (0..100_000).map(cell).collect::<Vec<_>>().join(",");
        let text = format!("{}\n{}\n", cells(&|j| format!("c{j}")), cells(&|j| j.to_string()));
        let wanted: Vec<String> = (0..100_000).map(|j| format!("c{j}")).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        assert_eq!(read(&text, &wanted).unwrap().columns["c99999"], [99_999.0]);
        let wide = begun.elapsed();
        assert!(wide < Duration::from_secs(2), "{wide:?}");
        let begun = Instant::now();
        let long = "x,y\n".to_string() + &"1.25,\"two\"\n".repeat(1_000_000);
        assert_eq!(read(&long, &["x"]).unwrap().columns["x"].len(), 1_000_000);
        let long = begun.elapsed();
        assert!(long < Duration::from_secs(2), "{long:?}");
        let begun = Instant::now();
        // Every line is a row of its own until the quote in the last one. No row is read twice.
        assert_eq!(
            fault("x,y\n1,2\n".to_string() + &"\n".repeat(1_000_000) + "\"1,2"),
            "line 1000003 has a quote that is not closed"
        );
        let blank = begun.elapsed();
        assert!(blank < Duration::from_secs(2), "{blank:?}");
    }
}
