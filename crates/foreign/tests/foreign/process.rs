//! Child processes, written in Python. Without an interpreter every test reports that and passes.

use pushforward::density::{DensityFailure, Differenced, Target, laplacians, values, values_and_scores};
use pushforward_foreign::{Process, ProcessError, ProcessFailure, ProcessSettings};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(String::from).collect()
}

/// The Python interpreter, if it has these modules.
fn python(modules: &str) -> Option<String> {
    let name = std::env::var("PUSHFORWARD_PYTHON").unwrap_or_else(|_| "python3".to_string());
    let tried = Command::new(&name).args(["-c", &format!("import {modules}")]).output();
    if tried.is_ok_and(|output| output.status.success()) {
        return Some(name);
    }
    eprintln!("SKIPPED: {name} does not run, or has no {modules}; PUSHFORWARD_PYTHON names another");
    None
}

/// The command that runs `tests/data/child.py` with a fault.
fn with_fault(fault: &str) -> Option<ProcessSettings> {
    let mut program = vec![python("struct")?];
    program.extend(words(&format!("child.py {fault}")));
    let folder = Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("tests/data"));
    Some(ProcessSettings { program, folder, ..ProcessSettings::default() })
}

fn normal(points: &[f64]) -> Vec<f64> {
    points.chunks_exact(2).map(|x| -0.5 * (x[0] * x[0] + x[1] * x[1])).collect()
}

fn points(n: usize) -> Vec<f64> {
    (0..2 * n).map(|k| 0.013 * (k % 301) as f64 - 2.0).collect()
}

#[test]
fn values_and_scores_come_back_from_one_and_from_three() {
    let Some(settings) = with_fault("none") else { return };
    for processes in [1, 3] {
        let density = Process::start(ProcessSettings { processes, ..settings.clone() }).unwrap();
        assert_eq!((density.dim(), density.names()), (2, words("a b")));
        assert!(!density.has_laplacian());
        let points = points(1000);
        let (found, scores) = values_and_scores(&density, &points).unwrap();
        assert_eq!(found, normal(&points));
        assert!(scores.iter().zip(&points).all(|(score, x)| *score == -x));
        assert_eq!(values(&density, &points).unwrap(), found);
        assert_eq!(density.fault(), None);
        let second = Differenced::new(density);
        let second = laplacians(&second, &points, &found).unwrap();
        assert!(second.iter().all(|laplacian| (laplacian + 2.0).abs() < 1e-9), "{second:?}");
    }
}

#[test]
fn the_example_in_python_is_the_density_it_says() {
    let Some(python) = python("numpy") else { return };
    let program = vec![python, "banana.py".to_string()];
    let folder = Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("examples/python"));
    let density = Process::start(ProcessSettings { program, folder, ..ProcessSettings::default() }).unwrap();
    assert_eq!(density.names(), words("x y"));
    let points = points(200);
    let (found, scores) = values_and_scores(&density, &points).unwrap();
    for (p, point) in points.chunks_exact(2).enumerate() {
        let (x, y) = (point[0], point[1]);
        let (u, v) = ((x - 1.0) / 1.5, (y - 0.6 * x * x + 0.5 * x) / 0.8);
        assert!((found[p] + 0.5 * (u * u + v * v)).abs() < 1e-13 * (1.0 + found[p].abs()));
        assert!((scores[2 * p + 1] + v / 0.8).abs() < 1e-13 * (1.0 + v.abs()));
    }
}

/// The failure of a run of several batches, and the time until it came.
fn failure(fault: &str, timeout: f64) -> Option<(ProcessError, Duration)> {
    let settings = ProcessSettings { timeout: Duration::from_secs_f64(timeout), ..with_fault(fault)? };
    let density = Process::start(settings).unwrap();
    let start = Instant::now();
    let points = points(640);
    let error = values_and_scores(&density, &points).unwrap_err();
    let elapsed = start.elapsed();
    let known = density.fault().unwrap();
    assert_eq!(error.what, DensityFailure::Refused { message: known.to_string() });
    assert!(points.chunks_exact(2).step_by(64).any(|first| first == error.at), "{:?}", error.at);
    // From then on every call fails at once, for the same reason.
    let again = values(&density, &[0.25, 0.5]).unwrap_err();
    assert_eq!((again.what, again.at), (error.what, vec![0.25, 0.5]));
    Some((known, elapsed))
}

