//! Rows of delimited text, each with the number of the line on which it begins.

use csv::{ByteRecord, Reader, ReaderBuilder};
use std::io::{Chain, Read};

/// Bytes read after the text. They form a row of their own, unless a quote is open at the end of
/// the text and includes them.
const END: &[u8] = b"\n\0";

/// Reads the rows of a text one after another. Cells may be quoted, a quote in a quoted cell is
/// doubled, and a quoted cell may hold delimiters and line ends. A line ends with LF, CR or both.
/// Blank lines are left out.
pub struct Rows<'t> {
    text: &'t [u8],
    reader: Reader<Chain<&'t [u8], &'static [u8]>>,
    record: ByteRecord,
    /// Number of bytes whose line ends were counted.
    counted: usize,
    /// The line, from 1, of the byte after them.
    line: usize,
}

/// One row of the text, valid until the next is read.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// The line on which the row begins, from 1.
    pub line: usize,
    /// The cells of the row without their quotes.
    pub cells: &'r ByteRecord,
    /// The bytes of the row, with its quotes.
    pub raw: &'r [u8],
}

/// The error for a quote that is still open at the end of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnclosedQuote {
    /// The line on which the row begins, from 1.
    pub line: usize,
}

impl<'t> Rows<'t> {
    /// Starts to read a text whose first line has this number, with `delimiter` between the cells.
    pub fn new(text: &'t [u8], first_line: usize, delimiter: u8) -> Rows<'t> {
        let mut options = ReaderBuilder::new();
        options.has_headers(false).flexible(true).delimiter(delimiter);
        let reader = options.from_reader(text.chain(END));
        Rows { text, reader, record: ByteRecord::new(), counted: 0, line: first_line }
    }

    /// The next row. `None` after the last.
    ///
    /// # Errors
    /// [`UnclosedQuote`] if a quote of the row is not closed.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, UnclosedQuote> {
        let before = self.place();
        let is_read = self.reader.read_byte_record(&mut self.record).expect("memory can be read");
        let (text, end) = (self.text, self.place());
        // Blank lines, or the second half of a CRLF, stand between two rows.
        let blank = text[before.min(text.len())..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let start = before.min(text.len()) + blank.count();
        self.line += line_ends(text, self.counted, start);
        self.counted = start;
        if end <= text.len() + 1 && is_read {
            let raw = text[start..end.min(text.len())].trim_ascii_end();
            return Ok(Some(Row { line: self.line, cells: &self.record, raw }));
        }
        if self.record.len() == 1 && &self.record[0] == b"\0" {
            return Ok(None);
        }
        Err(UnclosedQuote { line: self.line })
    }

    /// Number of bytes that were read.
    fn place(&self) -> usize {
        self.reader.position().byte() as usize
    }
}

/// Number of line ends in `text[from..to]`.
fn line_ends(text: &[u8], from: usize, to: usize) -> usize {
    let ends =
        (from..to).filter(|&k| text[k] == b'\n' || (text[k] == b'\r' && text.get(k + 1) != Some(&b'\n')));
    ends.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(usize, Vec<String>)>, UnclosedQuote> {
        let mut rows = Rows::new(text.as_bytes(), 1, b',');
        let mut found = Vec::new();
        while let Some(row) = rows.next_row()? {
            let cells = row.cells.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap());
            found.push((row.line, cells.collect()));
        }
        Ok(found)
    }

    #[test]
    fn lines_are_counted_at_every_kind_of_end() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,\"two", "lines\"", "", "", "3,4"].join(end);
            let cell = format!("two{end}lines");
            let expected = [(1, vec!["a", "b"]), (2, vec!["1", &cell]), (6, vec!["3", "4"])];
            for text in [text.clone(), text + end] {
                let found = all(&text).unwrap();
                let found: Vec<(usize, Vec<&str>)> =
                    found.iter().map(|(line, cells)| (*line, cells.iter().map(|c| &**c).collect())).collect();
                assert_eq!(found, expected, "{text:?}");
            }
        }
    }

    #[test]
    fn an_open_quote_is_found_wherever_the_text_ends() {
        for text in ["a\n\"1\n2\n", "a\n\"1", "a\n\"", "a\n1,\"\n", "a\n\"1\"\"\n"] {
            assert_eq!(all(text), Err(UnclosedQuote { line: 2 }), "{text:?}");
        }
        for text in ["a\n\"1\"\n", "a\n\"1\"", "a\n\"1\n\"", "a\n\"\"", "a\n\"1\"\"\""] {
            assert_eq!(all(text).map(|rows| rows.len()), Ok(2), "{text:?}");
        }
        for text in ["", "\n", "\r\n\r\n"] {
            assert_eq!(all(text), Ok(vec![]), "{text:?}");
        }
    }

    #[test]
    fn a_row_is_kept_as_it_stands() {
        let mut rows = Rows::new(b"\r\n\"a\", b \r\nc", 5, b',');
        let row = rows.next_row().unwrap().unwrap();
        assert_eq!((row.line, row.raw, row.cells.len()), (6, &b"\"a\", b"[..], 2));
        assert_eq!(rows.next_row().unwrap().unwrap().raw, b"c");
        assert!(rows.next_row().unwrap().is_none());
    }
}
