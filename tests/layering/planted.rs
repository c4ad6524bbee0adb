//! Small trees with one fault each: every kind of fault turns the test of the architecture red.

use crate::faults::faults;
use crate::workspace::Tree;

const MANIFEST: &str = "[package]\nname = \"lib\"\n\n[workspace]\nmembers = [\"crates/*\"]\n";
const TABLES: &str = "\
| member | may import | why |
|---|---|---|
| `src` | nothing | |
| `crates/program` | `src` | |

| room of `src` | may import | why |
|---|---|---|
| `num` | nothing | |
| `optim` | `num` | |
";

/// A tree without a fault, in which every file is reached, and the given files in place of its own.
fn tree(files: &[(&str, &str)]) -> Tree {
    let good = [
        ("Cargo.toml", MANIFEST),
        ("CONTRIBUTING.md", TABLES),
        ("src/lib.rs", "//! A library.\n\npub mod num;\npub mod optim;\n"),
        (
            "src/num/mod.rs",
            "//! Numbers.\n\nmod a;\nmod b;\nmod c;\npub use self::{a::A, b::{self, B}, c::*};\n",
        ),
        ("src/num/a.rs", "//! A.\npub struct A;\n"),
        ("src/num/b.rs", "//! B.\nuse super::A;\npub struct B(A);\n"),
        ("src/num/c.rs", "//! C.\npub fn c(b: super::b::B) {}\npub enum C { One }\n"),
        ("src/optim/mod.rs", "//! Optimisers.\npub mod adam;\npub use crate::num::A as Renamed;\n"),
        ("src/optim/adam.rs", "//! Adam.\nuse crate::num::{C, c as other};\npub const ADAM: C = C::One;\n"),
        ("crates/program/Cargo.toml", "[package]\nname = \"the-program\"\n"),
        ("crates/program/src/main.rs", "//! The program.\nmod run;\nfn main() { run::run() }\n"),
        ("crates/program/src/run.rs", "//! Runs.\npub fn run() { lib::num::c(todo!()) }\n"),
    ];
    good.iter().chain(files).map(|(path, text)| (path.to_string(), text.to_string())).collect()
}

/// The only fault of the tree says all of `words`, in this order.
#[track_caller]
fn red(files: &[(&str, &str)], words: &[&str]) {
    let found = faults(&tree(files));
    let [fault] = found.as_slice() else { panic!("{found:#?} instead of {words:?}") };
    let mut rest = fault.as_str();
    for word in words {
        let (_, after) = rest.split_once(word).unwrap_or_else(|| panic!("no {word:?} in {fault:?}"));
        rest = after;
    }
}

#[track_caller]
fn green(files: &[(&str, &str)]) {
    assert_eq!(faults(&tree(files)), Vec::<String>::new());
}

#[test]
fn a_tree_without_a_fault_is_green() {
    green(&[]);
}

#[test]
fn a_loop_of_two_files_through_a_face() {
    let a = "//! A.\n\nuse super::{\n    B,\n};\npub struct A;\n";
    let words = ["a loop of 2 files", "src/num/a.rs:4: `B,` needs src/num/b.rs"];
    red(&[("src/num/a.rs", a)], &words);
    red(&[("src/num/a.rs", a)], &["src/num/b.rs:2: `use super::A;` needs src/num/a.rs"]);
}

#[test]
fn a_loop_of_three_files_in_code_through_super_and_a_star() {
    let a = "//! A.\npub struct A;\nfn f() { let c = super::c; }\n";
    let words = ["a loop of 3 files", "a.rs:3: `fn f()", "needs src/num/c.rs", "needs src/num/a.rs"];
    red(&[("src/num/a.rs", a)], &words);
    red(&[("src/num/a.rs", "//! A.\nuse super::*;\npub struct A;\nfn f() { c(); }\n")], &words[..1]);
}

#[test]
fn a_loop_through_other_names_modules_and_folders() {
    let other_name = "//! A.\nuse crate::num::{self as n, c as _};\npub struct A;\nfn f(b: n::B) {}\n";
    red(&[("src/num/a.rs", other_name)], &["a loop of 3 files"]);
    let module = "//! A.\nuse super::b;\npub struct A;\n";
    red(&[("src/num/a.rs", module)], &["a loop of 2 files"]);
    let within = "//! A.\npub struct A;\nmod inner { pub fn f(b: super::super::B) {} }\n";
    red(&[("src/num/a.rs", within)], &["a loop of 2 files"]);
    let deep = [
        ("src/num/a.rs", "//! A.\npub struct A;\npub struct Deep(super::deep::D);\n"),
        ("src/num/mod.rs", "//! N.\nmod a;\nmod b;\nmod c;\nmod deep;\npub use {a::A, b::B, c::*};\n"),
        ("src/num/deep/mod.rs", "//! Deep.\nmod d;\npub use d::D;\npub use super::b::B as Above;\n"),
        ("src/num/deep/d.rs", "//! D.\npub struct D(super::Above);\n"),
    ];
    red(&deep, &["a loop of 3 files"]);
}

