//! Golden files: what the program says of bad input, and what a run leaves, as texts in `tests/golden`.
//!
//! `PUSHFORWARD_BLESS=1 cargo test -p pushforward-cli --test program golden` writes what the program says now into them;
//! look at the difference before you keep it.
//!
//! A file of calls begins with words on what it is, and with files that every case has. A case is
//!
//! ```text
//! == a title
//! $ run model.toml --quiet
//! --- data.csv escaped
//! x,y\r\n
//! >>> 2
//! error: all that the program says
//! ```
//!
//! The lines below `--- NAME` are a file of the folder in which the program starts. With `escaped` they have no line ends
//! but those written as `\n` and `\r`; `\t`, `\xFF` and `\\` stand for themselves too. In a call `[small]` stands for the settings
//! of a short fit. In what the program says `[..]` stands for any words of one line.

use crate::run_folder::files_below;
use crate::started::{SMALL, command, home};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn place(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(name)
}

fn may_bless() -> bool {
    std::env::var_os("PUSHFORWARD_BLESS").is_some_and(|value| value == "1")
}

const ADVICE: &str = "If it should be so, run the test with PUSHFORWARD_BLESS=1 and look at the difference.";

/// Holds a text against a golden file.
pub fn assert_golden(name: &str, found: &str) {
    let path = place(name);
    if may_bless() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{} is another text. {ADVICE}", path.display());
}

/// Bytes by the paths of their files.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A call and what the program says to it.
#[derive(Debug)]
struct Case<'t> {
    /// All above the line `>>>`, for writing it again.
    source: &'t str,
    title: &'t str,
    call: &'t str,
    files: Files,
    code: i32,
    says: &'t str,
}

/// The words and files above the first case, and the cases.
fn parse(text: &str) -> (&str, Vec<Case<'_>>) {
    let starts: Vec<usize> = text.match_indices("== ").map(|(at, _)| at).collect();
    let starts: Vec<usize> =
        starts.into_iter().filter(|at| *at == 0 || text[..*at].ends_with('\n')).collect();
    let head = &text[..starts.first().copied().unwrap_or(text.len())];
    let common = files_in(head);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let case = |(start, end): (&usize, usize)| {
        let whole = &text[*start..end];
        let (source, end) = whole.split_once("\n>>> ").unwrap_or_else(|| panic!("no >>> in {whole}"));
        let (code, says) = end.split_once('\n').unwrap_or((end, ""));
        let call = source.lines().find_map(|line| line.strip_prefix("$ "));
        let mut files = common.clone();
        files.extend(files_in(source));
        Case {
            source,
            title: source.lines().next().unwrap_or_default(),
            call: call.unwrap_or_else(|| panic!("no call in {whole}")),
            files,
            code: code.trim().parse().unwrap_or_else(|_| panic!("no exit code in {whole}")),
            says: says.trim_end(),
        }
    };
    (head, starts.iter().zip(ends).map(case).collect())
}

/// The files that stand in a text.
fn files_in(text: &str) -> Files {
    let mut files = Files::new();
    let mut open: Option<(PathBuf, bool)> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("--- ") {
            let (name, is_escaped) = name.strip_suffix(" escaped").map_or((name, false), |name| (name, true));
            files.insert(name.into(), Vec::new());
            open = Some((name.into(), is_escaped));
        } else if let Some((name, is_escaped)) = &open {
            let bytes = files.get_mut(name).expect("it was put there");
            if *is_escaped {
                bytes.extend(unescaped(line));
            } else {
                bytes.extend([line.as_bytes(), b"\n"].concat());
            }
        }
    }
    files
}

/// The bytes of a line with escapes.
fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.as_bytes());
        let (byte, length) = match escape.as_bytes() {
            [b'n', ..] => (b'\n', 1),
            [b'r', ..] => (b'\r', 1),
            [b't', ..] => (b'\t', 1),
            [b'\\', ..] => (b'\\', 1),
            [b'x', ..] => (u8::from_str_radix(&escape[1..3], 16).unwrap(), 3),
            _ => panic!("no escape: \\{escape}"),
        };
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}

/// Whether a text is the expected one, where `[..]` stands for any words of one line.
fn is_like(found: &str, expected: &str) -> bool {
    let line_is_like = |found: &str, expected: &str| {
        let mut parts = expected.split("[..]");
        let Some(mut rest) = parts.next().and_then(|first| found.strip_prefix(first)) else { return false };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
        for part in middle {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    };
    let (found, expected): (Vec<&str>, Vec<&str>) = (found.lines().collect(), expected.lines().collect());
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| line_is_like(f, e))
}

