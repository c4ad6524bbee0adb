//! The architecture as a test: every import in `src/` against the table in `CONTRIBUTING.md`.
//!
//! Also held: a `mod.rs` defines nothing, every file opens with a sentence on what it is, and folders stand
//! in `lib.rs` in the order of the table, each importing only what stands above it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A row of the table: a folder and the folders it may import.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    folder: String,
    may_import: BTreeSet<String>,
}

/// The rows under the header `| folder | may import |`, in order. The word `all` means every row above.
fn table(markdown: &str) -> Vec<Row> {
    let is_header = |line: &&str| line.starts_with("| folder | may import |");
    let mut lines = markdown.lines().skip_while(|line| !is_header(line)).skip(2);
    let mut rows: Vec<Row> = Vec::new();
    while let Some(line) = lines.next().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let folder = quoted(cells[1]).pop().unwrap_or_else(|| panic!("no folder in {line:?}"));
        let may_import = if cells[2] == "all" {
            rows.iter().map(|row| row.folder.clone()).collect()
        } else {
            quoted(cells[2]).into_iter().collect()
        };
        rows.push(Row { folder, may_import });
    }
    rows
}

/// The words in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// What is wrong with a file at `path`, relative to `src/`.
fn faults(path: &Path, text: &str, rows: &[Row]) -> Vec<String> {
    let at = |number: usize, what: String| format!("src/{}:{}: {what}", path.display(), number + 1);
    let mut found = Vec::new();
    if !opens_with_a_sentence(text) {
        found.push(at(0, "does not open with a `//!` sentence".to_string()));
    }
    if path.ends_with("mod.rs") {
        found
            .extend(definitions(text).into_iter().map(|(n, line)| at(n, format!("mod.rs defines `{line}`"))));
    }
    let folder = match path.components().count() {
        1 => None,
        _ => path.iter().next().and_then(|name| name.to_str()),
    };
    let row = folder.and_then(|folder| rows.iter().find(|row| row.folder == folder));
    match folder {
        None if !["lib.rs", "main.rs"].iter().any(|name| path == Path::new(name)) => {
            found.push(at(0, "only lib.rs and main.rs stand outside a folder".to_string()));
        }
        Some(folder) if row.is_none() => found.push(at(0, format!("folder `{folder}` is not in the table"))),
        _ => {}
    }
    for (number, line) in text.lines().enumerate() {
        if line.contains("super::super") {
            found.push(at(number, "`super::super` hides an import; write `crate::`".to_string()));
        }
        for import in imports(line) {
            let allowed = row.is_some_and(|row| import == row.folder || row.may_import.contains(&import));
            if !allowed {
                let from = folder.unwrap_or("the root");
                found.push(at(number, format!("{from} may not import `{import}`")));
            }
        }
    }
    found
}

/// The first word after each `crate::` of a line; a brace stands for itself, since no folder is called that.
fn imports(line: &str) -> Vec<String> {
    let first_word = |rest: &str| {
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word.is_empty() { rest.chars().take(1).collect() } else { word }
    };
    line.split("crate::").skip(1).map(first_word).collect()
}

fn opens_with_a_sentence(text: &str) -> bool {
    let paragraph: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
    paragraph.last().is_some_and(|line| line.ends_with(['.', ':']))
}

/// Statements that are neither a module, nor a re-export, nor an attribute.
fn definitions(text: &str) -> Vec<(usize, String)> {
    let mut inside_use = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let words = line
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        let module = words.starts_with("mod ") && words.ends_with(';');
        let begins_use = words.starts_with("use ");
        let allowed = line.is_empty() || line.starts_with("//") || line.starts_with("#[") || module;
        if !(allowed || begins_use || inside_use) {
            found.push((number, line.to_string()));
        }
        inside_use = (begins_use || inside_use) && !line.ends_with(';');
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every `.rs` file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the crate") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn documented_table() -> Vec<Row> {
    let rows = table(&read(&root().join("CONTRIBUTING.md")));
    assert!(rows.len() > 5, "CONTRIBUTING.md has no import table, or it moved: {rows:?}");
    rows
}

#[test]
fn every_file_keeps_to_the_table() {
    let (src, rows) = (root().join("src"), documented_table());
    let files = sources(&src);
    assert!(files.len() > 50, "only {} files found below {}", files.len(), src.display());
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| faults(file.strip_prefix(&src).expect("below src"), &read(file), &rows))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_table_has_no_loop_and_no_stranger() {
    let rows = documented_table();
    for (k, row) in rows.iter().enumerate() {
        let above: BTreeSet<String> = rows[..k].iter().map(|row| row.folder.clone()).collect();
        let below: Vec<&String> = row.may_import.difference(&above).collect();
        assert!(below.is_empty(), "`{}` imports {below:?}, which do not stand above it", row.folder);
        assert!(root().join("src").join(&row.folder).is_dir(), "there is no folder src/{}", row.folder);
    }
}

#[test]
fn lib_rs_has_the_order_of_the_table() {
    let text = read(&root().join("src/lib.rs"));
    let modules: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let folders: Vec<String> = documented_table().into_iter().map(|row| row.folder).collect();
    assert_eq!(modules, folders);
}

#[test]
fn each_kind_of_fault_is_caught() {
    let rows = table(
        "| folder | may import | why |\n|---|---|---|\n| `num` | nothing | |\n| `optim` | `num` | |\n| `cli` | all | |\n\n| `x` | |",
    );
    assert_eq!(rows.len(), 3);
    let faults_of = |path: &str, text: &str| faults(Path::new(path), text, &rows);
    let good = "//! A sentence.\n\nuse crate::num::Scalar;\nuse crate::optim::Adam;\n";
    assert_eq!(faults_of("cli/run.rs", good), Vec::<String>::new());
    assert_eq!(faults_of("optim/adam.rs", good), Vec::<String>::new());

    let red = |path: &str, text: &str, what: &str| {
        let found = faults_of(path, text);
        assert_eq!(found.len(), 1, "{path}: {found:?} instead of {what:?}");
        assert!(found[0].contains(what), "{path}: {found:?} instead of {what:?}");
    };
    red(
        "num/blocks.rs",
        "//! A sentence.\nuse crate::optim::Adam;\n",
        "num/blocks.rs:2: num may not import `optim`",
    );
    red("optim/adam.rs", "//! A sentence.\nfn f() -> crate::cli::Call {}\n", "optim may not import `cli`");
    red("optim/adam.rs", "//! A sentence.\nuse crate::{num::Scalar};\n", "may not import `{`");
    red("optim/adam.rs", "//! A sentence.\nuse super::super::cli;\n", "super::super");
    red("utils/adam.rs", "//! A sentence.\n", "folder `utils` is not in the table");
    red("helpers.rs", "//! A sentence.\n", "only lib.rs and main.rs");
    red("num/blocks.rs", "use std::fmt;\n", "open with");
    red("num/blocks.rs", "//! no sentence\n", "open with");
    red(
        "num/mod.rs",
        "//! A face.\nmod a;\npub use a::{\n    B,\n};\npub const N: usize = 3;\n",
        "mod.rs:6: mod.rs defines",
    );
    red("num/mod.rs", "//! A face.\npub mod a {}\n", "mod.rs defines");
}
