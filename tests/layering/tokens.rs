//! Rust source as tokens, with comments or without, and without what stands behind `#[cfg(test)]`.

/// A word, a number, a string (it begins with its quote), a comment (it begins with its slashes),
/// `::`, or one other character.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub text: String,
    /// Counts from 1.
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_comment(&self) -> bool {
        self.text.starts_with("//") || self.text.starts_with("/*")
    }

    pub fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The tokens of a source text without its comments.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut found = tokens_and_comments(source);
    found.retain(|token| !token.is_comment());
    found
}

/// The tokens of a source text. Lifetimes and character literals are left out: no path stands in
/// them.
pub fn tokens_and_comments(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let at = |i: usize| text.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut i, mut line) = (Vec::new(), 0, 1);
    while i < text.len() {
        let (begin, begin_line) = (i, line);
        let c = at(i);
        if c == '/' && at(i + 1) == '/' {
            i = end_of(&text, i, |c| c != '\n');
            found.push(Token { text: text[begin..i].iter().collect(), line });
        } else if c == '/' && at(i + 1) == '*' {
            i = end_of_block_comment(&text, i);
            found.push(Token { text: text[begin..i].iter().collect(), line });
        } else if let Some(end) = end_of_string(&text, i) {
            i = end;
            let literal = text[begin..i].iter().collect::<String>();
            let quote = literal.find('"').expect("a string has a quote");
            found.push(Token { text: literal[quote..].to_string(), line });
        } else if c == '\'' && at(i + 1) == '\\' {
            i = end_of(&text, i + 3, |c| c != '\'') + 1;
        } else if c == '\'' && at(i + 2) == '\'' {
            i += 3;
        } else if c == '\'' {
            i = end_of(&text, i + 1, is_word);
        } else if c == 'r' && at(i + 1) == '#' && is_word(at(i + 2)) {
            i = end_of(&text, i + 2, is_word);
            found.push(Token { text: text[begin + 2..i].iter().collect(), line });
        } else if !c.is_whitespace() {
            i = if is_word(c) { end_of(&text, i, is_word) } else { i + 1 };
            i += usize::from(c == ':' && at(i) == ':');
            found.push(Token { text: text[begin..i].iter().collect(), line });
        } else {
            i += 1;
        }
        line = begin_line + text[begin..i.min(text.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

/// The first place from `i` on whose character is not `within`.
fn end_of(text: &[char], i: usize, within: impl Fn(char) -> bool) -> usize {
    (i..text.len()).find(|&k| !within(text[k])).unwrap_or(text.len())
}

/// Block comments nest.
fn end_of_block_comment(text: &[char], mut i: usize) -> usize {
    let mut depth = 0;
    while i < text.len() {
        match (text[i], text.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

/// Where the string ends that begins at `i`, with a prefix or without; `None` if no string begins
/// there.
fn end_of_string(text: &[char], i: usize) -> Option<usize> {
    let within_a_word = i > 0 && (text[i - 1].is_alphanumeric() || text[i - 1] == '_');
    let prefix_end = end_of(text, i, |c| matches!(c, 'r' | 'b' | 'c'));
    let hashes_end = end_of(text, prefix_end, |c| c == '#');
    if within_a_word || prefix_end - i > 2 || text.get(hashes_end) != Some(&'"') {
        return None;
    }
    let (raw, hashes) = (text[i..prefix_end].contains(&'r'), hashes_end - prefix_end);
    if hashes > 0 && !raw {
        return None;
    }
    let mut k = hashes_end + 1;
    while k < text.len() {
        if text[k] == '\\' && !raw {
            k += 2;
        } else if text[k] == '"' && end_of(text, k + 1, |c| c == '#') > k + hashes {
            return Some(k + 1 + hashes);
        } else {
            k += 1;
        }
    }
    Some(text.len())
}

/// The tokens without the items behind `#[cfg(test)]` and `#[cfg(doctest)]`, and the names of
/// modules among those items that stand in files of their own.
pub fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut test_modules, mut i) = (Vec::new(), Vec::new(), 0);
    while i < tokens.len() {
        let attribute_end = attribute_end(tokens, i);
        let attribute = &tokens[i..attribute_end];
        let says = |word: &str| attribute.iter().any(|token| token.is(word));
        if says("cfg") && (says("test") || says("doctest")) && !says("not") {
            let end = item_end(tokens, attribute_end);
            let item = &tokens[attribute_end..end];
            if let [.., word, name, _] = item
                && word.is("mod")
            {
                test_modules.push(name.text.clone());
            }
            i = end;
        } else {
            let end = attribute_end.max(i + 1);
            kept.extend_from_slice(&tokens[i..end]);
            i = end;
        }
    }
    (kept, test_modules)
}

/// Where the outer attribute ends that begins at `i`; `i` itself if none does.
fn attribute_end(tokens: &[Token], i: usize) -> usize {
    let begins = tokens[i].is("#") && tokens.get(i + 1).is_some_and(|token| token.is("["));
    if begins { closed(tokens, i + 1) } else { i }
}

/// The place after the bracket that closes the one at `i`.
pub fn closed(tokens: &[Token], i: usize) -> usize {
    let mut depth = 0;
    for (k, token) in tokens.iter().enumerate().skip(i) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return k + 1;
        }
    }
    tokens.len()
}

/// The place after the item that begins at `i`: after its `;`, or after its first block in braces.
fn item_end(tokens: &[Token], mut i: usize) -> usize {
    let is_use = tokens[i..].iter().take(8).find(|t| t.is("use") || t.is("{")).is_some_and(|t| t.is("use"));
    while i < tokens.len() {
        let end = match tokens[i].text.as_str() {
            ";" => return i + 1,
            "(" | "[" | "{" => closed(tokens, i),
            _ => i + 1,
        };
        if tokens[i].is("{") && !is_use {
            return end;
        }
        i = end;
    }
    i
}
