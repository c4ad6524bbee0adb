//! A place in a text, shown as its line with carets below.

use std::fmt;

/// A range of bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The index of the first byte.
    pub start: usize,
    /// One past the index of the last byte.
    pub end: usize,
}

impl Span {
    /// The span from the start of this one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end }
    }

    /// The same place in a text that contains this text from byte `offset`.
    pub fn shifted(self, offset: usize) -> Span {
        Span { start: self.start + offset, end: self.end + offset }
    }
}

/// A line of a text with a place in it, shown with carets under the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The number of the line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    text: String,
    width: usize,
}

impl Excerpt {
    /// The line in which the span begins; the part of the span beyond its end is omitted.
    pub fn of(text: &str, span: Span) -> Excerpt {
        let mut start = span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let begin = text[..start].rfind('\n').map_or(0, |k| k + 1);
        let end = text[start..].find('\n').map_or(text.len(), |k| start + k);
        let marked = text.get(start..span.end.clamp(start, end)).unwrap_or("");
        Excerpt {
            line: 1 + text[..begin].matches('\n').count(),
            column: 1 + text[begin..start].chars().count(),
            text: text[begin..end].trim_end().to_string(),
            width: marked.trim_end().chars().count().max(1),
        }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs before the place are kept, so that the carets stand under it.
        let indent: String =
            self.text.chars().take(self.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        writeln!(f, "  {number} | {}", self.text)?;
        write!(f, "  {margin} | {indent}{}", "^".repeat(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_place() {
        let text = "a = 1\n\tσ ~ norml(0, 1)\n";
        let start = text.find("norml").unwrap();
        let excerpt = Excerpt::of(text, Span { start, end: start + 5 });
        assert_eq!((excerpt.line, excerpt.column), (2, 6));
        assert_eq!(excerpt.to_string(), "  2 | \tσ ~ norml(0, 1)\n    | \t    ^^^^^");
    }

    #[test]
    fn the_end_of_a_text_is_a_place() {
        let excerpt = Excerpt::of("x +", Span { start: 3, end: 3 });
        assert_eq!((excerpt.line, excerpt.column), (1, 4));
        assert_eq!(excerpt.to_string(), "  1 | x +\n    |    ^");
    }
}
