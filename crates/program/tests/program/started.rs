//! The built program, started in a folder of its own, and what some of its runs need to be there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Settings of a fit of some milliseconds.
pub const SMALL: &str = "--set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300";

/// An empty folder.
pub fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A file of the project.
pub fn root(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

/// The program with the words of a line, to be started in a folder.
pub fn command(home: &TempDir, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    command.current_dir(home.path()).args(line.split_whitespace());
    command
}

/// Runs it to its end: exit code, output and errors.
pub fn ended(home: &TempDir, line: &str) -> (i32, String, String) {
    let output = command(home, line).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked at"), "{line}: {err}");
    (output.status.code().expect("an exit, not a signal"), out, err)
}

/// Runs it to a verdict, whichever, and gives its output.
pub fn done(home: &TempDir, line: &str) -> String {
    let (code, out, err) = ended(home, line);
    assert!([0, 3].contains(&code), "{line}: {code}\n{out}{err}");
    out
}

/// `density.so` of a C file, compiled in the folder; false, with a word about it, where there is no `cc`.
pub fn compiled(home: &TempDir, source: &Path, flags: &[&str]) -> bool {
    let library = home.path().join("density.so");
    // A library that is open must not be written over.
    let _ = fs::remove_file(&library);
    let mut command = Command::new("cc");
    command.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root("include")).arg("-o").arg(library);
    let Ok(done) = command.arg(source).args(flags).arg("-lm").output() else {
        eprintln!("SKIPPED: there is no C compiler called cc");
        return false;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

/// The Python interpreter, if it has this module.
pub fn python(module: &str) -> Option<String> {
    let name = std::env::var("PUSHFORWARD_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let tried = Command::new(&name).args(["-c", &format!("import {module}")]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return Some(name);
    }
    eprintln!("SKIPPED: {name} does not run, or has no {module}; PUSHFORWARD_PYTHON names another");
    None
}
