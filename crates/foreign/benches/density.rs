//! Values, scores and Laplacians of the named targets, and of the bananas in C and Python, through
//! the checked evaluation that a fit uses.

#[path = "../../../benches/support/timing.rs"]
mod timing;

use pushforward::density::{Target, laplacians, named_target, targets, values, values_and_scores};
use pushforward::num::{Purpose, Stream};
use pushforward_foreign::{Process, ProcessSettings};
use std::collections::BTreeMap;
use std::path::Path;
use timing::median_seconds;

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    println!("{:<24} {:>14} {:>25} {:>18}", "ns each", "values", "values and scores", "Laplacians");
    for entry in targets() {
        row(entry.name, &*named_target(entry.name, &BTreeMap::new()).expect("defaults are allowed"));
    }
    match banana_in_c() {
        Some(banana) => row("banana in C", &banana),
        None => println!("banana in C: cc does not compile it"),
    }
    for processes in [1, 2] {
        match banana_in_python(processes) {
            Ok(banana) => row(&format!("banana in Python, {processes}"), &banana),
            Err(why) => println!("banana in Python: {why}"),
        }
    }
}

fn row(name: &str, target: &dyn Target) {
    let n = 20_000;
    let mut stream = Stream::new(0, Purpose::Audit, 0);
    let mut points = vec![0.0; n * target.dim()];
    stream.fill_normal(&mut points);
    let each = |seconds: f64| 1e9 * seconds / n as f64;
    let plain = median_seconds(5, || drop(values(target, &points).expect("finite")));
    let scored = median_seconds(5, || drop(values_and_scores(target, &points).expect("finite")));
    print!("{name:<24} {:>14.0} {:>25.0}", each(plain), each(scored));
    if !target.has_laplacian() {
        return println!(" {:>18}", "none");
    }
    let known = values(target, &points).expect("finite");
    let curved = median_seconds(5, || drop(laplacians(target, &points, &known).expect("finite")));
    println!(" {:>18.0}", each(curved));
}

/// `examples/python/banana.py`, by the interpreter `PUSHFORWARD_PYTHON` (default `python3`), which
/// needs NumPy.
fn banana_in_python(processes: usize) -> Result<Process, pushforward_foreign::ProcessError> {
    let python = std::env::var("PUSHFORWARD_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let folder = Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("examples/python"));
    let program = vec![python, "banana.py".to_string()];
    Process::start(ProcessSettings { program, folder, processes, ..ProcessSettings::default() })
}

/// `examples/c/banana.c`, if `cc` compiles it.
fn banana_in_c() -> Option<pushforward_foreign::Library> {
    use pushforward_foreign::{Library, LibrarySettings};
    let (root, home) = (Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")), tempfile::tempdir().ok()?);
    let path = home.path().join("banana.so");
    let mut cc = std::process::Command::new("cc");
    cc.args(["-O2", "-shared", "-fPIC", "-I"]).arg(root.join("include")).arg("-o").arg(&path);
    cc.arg(root.join("examples/c/banana.c")).status().ok().filter(|status| status.success())?;
    // SAFETY: the project's own C file.
    unsafe { Library::load(&LibrarySettings { path, ..LibrarySettings::default() }) }.ok()
}
