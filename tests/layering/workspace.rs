//! What is read of a checkout: its members, the tables of `CONTRIBUTING.md`, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Files by their path from the root, with their text.
pub type Tree = BTreeMap<String, String>;

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The folder from the root; empty for the root.
    pub folder: String,
    /// The name that other crates write.
    pub name: String,
}

impl Member {
    pub fn src(&self) -> String {
        if self.folder.is_empty() { "src".to_string() } else { format!("{}/src", self.folder) }
    }
}

/// The root package and the members that the root's `Cargo.toml` names, a `*` at the end included.
pub fn members(tree: &Tree) -> Vec<Member> {
    let root = &tree["Cargo.toml"];
    let list = root.split_once("\nmembers").map_or("", |(_, rest)| rest.split(']').next().unwrap_or(""));
    let mut folders = BTreeSet::from([String::new()]);
    for pattern in list.split('"').skip(1).step_by(2).filter(|pattern| *pattern != ".") {
        let matches = |folder: &&str| match pattern.strip_suffix('*') {
            Some(begin) => folder.strip_prefix(begin).is_some_and(|rest| !rest.contains('/')),
            None => *folder == pattern,
        };
        let manifests = tree.keys().filter_map(|path| path.strip_suffix("/Cargo.toml"));
        folders.extend(manifests.filter(matches).map(str::to_string));
    }
    let member = |folder: String| {
        let path = if folder.is_empty() { "Cargo.toml".to_string() } else { format!("{folder}/Cargo.toml") };
        let manifest = &tree[&path];
        let of_table = |table: &str| {
            let (_, rest) = manifest.split_once(&format!("[{table}]\n"))?;
            let mut lines = rest.lines().take_while(|line| !line.starts_with('['));
            lines.find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        };
        let name = of_table("lib").or(of_table("package")).expect("a package has a name");
        Member { folder, name: name.replace('-', "_") }
    };
    folders.into_iter().map(member).collect()
}

/// A row of a table: a room or a member, and what it may import.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub may_import: BTreeSet<String>,
}

/// The rows under the line that begins with `header`, in order. The word `all` means every row
/// above.
pub fn table(markdown: &str, header: &str) -> Vec<Row> {
    let mut lines = markdown.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let mut rows: Vec<Row> = Vec::new();
    while let Some(line) = lines.next().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = quoted(cells[1]).pop().unwrap_or_else(|| panic!("no name in backticks in {line:?}"));
        let may_import = if cells[2] == "all" {
            rows.iter().map(|row| row.name.clone()).collect()
        } else {
            quoted(cells[2]).into_iter().collect()
        };
        rows.push(Row { name, may_import });
    }
    rows
}

/// The words in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// What the tests of the architecture read of a checkout: manifests, the tables, and sources.
pub fn read(root: &Path) -> Tree {
    let mut tree = Tree::new();
    for file in ["Cargo.toml", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        tree.insert(file.to_string(), text);
    }
    for folder in ["src", "examples", "crates"] {
        read_folder(root, folder, &mut tree);
    }
    tree
}

fn read_folder(root: &Path, folder: &str, tree: &mut Tree) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("{folder}: {error}"));
        let name = entry.file_name().into_string().expect("names of files are text");
        let path = format!("{folder}/{name}");
        let kind = entry.file_type().unwrap_or_else(|error| panic!("{path}: {error}"));
        if kind.is_dir() && name != "target" {
            read_folder(root, &path, tree);
        } else if kind.is_file() && (name == "Cargo.toml" || name.ends_with(".rs")) {
            let text = fs::read_to_string(root.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            tree.insert(path, text);
        }
    }
}
