//! Density files that name a shared library or a program, through the built program: what works, and everything wrong.
//!
//! Each bad input must end with its documented exit code, a message that says what to do, no panic, and in time.

use crate::run_folder::record_in;
use crate::started::{SMALL, command, compiled, ended, home, python, root};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A fit of a second or two that is to be trusted.
const EASY: &str = "--set points=300 --set width=10 --set depth=2 --seed 4";

/// Runs a density file of these words; exit code, output and errors.
fn run(home: &TempDir, density: &str, line: &str) -> (i32, String, String) {
    fs::write(home.path().join("model.toml"), density).unwrap();
    ended(home, &format!("run model.toml --quiet {line}"))
}

/// That it ends with `code` and says all of `parts`, and leaves no results.
fn refused(home: &TempDir, density: &str, code: i32, parts: &[&str]) {
    let begun = Instant::now();
    let (found, out, err) = run(home, density, SMALL);
    assert_eq!(found, code, "{density}\n{out}{err}");
    assert!(err.starts_with("error: "), "{parts:?} in {err}");
    assert!(parts.iter().all(|part| err.contains(part)), "{parts:?} in {err}");
    assert!(!home.path().join("runs/model").exists(), "{density} left results");
    assert!(begun.elapsed() < Duration::from_secs(15), "{density} took {:?}", begun.elapsed());
}

/// A density file for `tests/data/child.py` with a fault, and more lines of its table.
fn child(python: &str, fault: &str, more: &str) -> String {
    let script = root("tests/data/child.py");
    format!("[command]\nprogram = [{python:?}, {:?}, {fault:?}]\n{more}\n", script.to_str().unwrap())
}

const LIBRARY: &str = "[library]\npath = \"density.so\"\n";

fn is_the_banana(home: &TempDir, out: &str) {
    assert!(out.contains("verdict    trusted"), "{out}");
    let record = record_in(&home.path().join("runs/model"));
    // log(2π · 1.5 · 0.8).
    let off = record.log_z - 2.020_198_6;
    assert!(off.abs() < (5.0 * record.log_z_se).min(0.02), "{off} ± {}", record.log_z_se);
    assert_eq!(record.names, ["x", "y"]);
}

#[test]
fn the_example_in_c_is_fitted() {
    let home = home();
    if compiled(&home, &root("examples/c/banana.c"), &[]) {
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
    if !compiled(&home, &root("tests/data/library.c"), &["-DNO_CONSTRUCT"]) {
        return;
    }
    refused(&home, LIBRARY, 2, &["no function bs_model_construct", "pushforward_density.h"]);
    let with = |flags: &[&str], code: i32, density: &str, parts: &[&str]| {
        let home = self::home();
        compiled(&home, &root("tests/data/library.c"), flags);
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
        compiled(&home, &root("tests/data/library.c"), &[]);
        let mut bytes = fs::read(home.path().join("density.so")).unwrap();
        bytes[4] = 1; // ELF, EI_CLASS: 32 bits.
        fs::write(home.path().join("density.so"), bytes).unwrap();
        refused(&home, LIBRARY, 2, &["ELFCLASS32", std::env::consts::ARCH]);
    }
}

#[test]
fn what_the_table_of_a_library_can_say() {
    let home = home();
    if !compiled(&home, &root("tests/data/library.c"), &["-DREFUSES"]) {
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
    assert_eq!(code, 2, "{code} {err}");
    assert!(err.contains("reads the Laplacian"), "{code} {err}");
}

#[test]
fn programs_that_are_no_densities() {
    let home = home();
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
    assert_eq!(code, 4, "{code} {err}");
    assert!(err.contains("more than its answer") || err.contains("announced"), "{code} {err}");
}

#[test]
fn a_program_has_a_laplacian_by_differences_alone() {
    let home = home();
    let Some(python) = python("struct") else { return };
    let line = format!("{SMALL} --set evolution=general-sde");
    let (code, _, err) = run(&home, &child(&python, "none", ""), &line);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("reads the Laplacian"), "{err}");
    assert!(err.contains("laplacian = \"differences\""), "{err}");
    let more = "laplacian = \"differences\"\nprocesses = 2\nnames = [\"u\", \"v\"]";
    let (code, out, err) = run(&home, &child(&python, "none", more), &line);
    assert!([0, 3].contains(&code), "{out}{err}");
    assert_eq!(record_in(&home.path().join("runs/model")).names, ["u", "v"]);
}

#[test]
fn bits_do_not_depend_on_threads_nor_on_processes() {
    let home = home();
    let draws = |density: &str, line: &str| {
        let (code, out, err) = run(&home, density, &format!("{SMALL} --out out --force {line}"));
        assert!([0, 3].contains(&code), "{out}{err}");
        fs::read(home.path().join("out/draws.npy")).unwrap()
    };
    if compiled(&home, &root("tests/data/library.c"), &[]) {
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
    let mut command = command(&home, line);
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
    assert_eq!(record_in(&home.path().join("runs/model")).n_draws, 300);
}
