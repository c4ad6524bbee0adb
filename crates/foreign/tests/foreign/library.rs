//! Shared libraries, compiled here with `cc`. Without a compiler every test reports that and
//! passes.

use pushforward::density::{DensityFailure, Target, laplacians, values, values_and_scores};
use pushforward::nalgebra::DMatrix;
use pushforward_foreign::{Concurrency, Library, LibraryError, LibrarySettings, Refusals};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Compiles a C file of the project. Where there is no `cc` it prints a note and returns `None`.
fn compiled(home: &TempDir, source: &str, flags: &[&str]) -> Option<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let out = home.path().join("density.so");
    let mut command = Command::new("cc");
    command.args(["-O2", "-Wall", "-Wextra", "-Werror", "-std=c99", "-shared", "-fPIC", "-I"]);
    command.arg(root.join("include")).arg("-o").arg(&out).arg(root.join(source)).args(flags).arg("-lm");
    let Ok(done) = command.output() else {
        eprintln!("SKIPPED: there is no C compiler called cc");
        return None;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(out)
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn at(path: PathBuf) -> LibrarySettings {
    LibrarySettings { path, ..LibrarySettings::default() }
}

fn load(settings: &LibrarySettings) -> Result<Library, LibraryError> {
    // SAFETY: the project's own C files, or files that are no libraries.
    unsafe { Library::load(settings) }
}

/// 300 points around the origin, d numbers each.
fn points() -> Vec<f64> {
    (0..600).map(|k| 0.01 * f64::from(k % 251) - 1.2).collect()
}

#[test]
fn the_example_in_c_is_the_density_it_says() {
    let home = home();
    let Some(path) = compiled(&home, "examples/c/banana.c", &[]) else { return };
    let banana = load(&at(path)).unwrap();
    assert_eq!((banana.dim(), banana.names()), (2, vec!["x".to_string(), "y".to_string()]));
    assert_eq!(banana.constrained_names(), banana.names());
    assert_eq!(banana.constrain(&[1.0, 2.0]), [1.0, 2.0]);
    let points = points();
    let (found, scores) = values_and_scores(&banana, &points).unwrap();
    assert_eq!(values(&banana, &points).unwrap(), found);
    let formula = |x: f64, y: f64| {
        let (u, v) = ((x - 1.0) / 1.5, (y - 0.6 * x * x + 0.5 * x) / 0.8);
        -0.5 * (u * u + v * v)
    };
    let root = DMatrix::from_row_slice(2, 2, &[0.8, 0.0, -0.3, 1.7]);
    let (mut exact, mut differenced) = (vec![0.0; 300], vec![0.0; 300]);
    banana.laplacians(&points, &root, &mut exact).unwrap();
    let differences = pushforward::density::Differenced::new(banana);
    differences.laplacians(&points, &root, &mut differenced).unwrap();
    for (p, x) in points.chunks_exact(2).enumerate() {
        assert!((found[p] - formula(x[0], x[1])).abs() < 1e-13 * (1.0 + found[p].abs()));
        let h = 1e-5;
        let slope = (formula(x[0] + h, x[1]) - formula(x[0] - h, x[1])) / (2.0 * h);
        assert!((slope - scores[2 * p]).abs() < 1e-8, "{slope} {}", scores[2 * p]);
        assert!((exact[p] - differenced[p]).abs() < 1e-7 * exact[p].abs(), "{} {}", exact[p], differenced[p]);
    }
}

#[test]
fn names_constraints_seed_and_data_arrive() {
    let home = home();
    let Some(path) = compiled(&home, "tests/data/library.c", &["-DVERSION=2"]) else { return };
    let density =
        load(&LibrarySettings { data: Some("{}".to_string()), seed: 3, ..at(path.clone()) }).unwrap();
    assert_eq!(density.names(), ["log_sigma", "b[1,2]"]);
    assert_eq!(density.constrained_names(), ["sigma", "b[1,2]"]);
    assert_eq!(density.constrain(&[0.0, 5.0]), [1.0, 5.0]);
    assert!(density.constrain(&[601.0, 5.0]).iter().all(|v| v.is_nan()));
    // The library of this example shifts the density by its seed.
    assert_eq!(values(&density, &[0.0, 3.0]).unwrap(), [0.0]);
    let message = "the data should be {}".to_string();
    let refused = load(&LibrarySettings { data: Some("[]".to_string()), ..at(path.clone()) });
    assert_eq!(refused.err(), Some(LibraryError::NoModel { path: path.clone(), message }));
    let nul = load(&LibrarySettings { data: Some("{\0}".to_string()), ..at(path) });
    assert_eq!(nul.err(), Some(LibraryError::DataWithNul { position: 1 }));
}

#[test]
fn one_call_at_a_time_unless_it_says_otherwise() {
    let home = home();
    let Some(path) = compiled(&home, "tests/data/library.c", &[]) else { return };
    let density = load(&at(path.clone())).unwrap();
    assert!(!density.is_parallel());
    let points = points();
    let (alone, scores) = values_and_scores(&density, &points[..128]).unwrap();
    // Two models of the same library are called from eight threads. The library itself reports two
    // threads at once.
    let second = load(&at(path)).unwrap();
    std::thread::scope(|scope| {
        for k in 0..8 {
            let (target, alone, scores, points) =
                (if k % 2 == 0 { &density } else { &second }, &alone, &scores, &points);
            scope.spawn(move || {
                for _ in 0..50 {
                    let (again, same) = values_and_scores(target, &points[..128]).unwrap();
                    assert!(again == *alone);
                    assert!(same == *scores);
                }
            });
        }
    });
    // The altered library gets a new path, since a loaded library must not be overwritten.
    let home = self::home();
    let declared = compiled(&home, "tests/data/library.c", &["-DINFO=\"STAN_THREADS=true\""]).unwrap();
    let of =
        |concurrency| load(&LibrarySettings { concurrency, ..at(declared.clone()) }).unwrap().is_parallel();
    assert!(of(Concurrency::AsDeclared));
    assert!(of(Concurrency::Parallel));
    assert!(!of(Concurrency::OneCallAtATime));
    let home = self::home();
    let path = compiled(&home, "tests/data/library.c", &["-DINFO=\"STAN_THREADS=false\""]).unwrap();
    let forced = load(&LibrarySettings { concurrency: Concurrency::Parallel, ..at(path.clone()) });
    assert_eq!(forced.err(), Some(LibraryError::OneThreadOnly { path }));
}

#[test]
fn a_refused_point_is_named_or_outside_the_support() {
    let home = home();
    let Some(path) = compiled(&home, "tests/data/library.c", &["-DREFUSES"]) else { return };
    let strict = load(&at(path.clone())).unwrap();
    let mut points = vec![0.5; 300];
    points[200] = 1.75;
    points[240] = 3.0;
    for error in [
        values(&strict, &points).unwrap_err(),
        values_and_scores(&strict, &points).unwrap_err(),
        laplacians(&strict, &points, &[0.0; 150]).unwrap_err(),
    ] {
        let message = "x[0] is too large; if the model throws outside of its support, as many with matrices do, \
                       say so: refused = \"outside\" under [library]";
        assert_eq!(error.what, DensityFailure::Refused { message: message.to_string() });
        assert_eq!(error.at, [1.75, 0.5]);
    }
    let lenient = load(&LibrarySettings { refusals: Refusals::OutsideSupport, ..at(path.clone()) }).unwrap();
    let (found, scores) = values_and_scores(&lenient, &points).unwrap();
    let outside: Vec<usize> = (0..150).filter(|p| found[*p] == f64::NEG_INFINITY).collect();
    assert_eq!((outside, &scores[200..202]), (vec![100, 120], [0.0, 0.0].as_slice()));
    assert_eq!(values(&lenient, &points).unwrap(), found);
    let second = laplacians(&lenient, &points, &found).unwrap();
    assert_eq!((second[99], second[100]), (-2.25, 0.0));
    // Every message was freed in the library.
    // SAFETY: the project's own C file.
    let left = unsafe {
        let library = libloading::Library::new(&path).unwrap();
        let function = library.get::<unsafe extern "C" fn() -> i32>("messages_left").unwrap();
        function()
    };
    assert_eq!(left, 0);
}

#[test]
fn what_is_no_density_says_why() {
    let home = home();
    let missing = load(&at(home.path().join("nowhere.so"))).err().unwrap();
    assert!(matches!(missing, LibraryError::NoFile { .. }), "{missing}");
    assert!(missing.to_string().contains("nowhere.so"), "{missing}");
    assert!(missing.to_string().contains("path"), "{missing}");
    assert!(matches!(load(&at(home.path().to_path_buf())), Err(LibraryError::NoFile { .. })));
    let text = home.path().join("text.so");
    for words in ["", "not a library\n", "\u{7f}ELF"] {
        std::fs::write(&text, words).unwrap();
        let error = load(&at(text.clone())).err().unwrap();
        assert!(matches!(&error, LibraryError::NotLoaded { .. }), "{error}");
        assert!(error.to_string().contains("-shared"), "{error}");
    }
    let Some(path) = compiled(&home, "tests/data/library.c", &[]) else { return };
    // The same library, marked as one of 32 bits: the fifth byte is the class (ELF, EI_CLASS).
    if cfg!(all(target_os = "linux", target_pointer_width = "64")) {
        let mut bytes = std::fs::read(&path).unwrap();
        assert_eq!(&bytes[..5], b"\x7fELF\x02");
        bytes[4] = 1;
        std::fs::write(&text, bytes).unwrap();
        let error = load(&at(text)).err().unwrap();
        assert!(matches!(&error, LibraryError::NotLoaded { .. }), "{error}");
        assert!(error.to_string().contains("ELFCLASS32"), "{error}");
    }
    let undefined = compiled(&home, "tests/data/library.c", &["-DUNDEFINED"]).unwrap();
    let error = load(&at(undefined)).err().unwrap();
    assert!(matches!(&error, LibraryError::NotLoaded { .. }), "{error}");
    assert!(error.to_string().contains("defined_nowhere"), "{error}");
    let wrong = |flags: &[&str]| {
        // Each library gets another name, since the loader returns the same library for the same
        // file.
        let home = self::home();
        let path = compiled(&home, "tests/data/library.c", flags).unwrap();
        let error = load(&at(path.clone())).err().expect("a library that is wrong");
        assert!(error.to_string().contains("density.so"), "{error}");
        (error, path)
    };
    let (error, path) = wrong(&["-DNO_CONSTRUCT"]);
    let symbol = "bs_model_construct";
    assert_eq!(error, LibraryError::MissingSymbol { path, symbol, bridgestan_1: false });
    assert!(error.to_string().contains("no function bs_model_construct"), "{error}");
    let (error, path) = wrong(&["-DNO_CONSTRUCT", "-DOLD"]);
    assert_eq!(error, LibraryError::MissingSymbol { path, symbol, bridgestan_1: true });
    let (error, path) = wrong(&["-DNO_CONSTRAIN"]);
    let symbol = "bs_param_constrain";
    assert_eq!(error, LibraryError::MissingSymbol { path, symbol, bridgestan_1: false });
    let (error, path) = wrong(&["-DVERSION=3"]);
    assert_eq!(error, LibraryError::OtherVersion { path, version: 3 });
    for dim in [0, -2] {
        let (error, path) = wrong(&[&format!("-DDIM={dim}")]);
        assert_eq!(error, LibraryError::BadDimension { path, dim });
    }
    for (flag, names) in [("-DNAMES=\"a,b,c\"", 3), ("-DNAMES=\"\"", 0), ("-DNAMES=\"a,\"", 2)] {
        let (error, path) = wrong(&[flag]);
        let symbol = "bs_param_unc_names";
        assert_eq!(error, LibraryError::BadNames { path, symbol, names, numbers: 2 });
    }
}
