//! Density files that name a shared library or a program, through the built program: what works, and everything wrong.
//!
//! Each bad input must end with its documented exit code, a message that says what to do, no panic, and in time.

use pushforward_cli::folder::record::Record;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A fit of some milliseconds.
const SMALL: &str = "--set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300 --quiet";
/// A fit of a second or two that is to be trusted.
const EASY: &str = "--set points=300 --set width=10 --set depth=2 --seed 4 --quiet";

fn root(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs a density file of these words; exit code, output and errors.
fn run(home: &TempDir, density: &str, line: &str) -> (i32, String, String) {
    fs::write(home.path().join("model.toml"), density).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    command.current_dir(home.path()).args(["run", "model.toml"]).args(line.split_whitespace());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(stdout), text(stderr));
    assert!(!err.contains("panicked at"), "{err}");
    (status.code().expect("an exit, not a signal"), out, err)
}

/// That it ends with `code` and says all of `parts`, and leaves no results.
fn refused(home: &TempDir, density: &str, code: i32, parts: &[&str]) {
    let begun = Instant::now();
    let (found, out, err) = run(home, density, SMALL);
    assert_eq!(found, code, "{density}\n{out}{err}");
    assert!(err.starts_with("error: ") && parts.iter().all(|part| err.contains(part)), "{parts:?} in {err}");
    assert!(!home.path().join("runs/model").exists(), "{density} left results");
    assert!(begun.elapsed() < Duration::from_secs(15), "{density} took {:?}", begun.elapsed());
}

/// `density.so` of a C file of the project; false, with a word about it, where there is no `cc`.
fn compiled(home: &TempDir, source: &str, flags: &[&str]) -> bool {
    let mut command = Command::new("cc");
    command.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root("include")).arg("-o");
    command.arg(home.path().join("density.so")).arg(root(source)).args(flags).arg("-lm");
    let Ok(done) = command.output() else {
        eprintln!("SKIPPED: there is no C compiler called cc");
        return false;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    true
}

/// The interpreter, if it has this module.
fn python(module: &str) -> Option<String> {
    let name = std::env::var("PUSHFORWARD_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let tried = Command::new(&name).args(["-c", &format!("import {module}")]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return Some(name);
    }
    eprintln!("SKIPPED: {name} does not run, or has no {module}; PUSHFORWARD_PYTHON names another");
    None
}

/// A density file for `tests/data/child.py` with a fault, and more lines of its table.
fn child(python: &str, fault: &str, more: &str) -> String {
    let script = root("tests/data/child.py");
    format!("[command]\nprogram = [{python:?}, {:?}, {fault:?}]\n{more}\n", script.to_str().unwrap())
}

const LIBRARY: &str = "[library]\npath = \"density.so\"\n";

fn is_the_banana(home: &TempDir, out: &str) {
    assert!(out.contains("verdict    trusted"), "{out}");
    let text = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    let record = Record::from_json(&text).unwrap();
    // log(2π · 1.5 · 0.8).
    let off = record.log_z - 2.020_198_6;
    assert!(off.abs() < (5.0 * record.log_z_se).min(0.02), "{off} ± {}", record.log_z_se);
    assert_eq!(record.names, ["x", "y"]);
}

#[test]
fn the_example_in_c_is_fitted() {
    let home = home();
    if compiled(&home, "examples/c/banana.c", &[]) {
        fs::rename(home.path().join("density.so"), home.path().join("banana.so")).unwrap();
        let density = fs::read_to_string(root("examples/c/banana.toml")).unwrap();
        let (code, out, err) = run(&home, &density, EASY);
        assert_eq!(code, 0, "{out}{err}");
        is_the_banana(&home, &out);
    }
}

#[test]
fn the_example_in_python_is_fitted() {
    let Some(python) = python("numpy") else { return };
    let home = home();
    for name in ["banana.py", "pushforward_density.py"] {
        fs::copy(root("examples/python").join(name), home.path().join(name)).unwrap();
    }
    let density = fs::read_to_string(root("examples/python/banana.toml")).unwrap();
    assert!(density.contains("\"python3\""), "{density}");
    let density = density.replace("\"python3\"", &format!("{python:?}"));
    let (code, out, err) = run(&home, &density, EASY);
    assert_eq!(code, 0, "{out}{err}");
    is_the_banana(&home, &out);
}

