//! Splits the text of a formula into words.

use super::Span;
use super::fault::{Fault, Located};
use std::collections::BTreeSet;

/// A word of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    /// The end of a statement: `;`, or a new line outside brackets and not after an operator.
    End,
}

impl Token {
    /// The word as messages show it.
    pub fn shown(&self) -> String {
        match self {
            Token::Number(x) => x.to_string(),
            Token::Name(name) => format!("{name:?}"),
            Token::Symbol(symbol) => format!("{symbol:?}"),
            Token::End => "the end of the statement".to_string(),
        }
    }
}

/// All symbols; a longer one stands before its own beginning.
const SYMBOLS: [&str; 18] =
    ["+=", ".*", "./", ".^", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ":", "|", "=", "~"];

/// The words of a formula with their places; `#` and `//` begin a comment. The last word is a
/// [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Located> {
    let mut found: Vec<(Token, Span)> = Vec::new();
    let (mut at, mut depth) = (0, 0usize);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if c == '#' || rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if c == '\n' || c == ';' {
            if c == ';' || (depth == 0 && ends_a_statement(found.last().map(|(token, _)| token))) {
                found.push((Token::End, Span { start: at, end: at + 1 }));
            }
            1
        } else if c.is_whitespace() {
            c.len_utf8()
        } else {
            let (token, length) =
                word(rest).map_err(|fault| fault.at(Span { start: at, end: at + c.len_utf8() }))?;
            match token {
                Token::Symbol("(" | "[") => depth += 1,
                Token::Symbol(")" | "]") => depth = depth.saturating_sub(1),
                _ => {}
            }
            found.push((token, Span { start: at, end: at + length }));
            length
        };
        at += length;
    }
    found.push((Token::End, Span { start: text.trim_end().len(), end: text.len() }));
    Ok(found)
}

/// The names that a formula reads or defines. In a text that is not a formula, those before the
/// first invalid character.
pub fn names_in(text: &str) -> BTreeSet<String> {
    let until = tokens(text).err().map_or(text.len(), |located| located.span.start);
    let words = tokens(&text[..until]).unwrap_or_default();
    words
        .into_iter()
        .filter_map(|(word, _)| if let Token::Name(name) = word { Some(name) } else { None })
        .collect()
}

/// Whether a new line ends a statement; after an operator or a comma the statement continues.
fn ends_a_statement(last: Option<&Token>) -> bool {
    match last {
        None | Some(Token::End) => false,
        Some(Token::Symbol(symbol)) => [")", "]"].contains(symbol),
        Some(_) => true,
    }
}

/// The word at the start of a text, and its length in bytes.
fn word(rest: &str) -> Result<(Token, usize), Fault> {
    let first = rest.chars().next().expect("a text that is not empty");
    let second = rest.chars().nth(1);
    if first.is_ascii_digit() || (first == '.' && second.is_some_and(|c| c.is_ascii_digit())) {
        return number(rest);
    }
    if first.is_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        return Ok((Token::Name(rest[..length].to_string()), length));
    }
    let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
    symbol.map(|symbol| (Token::Symbol(symbol), symbol.len())).ok_or(Fault::Character(first))
}

fn number(rest: &str) -> Result<(Token, usize), Fault> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut length = digits(rest);
    // `2.*x` is two times x.
    let has_fraction =
        rest[length..].starts_with('.') && !["*", "/", "^"].iter().any(|s| rest[length + 1..].starts_with(s));
    if has_fraction {
        length += 1 + digits(&rest[length + 1..]);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let exponent = digits(&rest[length + 1 + sign..]);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let expected = || Fault::Expected { what: "a number", found: format!("{:?}", &rest[..length]) };
    rest[..length].parse().map(|x| (Token::Number(x), length)).map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let shown = |(token, _): &(Token, Span)| match token {
            Token::End => ";".to_string(),
            Token::Symbol(symbol) => symbol.to_string(),
            Token::Name(name) => name.clone(),
            Token::Number(x) => format!("{x}"),
        };
        tokens(text).unwrap().iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn statements_end_with_their_lines() {
        assert_eq!(
            words("a = 1\n\nb ~ f(2,\n 3) # c\ntarget += a *\n b"),
            "a = 1 ; b ~ f ( 2 , 3 ) ; target += a * b ;"
        );
        assert_eq!(words("a=1; b=2"), "a = 1 ; b = 2 ;");
    }

    #[test]
    fn numbers_in_all_forms() {
        assert_eq!(words("1.5e-3 2. .5 3e4 2.*x 1e"), "0.0015 2 0.5 30000 2 .* x 1 e ;");
    }

    #[test]
    fn a_strange_character_has_its_place() {
        let located = tokens("a = 1\nb = $").unwrap_err();
        assert_eq!((located.fault, located.span.start), (Fault::Character('$'), 10));
    }
}