#[test]
fn a_child_that_fails_is_told_apart_and_never_waited_for() {
    let status = |code: &str| Some(code.to_string());
    let cases = [
        ("dies", ProcessFailure::Ended { status: status("exit status: 3"), points: 64 }),
        ("half-and-ends", ProcessFailure::Ended { status: status("exit status: 0"), points: 64 }),
        ("closes", ProcessFailure::Ended { status: None, points: 64 }),
        ("too-few", ProcessFailure::WrongCount { announced: 191, needed: 192 }),
        ("no-gradients", ProcessFailure::WrongCount { announced: 64, needed: 192 }),
    ];
    for (fault, what) in cases {
        let Some((error, elapsed)) = failure(fault, 60.0) else { return };
        assert_eq!(error.what, what, "{fault}");
        assert!(elapsed < Duration::from_secs(4), "{fault} took {elapsed:?}");
        let expected = if fault.starts_with("dies") || fault.ends_with("ends") {
            "Traceback: something broke"
        } else {
            ""
        };
        assert_eq!(error.last_words, expected, "{fault}");
        assert!(error.to_string().contains(&format!("child.py {fault}")), "{error}");
    }
    #[cfg(unix)]
    {
        let (error, _) = failure("killed", 60.0).unwrap();
        assert!(
            matches!(&error.what, ProcessFailure::Ended { status: Some(s), .. } if s.contains("signal: 9")),
            "{error}"
        );
    }
    for (fault, bytes) in [("too-much", 8), ("prints", 11)] {
        let (error, _) = failure(fault, 60.0).unwrap();
        // Late bytes are read as the announcement of the next answer.
        let found = match error.what {
            ProcessFailure::TooMuch { bytes: seen } => seen >= bytes,
            ProcessFailure::WrongCount { announced, .. } => announced > 1 << 32,
            _ => false,
        };
        assert!(found, "{error}");
    }
    for (fault, bytes) in [("stalls", 0), ("half", 8 + 96 * 8)] {
        let (error, elapsed) = failure(fault, 1.5).unwrap();
        assert_eq!(
            error.what,
            ProcessFailure::Silent { seconds: 1.5, received: bytes, points: 64 },
            "{fault}"
        );
        assert!(elapsed < Duration::from_secs(6), "{elapsed:?}");
    }
    // A NaN is a failure of the density, reported with its point.
    let density = Process::start(with_fault("nan").unwrap()).unwrap();
    let points = points(100);
    let error = values(&density, &points).unwrap_err();
    assert_eq!((error.what, error.at.as_slice()), (DensityFailure::NotANumber, &points[126..128]));
    assert_eq!(density.fault(), None);
}

#[test]
fn a_program_that_is_no_density_is_found_at_once() {
    let Some(settings) = with_fault("none") else { return };
    let program = |line: &str| ProcessSettings { program: words(line), ..settings.clone() };
    let begun = Instant::now();
    let started = |settings: ProcessSettings| Process::start(settings).err().expect("no density");
    for line in ["", "no-such-program-here", "./no-such-program-here", "/"] {
        let error = started(program(line));
        assert!(matches!(&error.what, ProcessFailure::NotStarted { cause } if !cause.is_empty()), "{error}");
    }
    for (line, beginning) in [("cat", "pushforward 1\n"), ("echo hello", "hello\n")] {
        if Command::new("cat").arg("/dev/null").output().is_err() {
            eprintln!("SKIPPED: there is no cat");
            continue;
        }
        let error = started(program(line));
        assert_eq!(error.what, ProcessFailure::NoGreeting { said: beginning.to_string() });
    }
    let fault = |name: &str| started(with_fault(name).unwrap());
    assert_eq!(fault("version").what, ProcessFailure::OtherVersion { version: "9".to_string() });
    let line = "pushforward-density 1 2 a".to_string();
    assert_eq!(fault("names").what, ProcessFailure::BadGreeting { line });
    let chatters = fault("chatters");
    assert!(
        matches!(&chatters.what, ProcessFailure::NoGreeting { said } if said.starts_with("loading")),
        "{chatters}"
    );
    assert!(matches!(fault("floods").what, ProcessFailure::NoGreeting { .. }));
    let error = fault("dies-at-start");
    assert_eq!(error.what, ProcessFailure::Ended { status: Some("exit status: 7".to_string()), points: 0 });
    assert_eq!(error.last_words, "Traceback: something broke");
    let other = started(ProcessSettings { dim: Some(3), ..settings.clone() });
    let (expected, said) = ("3".to_string(), "2 (a, b)".to_string());
    assert_eq!(other.what, ProcessFailure::OtherCoordinates { expected, said });
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let timeout = Duration::from_millis(700);
    let silent = started(ProcessSettings { timeout, ..with_fault("silent-start").unwrap() });
    assert_eq!(silent.what, ProcessFailure::Silent { seconds: 0.7, received: 0, points: 0 });
}

#[test]
fn names_of_ones_own_and_an_end_that_does_not_wait() {
    let Some(settings) = with_fault("none") else { return };
    let named = ProcessSettings { names: Some(words("mu tau")), ..settings };
    assert_eq!(Process::start(named).unwrap().names(), words("mu tau"));
    let stubborn = Process::start(with_fault("slow-end").unwrap()).unwrap();
    assert_eq!(values(&stubborn, &[3.0, 4.0]).unwrap(), [-12.5]);
    let begun = Instant::now();
    drop(stubborn);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