#[test]
fn libraries_that_are_none() {
    let home = home();
    refused(
        &home,
        "[library]\npath = \"nowhere.so\"\n",
        2,
        &["model.toml", "nowhere.so", "correct its path"],
    );
    refused(&home, "[library]\n", 2, &["missing field `path`"]);
    refused(&home, "[library]\npath = \"a.so\"\nsede = 3\n", 2, &["line 3", "sede", "seed"]);
    refused(&home, "[library]\npath = 3\n", 2, &["line 2", "expected a string"]);
    refused(&home, "[library]\npath = \"a.so\"\nrefused = \"maybe\"\n", 2, &["line 3", "outside"]);
    fs::write(home.path().join("text.so"), "no library\n").unwrap();
    refused(&home, "[library]\npath = \"text.so\"\n", 2, &["no shared library", "-shared"]);
    if !compiled(&home, "tests/data/library.c", &["-DNO_CONSTRUCT"]) {
        return;
    }
    refused(&home, LIBRARY, 2, &["no function bs_model_construct", "pushforward_density.h"]);
    let with = |flags: &[&str], code: i32, density: &str, parts: &[&str]| {
        let home = self::home();
        compiled(&home, "tests/data/library.c", flags);
        refused(&home, density, code, parts);
    };
    with(&["-DVERSION=1"], 2, LIBRARY, &["bs_major_version 1", "BridgeStan 2"]);
    with(&["-DDIM=0"], 2, LIBRARY, &["0 coordinates"]);
    with(&[], 2, &format!("{LIBRARY}data = '[]'\n"), &["the data should be {}"]);
    with(&["-DNOT_A_NUMBER"], 4, LIBRARY, &["is NaN at x = ("]);
    with(&["-DREFUSES"], 4, LIBRARY, &["no answer at x = (", "x[0] is too large"]);
    with(&["-DWRONG_GRADIENT"], 4, LIBRARY, &["component 2 of the score is", "differences"]);
    if cfg!(all(target_os = "linux", target_pointer_width = "64")) {
        let home = self::home();
        compiled(&home, "tests/data/library.c", &[]);
        let mut bytes = fs::read(home.path().join("density.so")).unwrap();
        bytes[4] = 1; // ELF, EI_CLASS: 32 bits.
        fs::write(home.path().join("density.so"), bytes).unwrap();
        refused(&home, LIBRARY, 2, &["ELFCLASS32", std::env::consts::ARCH]);
    }
}

#[test]
fn what_the_table_of_a_library_can_say() {
    let home = home();
    if !compiled(&home, "tests/data/library.c", &["-DREFUSES"]) {
        return;
    }
    let finished = |more: &str, line: &str| {
        let (code, out, err) = run(&home, &format!("{LIBRARY}{more}"), &format!("{SMALL} {line}"));
        assert!([0, 3].contains(&code), "{out}{err}");
    };
    finished("refused = \"outside\"\n", "");
    finished(
        "refused = \"outside\"\nseed = 2\ndata = \"{}\"\nparallel = false\n",
        "--set evolution=general-sde",
    );
    finished("refused = \"outside\"\nlaplacian = \"differences\"\n", "--set evolution=general-sde");
    let density = format!("{LIBRARY}refused = \"outside\"\nlaplacian = \"none\"\n");
    let (code, _, err) = run(&home, &density, &format!("{SMALL} --set evolution=general-sde"));
    assert!(code == 2 && err.contains("reads the Laplacian"), "{code} {err}");
}

#[test]
fn programs_that_are_no_densities() {
    let home = home();
    refused(&home, "[command]\nprogram = []\n", 2, &["cannot be started", "no program is named"]);
    refused(&home, "[command]\nprogram = [\"./nowhere\"]\n", 2, &["model.toml", "cannot be started"]);
    refused(&home, "[command]\nprogram = \"density\"\n", 2, &["line 2", "sequence"]);
    for (more, part) in [
        ("timeout = 0.0", "`timeout` must be"),
        ("timeout = nan", "`timeout` must be"),
        ("processes = 0", "`processes` must be"),
        ("dim = 3\nnames = [\"a\"]", "`names` must be"),
        ("laplacian = \"own\"", "`laplacian` must be"),
        ("tiemout = 3", "timeout"),
    ] {
        refused(&home, &format!("[command]\nprogram = [\"no\"]\n{more}\n"), 2, &[part]);
    }
    if Command::new("cat").arg("/dev/null").output().is_ok() {
        refused(
            &home,
            "[command]\nprogram = [\"cat\"]\n",
            2,
            &["`cat` does not greet", "pushforward-density 1"],
        );
    }
    let Some(python) = python("struct") else { return };
    let of = |fault: &str, more: &str, code: i32, parts: &[&str]| {
        refused(&home, &child(&python, fault, more), code, parts);
    };
    of("dies-at-start", "", 2, &["exit status: 7", "before it greeted", "Traceback: something broke"]);
    of("chatters", "", 2, &["begins with \"loading data", "print to standard error"]);
    of("version", "", 2, &["version 9"]);
    of("none", "dim = 5", 2, &["2 (a, b)", "5 was expected"]);
    of("silent-start", "timeout = 0.5", 2, &["did not greet within 0.5 s"]);
}

