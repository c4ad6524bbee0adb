//! Every example prints exactly what `examples/NAME.out` says.
//!
//! They print rounded numbers and comparisons alone, so that the last bits of another processor do not show.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The example's binary, which `cargo test` builds before it runs the tests.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test.ancestors().nth(2).expect("tests lie in PROFILE/deps");
    let path = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.exists(),
        "{} is not built; run the whole of `cargo test` or build it first",
        path.display()
    );
    path
}

#[test]
fn examples_print_what_is_written_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("examples/")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").exists())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "examples are missing: {names:?}");
    for name in names {
        let beside = folder.join(&name).with_extension("out");
        let expected =
            std::fs::read_to_string(&beside).unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
        let output = Command::new(binary(&name)).output().expect("an example can be started");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} ended with {}:\n{errors}", output.status);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{name}");
    }
}