/// What the program says in a folder with the files of a case, and what else is wrong with that.
fn said(case: &Case<'_>) -> (i32, String, Vec<String>) {
    let home = home();
    for (name, bytes) in &case.files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let begun = Instant::now();
    let output = command(&home, &case.call.replace("[small]", SMALL)).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim_end().to_string();
    let (out, err) = (text(output.stdout), text(output.stderr));
    let wrong = [
        (!out.is_empty(), "it printed results"),
        (files_below(home.path()) != case.files, "it left or changed files"),
        (err.contains("panicked"), "it panicked"),
        (begun.elapsed() > Duration::from_secs(15), "it took more than 15 seconds"),
    ];
    let wrong = wrong.into_iter().filter(|(is_so, _)| *is_so).map(|(_, what)| what.to_string());
    let err = err.replace(&home.path().display().to_string(), "[home]");
    (output.status.code().expect("an exit, not a signal"), err, wrong.collect())
}

/// The text with what the program says now, and all that is other than expected.
fn held(text: &str) -> (String, Vec<String>) {
    let (head, cases) = parse(text);
    let (mut now, mut faults) = (head.to_string(), Vec::new());
    for case in &cases {
        let (code, err, wrong) = said(case);
        faults.extend(wrong.iter().map(|what| format!("{}: {what}\n{err}", case.title)));
        let is_kept = code == case.code && is_like(&err, case.says);
        if !is_kept {
            faults.push(format!(
                "{}: exit {code}\n{err}\n-- expected: exit {}\n{}",
                case.title, case.code, case.says
            ));
        }
        let says = if is_kept { case.says } else { &err };
        now += &format!("{}\n>>> {code}\n{says}\n\n", case.source);
    }
    (now.trim_end().to_string() + "\n", faults)
}

/// Holds the program against the calls of a golden file.
fn assert_calls(name: &str) {
    let text = fs::read_to_string(place(name)).unwrap();
    let (now, faults) = held(&text);
    if may_bless() {
        fs::write(place(name), now).unwrap();
        return;
    }
    assert!(faults.is_empty(), "{name}: {} cases.\n{}\n{ADVICE}", faults.len(), faults.join("\n\n"));
    assert_eq!(now, text, "{name} is not laid out as it would be written");
}

#[test]
fn wrong_calls() {
    assert_calls("calls.txt");
}

#[test]
fn wrong_settings() {
    assert_calls("settings.txt");
}

#[test]
fn wrong_density_files() {
    assert_calls("density_files.txt");
}

#[test]
fn densities_that_cannot_be() {
    assert_calls("densities.txt");
}

#[test]
fn wrong_data_files() {
    assert_calls("data_files.txt");
}

#[test]
fn wrong_libraries_and_programs() {
    assert_calls("interfaces.txt");
}

/// Every file is held by a test of this folder.
#[test]
fn no_golden_file_is_left_alone() {
    let tests = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program"));
    let sources: String =
        files_below(tests).values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    for name in files_below(&place("")).keys() {
        assert!(
            sources.contains(&format!("(\"{}\"", name.display())),
            "{} is held by no test",
            name.display()
        );
    }
}

/// The judge is judged: another exit, other words and a file that is left are found.
#[test]
fn a_golden_file_that_is_wrong_is_found() {
    let text = "Words.\n--- a.csv\nx\n\n== one\n$ audit gmm-9\n--- b.csv escaped\nx\\r\\n\n\\xff\\\\\\t1\n>>> 2\nerror: unknown target \"gmm-9\"; did you mean [..]\n";
    let (head, cases) = parse(text);
    assert_eq!((head.lines().next(), cases.len()), (Some("Words."), 1));
    assert_eq!(cases[0].files[Path::new("a.csv")], b"x\n\n");
    assert_eq!(cases[0].files[Path::new("b.csv")], b"x\r\n\xff\\\t1");
    assert_eq!(held(text), (text.to_string(), vec![]));
    for (from, to) in
        [(">>> 2", ">>> 4"), ("unknown", "known"), ("[..]", "[..]!"), ("audit gmm-9", "targets")]
    {
        let wrong = text.replace(from, to);
        let (now, faults) = held(&wrong);
        assert!(!faults.is_empty(), "{wrong}");
        assert_ne!(now, wrong);
    }
}