#[test]
fn programs_that_fail_on_the_way() {
    let home = home();
    let Some(python) = python("struct") else { return };
    let of = |fault: &str, parts: &[&str]| {
        refused(&home, &child(&python, fault, "timeout = 1.5"), 4, parts);
    };
    of("nan", &["is NaN at x = ("]);
    of("dies", &["no answer at x = (", "exit status: 3", "Traceback: something broke"]);
    of("too-few", &["announced", "were asked for"]);
    of("stalls", &["wrote 0 bytes", "within 1.5 s", "raise `timeout`"]);
    of("half", &["bytes of its answer", "within 1.5 s"]);
    of("wrong-gradient", &["of the score is", "correct the gradient"]);
    of("drifts", &["asked again at x = (", "no random numbers"]);
    of("flat", &["finite integral", "along (0.0000, 1.0000)", "proper prior"]);
    of("overflows", &["as far out as 1e9", "OverflowError: math range error", "return −inf where"]);
    // The third batch answers more than was asked: seen at once, or as the announcement of the fourth.
    let (code, _, err) = run(&home, &child(&python, "too-much", ""), SMALL);
    assert!(code == 4 && (err.contains("more than its answer") || err.contains("announced")), "{code} {err}");
}

#[test]
fn a_program_has_a_laplacian_by_differences_alone() {
    let home = home();
    let Some(python) = python("struct") else { return };
    let line = format!("{SMALL} --set evolution=general-sde");
    let (code, _, err) = run(&home, &child(&python, "none", ""), &line);
    assert!(
        code == 2 && err.contains("reads the Laplacian") && err.contains("laplacian = \"differences\""),
        "{err}"
    );
    let more = "laplacian = \"differences\"\nprocesses = 2\nnames = [\"u\", \"v\"]";
    let (code, out, err) = run(&home, &child(&python, "none", more), &line);
    assert!([0, 3].contains(&code), "{out}{err}");
    let text = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    assert_eq!(Record::from_json(&text).unwrap().names, ["u", "v"]);
}

#[test]
fn bits_do_not_depend_on_threads_nor_on_processes() {
    let home = home();
    let draws = |density: &str, line: &str| {
        let (code, out, err) = run(&home, density, &format!("{SMALL} --out out --force {line}"));
        assert!([0, 3].contains(&code), "{out}{err}");
        fs::read(home.path().join("out/draws.npy")).unwrap()
    };
    if compiled(&home, "tests/data/library.c", &[]) {
        let alone = draws(LIBRARY, "--threads 1");
        assert!(draws(LIBRARY, "--threads 3") == alone);
        assert!(draws(LIBRARY, "--threads 1 --seed 9") != alone);
    }
    if let Some(python) = python("struct") {
        let alone = draws(&child(&python, "none", ""), "--threads 1");
        assert!(draws(&child(&python, "none", "processes = 3"), "--threads 4") == alone);
    }
}

/// Ctrl-C on a terminal goes to the whole group of processes, and the draws of what was reached still need the density.
#[cfg(unix)]
#[test]
fn an_interrupt_from_the_terminal_leaves_the_child_alone() {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;
    let Some(python) = python("struct") else { return };
    let home = home();
    fs::write(home.path().join("model.toml"), child(&python, "none", "")).unwrap();
    let line =
        "run model.toml --set steps=1000000 --set target_ess=1 --set width=4 --set points=64 --draws 300";
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    command.current_dir(home.path()).args(line.split_whitespace());
    command.process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut said = BufReader::new(program.stderr.take().unwrap());
    let mut words = String::new();
    while !words.contains("Z step ") {
        words.clear();
        assert!(said.read_line(&mut words).unwrap() > 0, "no step was shown");
    }
    let kill = format!("kill -INT -{}", program.id());
    assert!(Command::new("sh").arg("-c").arg(kill).status().unwrap().success());
    words.clear();
    said.read_to_string(&mut words).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(130), "{words}");
    let text = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    assert_eq!(Record::from_json(&text).unwrap().n_draws, 300);
}