#[test]
fn a_loop_in_another_member() {
    let files = [
        ("crates/program/src/main.rs", "//! The program.\nmod run;\nmod stop;\nfn main() { run::run() }\n"),
        ("crates/program/src/run.rs", "//! Runs.\nuse crate::stop::STOP;\npub fn run() {}\n"),
        ("crates/program/src/stop.rs", "//! Stops.\npub const STOP: fn() = super::run::run;\n"),
    ];
    red(&files, &["a loop of 2 files", "crates/program/src/run.rs:2", "crates/program/src/stop.rs:2"]);
}

#[test]
fn an_arrow_upwards() {
    let adam = (
        "src/optim/adam.rs",
        "//! Adam, who needs nothing: then no loop is closed.\npub const ADAM: usize = 1;\n",
    );
    let words = ["src/num/a.rs:2: `num` may not import `optim`, for src/optim/adam.rs"];
    red(&[adam, ("src/num/a.rs", "//! A.\nuse crate::{optim::adam::ADAM};\npub struct A;\n")], &words);
    red(&[adam, ("src/num/a.rs", "//! A.\npub struct A([u8; super::super::optim::adam::ADAM]);\n")], &words);
    let rows = TABLES.replace("| `num` | nothing |", "| `num` | `optim` |");
    red(&[("CONTRIBUTING.md", &rows)], &["the room `num` may import [\"optim\"]"]);
}

#[test]
fn an_arrow_to_a_member_that_must_not_be_imported() {
    let files = [
        ("src/num/a.rs", "//! A.\npub struct A(the_program::run::Run);\n"),
        ("crates/program/src/lib.rs", "//! The program.\npub mod run;\n"),
        ("crates/program/src/run.rs", "//! Runs.\npub struct Run;\n"),
        ("crates/program/src/main.rs", "//! The program.\nfn main() {}\n"),
    ];
    red(&files, &["src/num/a.rs:2: `src` may not import `crates/program`"]);
    red(&[("crates/other/Cargo.toml", "[package]\nname = \"other\"\n")], &["`crates/other` is not both"]);
}

#[test]
fn rooms_faces_and_heads() {
    let stranger = [
        ("src/lib.rs", "//! A library.\npub mod num;\npub mod optim;\n#[cfg(test)]\nmod utils;\n"),
        ("src/utils/mod.rs", "//! Utilities.\n"),
    ];
    red(&stranger, &["src/utils: the room `utils` is not in the table"]);
    let order = "//! A library.\npub mod optim;\npub mod num;\n";
    red(&[("src/lib.rs", order)], &["src/lib.rs:1: declares [\"optim\", \"num\"]"]);
    red(&[("src/num/orphan.rs", "//! Forgotten.\n")], &["src/num/orphan.rs:1: no `mod` line"]);
    let face = "//! Optimisers.\npub mod adam;\npub use crate::num::{A};\n#[inline]\npub fn f() {}\n";
    red(&[("src/optim/mod.rs", face)], &["src/optim/mod.rs:5: a face defines nothing, and here is `fn`"]);
    red(
        &[("src/optim/mod.rs", "//! Optimisers.\npub mod adam;\npub mod inner {}\n")],
        &["a face defines", "`mod`"],
    );
    red(&[("src/num/a.rs", "pub struct A;\n")], &["src/num/a.rs:1: does not open"]);
    red(&[("src/num/a.rs", "//! no sentence\npub struct A;\n")], &["src/num/a.rs:1: does not open"]);
}

#[test]
fn a_path_that_leads_nowhere() {
    let a = "//! A.\npub struct A(super::Missing);\n";
    red(&[("src/num/a.rs", a)], &["src/num/a.rs:2: `super::Missing` leads nowhere"]);
}

#[test]
fn comments_strings_and_tests_do_not_count() {
    let a = r##"//! A: see [`crate::optim::adam::ADAM`].
/* use super::B; /* nested */ use super::B; */
pub struct A; // use super::B;
/// [`super::B`]
const TEXT: &str = "use super::B; // \" super::B";
const RAW: &str = r#"super::B " super::B"#;
const QUOTES: [char; 3] = ['"', '\'', '\\'];
fn f<'a>(x: &'a str) -> &'a str { x }
#[cfg(test)]
use super::{B, c};
#[cfg(test)]
#[derive(Debug)]
struct OfTests(super::B, [u8; 3]);
#[cfg(test)]
mod tests {
    use super::super::*;
    fn f() { super::super::c(); }
}
"##;
    green(&[("src/num/a.rs", a)]);
    let code = format!("{a}fn g(b: super::B) {{}}\n");
    red(&[("src/num/a.rs", &code)], &["a loop of 2 files", "a.rs:19"]);
}
