//! Everything that the tests of the architecture hold, in one list of faults for a tree of files.

use crate::arrows::{Arrow, Arrows};
use crate::modules::{Modules, is_face};
use crate::tokens::{Token, closed, tokens, without_tests};
use crate::workspace::{Member, Row, Tree, members, table};
use std::collections::BTreeSet;

/// The header of the table of members; the names are folders, and `src` is the library.
const MEMBERS: &str = "| member | may import |";

/// A file of the root that may import every room and that no room imports.
const PRELUDE: &str = "src/prelude.rs";

/// The name of a member in the tables.
fn documented_name(member: &Member) -> String {
    if member.folder.is_empty() { member.src() } else { member.folder.clone() }
}

/// The rooms of a member. A member whose files all stand in one folder has no table and no rooms.
fn rooms(contributing: &str, member: &Member) -> Vec<Row> {
    table(contributing, &format!("| room of `{}` | may import |", documented_name(member)))
}

/// The first folder below `src`; `None` for a file that stands in no room.
fn room<'a>(file: &'a str, member: &Member) -> Option<&'a str> {
    file.strip_prefix(&format!("{}/", member.src()))?.split_once('/').map(|(room, _)| room)
}

fn has(rows: &[Row], name: &str) -> bool {
    rows.iter().any(|row| row.name == name)
}

/// What is wrong with a tree, one line for each fault but for loops, which have a line for each
/// arrow.
pub fn faults(tree: &Tree) -> Vec<String> {
    let (all, contributing) = (members(tree), &tree["CONTRIBUTING.md"]);
    let rows = table(contributing, MEMBERS);
    let arrows = Arrows::of(tree, &all);
    let mut found = faults_of_the_table("member", &rows);
    let names: BTreeSet<String> = all.iter().map(documented_name).collect();
    let documented: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    for name in names.symmetric_difference(&documented) {
        found.push(format!("`{name}` is not both a member of the workspace and a row of CONTRIBUTING.md"));
    }
    for member in &all {
        let rooms = rooms(contributing, member);
        found.extend(faults_of_the_table("room", &rooms));
        found.extend(faults_of_the_order(tree, member, &rooms));
        let src = format!("{}/", member.src());
        let mut strangers = BTreeSet::new();
        for file in tree.keys().filter(|file| file.starts_with(&src) && file.ends_with(".rs")) {
            found.extend(faults_of_a_file(file, &tree[file], member, &rooms));
            strangers.extend(room(file, member).filter(|room| !has(&rooms, room)));
        }
        let stranger = |room| format!("{src}{room}: the room `{room}` is not in the table");
        found.extend(strangers.into_iter().filter(|_| !rooms.is_empty()).map(stranger));
    }
    for arrow in &arrows.all {
        found.extend(fault_of_an_arrow(arrow, &all, &rows, contributing));
    }
    found.extend(arrows.orphans.iter().map(|file| format!("{file}:1: no `mod` line leads to this file")));
    found.extend(arrows.lost.iter().cloned());
    found.extend(arrows.loops(tree));
    found
}

/// Rows that import what does not stand above them.
fn faults_of_the_table(what: &str, rows: &[Row]) -> Vec<String> {
    let below = |(k, row): (usize, &Row)| {
        let above = |name: &&String| rows[..k].iter().any(|row| row.name == **name);
        let names: Vec<&String> = row.may_import.iter().filter(|name| !above(name)).collect();
        let fault = || format!("the {what} `{}` may import {names:?}, which do not stand above it", row.name);
        (!names.is_empty()).then(fault)
    };
    rows.iter().enumerate().filter_map(below).collect()
}

/// The crate's root declares its rooms in the order of the table, and every row has its room.
fn faults_of_the_order(tree: &Tree, member: &Member, rooms: &[Row]) -> Option<String> {
    let roots = ["lib.rs", "main.rs"].map(|name| format!("{}/{name}", member.src()));
    let root = roots.iter().find(|file| tree.contains_key(*file))?;
    let modules = Modules::of(tree, std::slice::from_ref(member));
    let module = modules.all.iter().find(|module| module.file == **root)?;
    let declared: Vec<&String> = module.order.iter().filter(|name| *name != "prelude").collect();
    let documented: Vec<&String> = rooms.iter().map(|row| &row.name).collect();
    let fault = || format!("{root}:1: declares {declared:?}, and CONTRIBUTING.md has {documented:?}");
    (!rooms.is_empty() && declared != documented).then(fault)
}

fn faults_of_a_file(file: &str, text: &str, member: &Member, rooms: &[Row]) -> Vec<String> {
    let mut found = Vec::new();
    if !opens_with_a_sentence(text) {
        found.push(format!("{file}:1: does not open with a `//!` sentence"));
    }
    if is_face(file) || file == PRELUDE {
        let (text, _) = without_tests(&tokens(text));
        found.extend(first_definition(&text).map(|token| {
            format!("{file}:{}: a face defines nothing, and here is `{}`", token.line, token.text)
        }));
    }
    let is_root = ["lib.rs", "main.rs"].iter().any(|name| file == format!("{}/{name}", member.src()));
    if !rooms.is_empty() && room(file, member).is_none() && !is_root && file != PRELUDE {
        found.push(format!("{file}:1: stands outside of the rooms"));
    }
    found
}

/// The paragraph at the head of a file ends as a sentence does, or announces what follows.
fn opens_with_a_sentence(text: &str) -> bool {
    let paragraph: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
    paragraph.last().is_some_and(|line| line.ends_with(['.', ':']))
}

/// The first token of a statement that is neither `mod name;`, nor a `use`, nor an attribute.
fn first_definition(text: &[Token]) -> Option<&Token> {
    let mut i = 0;
    while i < text.len() {
        let next = text.get(i + 1).map_or("", |token| token.text.as_str());
        let statement_end = || (i..text.len()).find(|&k| text[k].is(";")).map_or(text.len(), |k| k + 1);
        i = match text[i].text.as_str() {
            "#" => closed(text, if next == "!" { i + 2 } else { i + 1 }),
            "pub" if next == "(" => closed(text, i + 1),
            "pub" => i + 1,
            "mod" if text.get(i + 2).is_some_and(|token| token.is(";")) => i + 3,
            "use" => statement_end(),
            "extern" if next == "crate" => statement_end(),
            _ => return Some(&text[i]),
        };
    }
    None
}

fn fault_of_an_arrow(arrow: &Arrow, all: &[Member], rows: &[Row], contributing: &str) -> Option<String> {
    let of = |name: &String| all.iter().find(|member| member.name == *name).expect("arrows join members");
    let (from, to) = (of(&arrow.from.0), of(&arrow.to.0));
    let at = |what: String| Some(format!("{}:{}: {what}, for {}", arrow.from.1, arrow.line, arrow.to.1));
    // A room without a row is reported once, as a fault of its own.
    let allows = |rows: &[Row], a: &str, b: &str| {
        a == b || !has(rows, a) || rows.iter().any(|row| row.name == a && row.may_import.contains(b))
    };
    let (here, there) = (documented_name(from), documented_name(to));
    if here != there {
        let fault = format!("`{here}` may not import `{there}`");
        return if allows(rows, &here, &there) { None } else { at(fault) };
    }
    if arrow.to.1 == PRELUDE {
        return at("the prelude is for those who use the library".to_string());
    }
    let rooms = rooms(contributing, from);
    let (here, there) = (room(&arrow.from.1, from)?, room(&arrow.to.1, to).unwrap_or("the root"));
    let fault = format!("`{here}` may not import `{there}`");
    if rooms.is_empty() || allows(&rooms, here, there) { None } else { at(fault) }
}
