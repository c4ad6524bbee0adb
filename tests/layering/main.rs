//! The architecture as a test: every path in every member against the tables in `CONTRIBUTING.md`.
//!
//! A path is followed through the `pub use` lines of the faces to the file that defines what it
//! names. Comments, strings and `#[cfg(test)]` do not count. Red are:
//!
//! * an arrow to a room or a member that the row in the table does not have,
//! * a loop of files, anywhere, shown file by file with the line that causes each arrow,
//! * a room that is not in the table, a file outside of the rooms, a file that no `mod` line leads
//!   to,
//! * a face (`mod.rs`, `lib.rs`) that defines something, a file that does not open with a sentence,
//! * rooms declared in another order than that of the table,
//! * a path of ours that leads nowhere, since then this test has not read the source as Rust does.

mod arrows;
mod faults;
mod modules;
mod planted;
mod tokens;
mod words;
mod workspace;

use std::path::Path;

#[test]
fn the_workspace_keeps_to_its_tables() {
    let tree = workspace::read(Path::new(env!("CARGO_MANIFEST_DIR")));
    let sources = tree.keys().filter(|file| file.ends_with(".rs")).count();
    assert!(sources > 200, "only {sources} sources found");
    let found = faults::faults(&tree);
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}
