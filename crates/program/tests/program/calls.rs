//! The main job on densities of our own, by small real fits: failures at every stage, and what they leave.

use crate::run_folder::record_in;
use pushforward::density::{Facts, Refusal, Target};
use pushforward::optim::Outcome;
use pushforward::training::{FitSettings, StopReason};
use pushforward_cli::commands::run::{Output, RunOptions, run_target};
use pushforward_cli::folder::reason::ReasonKind;
use pushforward_cli::folder::record::Verdict;
use pushforward_cli::folder::run_folder::IfExists;
use pushforward_cli::format::npy::read_npy;
use pushforward_cli::output::error::CliError;
use pushforward_cli::output::exit::Exit;
use pushforward_cli::output::progress::Style;
use pushforward_cli::output::streams::Streams;
use pushforward_cli::settings::problem::Problem;
use pushforward_cli::settings::run_settings::RunSettings;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// What a density does where it fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    NotANumber,
    PlusInfinity,
    Panic,
    Refuse,
}

/// N((3, 3, 3), I), failing at the n-th point at which it is asked.
struct Failing {
    fault: Fault,
    from: usize,
    asked: Mutex<(usize, Option<Vec<f64>>)>,
}

impl Failing {
    fn new(fault: Fault, from: usize) -> Failing {
        Failing { fault, from, asked: Mutex::new((0, None)) }
    }

    /// How often it was asked, and where it first failed.
    fn asked(&self) -> (usize, Option<Vec<f64>>) {
        self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    fn value(&self, k: usize, x: &[f64]) -> Result<f64, Refusal> {
        let failed = {
            let mut asked = self.asked.lock().unwrap();
            asked.0 += 1;
            if asked.0 == self.from {
                asked.1 = Some(x.to_vec());
            }
            // From then on as a density of x alone.
            asked.1.as_deref() == Some(x)
        };
        match (failed, self.fault) {
            (false, _) => Ok(-0.5 * x.iter().map(|v| (v - 3.0) * (v - 3.0)).sum::<f64>()),
            (true, Fault::NotANumber) => Ok(f64::NAN),
            (true, Fault::PlusInfinity) => Ok(f64::INFINITY),
            (true, Fault::Panic) => panic!("a point too far"),
            (true, Fault::Refuse) => Err(Refusal::at(k, "a point too far")),
        }
    }
}

impl Target for Failing {
    fn dim(&self) -> usize {
        3
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (k, (x, value)) in points.chunks_exact(3).zip(values).enumerate() {
            *value = self.value(k, x)?;
        }
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        scores.iter_mut().zip(points).for_each(|(score, x)| *score = 3.0 - x);
        self.values(points, values)
    }
}

/// Zero everywhere.
struct Nowhere;

impl Target for Nowhere {
    fn dim(&self) -> usize {
        2
    }
    fn values(&self, _: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        values.fill(f64::NEG_INFINITY);
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        scores.fill(f64::NAN);
        self.values(points, values)
    }
}

/// A fit of some milliseconds.
fn small(steps: usize) -> RunSettings {
    let fit = FitSettings { steps, points: 64, width: 4, depth: 1, ..FitSettings::default() };
    RunSettings { fit, draws: 500, threads: 1, ..RunSettings::default() }
}

struct Finished {
    outcome: Result<Exit, CliError>,
    out: String,
    err: String,
}

fn run_while(stop: bool, target: &dyn Target, settings: RunSettings, output: Output) -> Finished {
    let (parameters, facts) = (BTreeMap::new(), Facts::default());
    let subject = Problem {
        name: "mine",
        parameters: &parameters,
        target,
        facts: &facts,
        exact_draws: None,
        source: None,
    };
    let options = RunOptions { settings, output, progress: Style::Lines, time_limit: None };
    let (mut out, mut err, stop) = (Vec::new(), Vec::new(), AtomicBool::new(stop));
    let mut console = Streams { out: &mut out, err: &mut err, stop: &stop };
    let outcome = run_target(&subject, &options, &mut console);
    Finished { outcome, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn run(target: &dyn Target, settings: RunSettings, output: Output) -> Finished {
    run_while(false, target, settings, output)
}

#[test]
fn a_target_of_ones_own_leaves_everything() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let target = Failing::new(Fault::Panic, usize::MAX);
    let finished = run(&target, small(20), Output::At(place.clone(), IfExists::Refuse));
    assert_eq!(finished.outcome.unwrap(), Exit::Trusted, "{}", finished.out);
    let record = record_in(&place);
    assert_eq!((record.dim, record.n_draws, record.log_z_exact), (3, 500, None));
    // log Z of N(m, I) without its constant is 3/2 log 2π.
    assert!((record.log_z - 2.756816).abs() < 5.0 * record.log_z_se, "{} {}", record.log_z, record.log_z_se);
    assert!(record.mean.iter().all(|mean| (mean - 3.0).abs() < 0.2), "{:?}", record.mean);
    let draws = read_npy(&fs::read(place.join("draws.npy")).unwrap()).unwrap();
    let weights = read_npy(&fs::read(place.join("log_weights.npy")).unwrap()).unwrap();
    assert_eq!((draws.shape, weights.shape), (vec![500, 3], vec![500]));
    let losses = fs::read_to_string(place.join("losses.csv")).unwrap();
    assert!(losses.starts_with(
        "block,step,points,loss_before,loss,scale,damping,solve_residual,pilot_ess,loss_1,loss_2\n1,1,"
    ));
    assert_eq!(losses.lines().count(), 1 + record.steps);
    for part in ["mine with dim = 3", "log Z", "verdict    trusted", "ESS        "] {
        assert!(finished.out.contains(part), "{part} in {}", finished.out);
    }
    // A time of the clock and a space before every line.
    let said: Vec<&str> = finished.err.lines().map(|line| &line[21..]).collect();
    assert!(said[0] == "checking the density", "{said:?}");
    assert!(said[1].starts_with("density checked at 64"), "{said:?}");
    assert!(said[2].starts_with("looking for the target"), "{said:?}");
    assert!(said[3].starts_with("step  1/20"), "{said:?}");
    assert_eq!(said.last(), Some(&"moving 500 draws"));
}

#[test]
fn a_density_that_fails_at_any_stage_names_its_point() {
    let home = tempfile::tempdir().unwrap();
    let earlier = home.path().join("earlier");
    let good = Failing::new(Fault::Panic, usize::MAX);
    run(&good, small(10), Output::At(earlier.clone(), IfExists::Refuse)).outcome.unwrap();
    let before = fs::read(earlier.join("run.json")).unwrap();
    // Two of the three directions are integrated out. After the draws the verdict asks, at 1024 draws and 1024 particles,
    // and the report: at 64 draws moved again, for 40 residuals on the way of every draw, at the middles of 40 by 48
    // cells, and at 192 candidates for 64 points of a set.
    let record = record_in(&earlier);
    assert_eq!(record.settings["blocks"].to_string(), "[1]");
    let all = good.asked().0 - (2048 + 64 + 500 * 40 + 40 * 48 + 192);
    // The first point; one of the annealed particles; from the end back: 500 draws, 1024 of the last pilot,
    // 64 of the last set of points.
    for from in [1, all / 4, all - 1550, all - 900, all - 400, all, all + 1500] {
        for fault in [Fault::NotANumber, Fault::PlusInfinity, Fault::Panic, Fault::Refuse] {
            let target = Failing::new(fault, from);
            let finished = run(&target, small(10), Output::At(earlier.clone(), IfExists::Replace));
            let error = finished.outcome.unwrap_err();
            assert_eq!(error.exit(), Exit::DensityFailed, "{error}");
            let at = target.asked().1.unwrap();
            let coordinates: Vec<String> = at.iter().map(|v| format!("{v:?}")).collect();
            let point = format!("x = ({})", coordinates.join(", "));
            let what = match fault {
                Fault::NotANumber => "is NaN",
                Fault::PlusInfinity => "is +inf",
                Fault::Panic => "panicked at",
                Fault::Refuse => "has no answer at",
            };
            let text = error.to_string();
            assert!(text.contains(&point), "{from} of {all}, {point}: {text}");
            assert!(text.contains(what), "{from} of {all}, {point}: {text}");
            assert_eq!(fs::read(earlier.join("run.json")).unwrap(), before);
        }
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "a partial folder was left");
    // A density that fails for a figure takes away that figure and nothing else.
    let target = Failing::new(Fault::Panic, all + 2048 + 1000);
    let finished = run(&target, small(10), Output::At(earlier.clone(), IfExists::Replace));
    assert!(target.asked().1.is_some());
    assert!(finished.outcome.is_ok());
    let page = fs::read_to_string(earlier.join("report.html")).unwrap();
    assert!(page.contains("or the density failed on their way"));
    assert!(page.contains("figure-log_z.svg"));
}

/// The stage at which the density fails, in a process in which every panic is the end.
const STAGE: &str = "PUSHFORWARD_TEST_STAGE";

/// What a program compiled with `panic = "abort"` sees: a refused point is an error with its exit code at every stage,
/// since no panic is on the way. That the process would not survive one is seen too.
#[test]
fn a_refused_point_is_an_error_where_panics_abort() {
    if let Ok(stage) = std::env::var(STAGE) {
        std::panic::set_hook(Box::new(|panic| {
            eprintln!("{panic}");
            std::process::abort()
        }));
        let (fault, from) = match stage.strip_prefix("panic ") {
            Some(from) => (Fault::Panic, from),
            None => (Fault::Refuse, stage.as_str()),
        };
        let target = Failing::new(fault, from.parse().unwrap());
        let place = tempfile::tempdir().unwrap().path().join("out");
        let error = run(&target, small(10), Output::At(place, IfExists::Refuse)).outcome.unwrap_err();
        eprintln!("{error}");
        std::process::exit(error.exit().code().into());
    }
    // In the checks before the fit and in the search for the target. Points 614 to 782 lie far out on
    // rays, where a refusal is no failure.
    let ended = |stage: &str| {
        let test = "calls::a_refused_point_is_an_error_where_panics_abort";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", test, "--nocapture"]).env(STAGE, stage).output().unwrap()
    };
    for stage in ["1", "100", "4000", "8000"] {
        let output = ended(stage);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(Exit::DensityFailed.code().into()), "{stage}: {said}");
        assert!(said.contains("has no answer at"), "{stage}: {said}");
        assert!(said.contains("a point too far"), "{stage}: {said}");
    }
    let code = ended("panic 1").status.code();
    assert!(code != Some(Exit::DensityFailed.code().into()) && code != Some(0), "{code:?}");
}

#[test]
fn a_density_that_is_zero_everywhere_says_where_it_was_sought() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    for output in [Output::At(place.clone(), IfExists::Refuse), Output::FirstFree(place)] {
        let error = run(&Nowhere, small(3), output).outcome.unwrap_err();
        assert_eq!(error.exit(), Exit::DensityFailed);
        assert!(error.to_string().contains("at every point looked at, up to 10000 around"), "{error}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_interrupted_fit_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let target = Failing::new(Fault::Panic, usize::MAX);
    let output = Output::At(place.clone(), IfExists::Refuse);
    let interrupted = run_while(true, &target, small(50), output);
    assert_eq!(interrupted.outcome.unwrap(), Exit::Interrupted);
    let record = record_in(&place);
    assert_eq!((record.steps, record.verdict, record.n_draws), (1, Verdict::NotTrusted, 500));
    assert_eq!(record.stop_reason, StopReason::Optimiser(Outcome::Interrupted));
    let is_stated = record.reasons.iter().any(|reason| reason.kind == ReasonKind::Interrupted);
    assert!(is_stated, "{:?}", record.reasons);
    assert!(interrupted.out.contains("verdict    not trusted\n           - "), "{}", interrupted.out);
}

/// The text of the last cause of an error.
fn last_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error.source().unwrap_or_else(|| panic!("no source: {error}"));
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// The chain of causes of every error of the program that wraps another one ends at what happened first.
#[test]
fn causes_are_chained_to_their_end() {
    use pushforward_cli::density_file::csv_error::CsvError;
    use pushforward_cli::density_file::error::{DensityFileError, FileFault};
    use pushforward_cli::folder::folder_error::FolderError;
    use pushforward_cli::folder::record::ReadRecordError;
    use pushforward_cli::folder::resume_error::ResumeError;
    use pushforward_cli::format::npy::NpyError;
    use pushforward_cli::format::safetensors::SafetensorsError;
    use pushforward_cli::format::table::TableError;
    use pushforward_cli::report::report_files::ReportError;
    use pushforward_cli::settings::layers::SettingsError;
    use pushforward_formula::{DeclarationError, Excerpt, Fault, ModelError, Span};
    let path = || std::path::Path::new("place").to_path_buf();
    let full = || std::io::Error::other("the disk is full");
    let toml = || toml_error("a = ");
    let npy = NpyError::NotNpy;
    let csv = Box::new(CsvError::Empty);
    let excerpt = || Box::new(Excerpt::of("a + b", Span { start: 0, end: 1 }));
    let placed = |fault: FileFault| -> Box<dyn std::error::Error> {
        let fault = Box::new(fault);
        Box::new(CliError::from(DensityFileError::Placed { path: path(), excerpt: excerpt(), fault }))
    };
    let json_cause = || serde_json::from_str::<serde_json::Value>("{").unwrap_err();
    let json = || ReadRecordError::Json { cause: json_cause() };
    let table = TableError::NoNames;
    let process = pushforward_foreign::ProcessFailure::TooMuch { bytes: 3 };
    let cause = pushforward_foreign::ProcessError {
        program: "child".to_string(),
        what: process.clone(),
        last_words: String::new(),
    };
    let catalogue = pushforward::density::named_target("gmm8", &BTreeMap::new()).err().unwrap();
    let density = pushforward::density::DensityError {
        what: pushforward::density::DensityFailure::NotANumber,
        at: vec![1.0],
    };
    let named = CliError::Named {
        cause: Box::new(CliError::from(pushforward::training::FitError::from(density.clone()))),
        coordinates: vec!["mu".to_string()],
    };
    let preflight = CliError::from(pushforward::density::PreflightError::from(density.clone()));
    let damaged = SafetensorsError::Header { cause: json_cause() };
    let cases: Vec<(Box<dyn std::error::Error>, String)> = vec![
        (Box::new(CliError::System { what: "stdout", cause: full() }), full().to_string()),
        (Box::new(CliError::from(FolderError::NoRoom { path: path(), cause: full() })), full().to_string()),
        (
            Box::new(CliError::from(FolderError::NotWritable { path: path(), cause: full() })),
            full().to_string(),
        ),
        (
            Box::new(CliError::from(FolderError::Write { path: path(), kept: path(), cause: full() })),
            full().to_string(),
        ),
        (
            Box::new(CliError::from(SettingsError::Unreadable { path: path(), cause: full() })),
            full().to_string(),
        ),
        (Box::new(CliError::from(SettingsError::Syntax { path: path(), cause: toml() })), toml().to_string()),
        (Box::new(CliError::from(SettingsError::Target(catalogue.clone()))), catalogue.to_string()),
        (
            Box::new(CliError::from(ResumeError::Unreadable { path: path(), cause: full() })),
            full().to_string(),
        ),
        (
            Box::new(CliError::from(ResumeError::Damaged { path: path(), cause: damaged })),
            json_cause().to_string(),
        ),
        (
            Box::new(CliError::from(ReportError::File { name: "a".to_string(), cause: full() })),
            full().to_string(),
        ),
        (
            Box::new(CliError::from(ReportError::Write { name: "a".to_string(), cause: full() })),
            full().to_string(),
        ),
        (Box::new(CliError::from(ReportError::Record(json()))), json_cause().to_string()),
        (Box::new(CliError::from(ReportError::Config(Box::new(toml())))), toml().to_string()),
        (
            Box::new(CliError::from(ReportError::Array { name: "a".to_string(), cause: npy.clone() })),
            npy.to_string(),
        ),
        (
            Box::new(CliError::from(ReportError::Table { name: "a".to_string(), cause: table.clone() })),
            table.to_string(),
        ),
        (
            Box::new(CliError::from(DensityFileError::Unreadable { path: path(), cause: full() })),
            full().to_string(),
        ),
        (
            Box::new(CliError::from(DensityFileError::Syntax { path: path(), cause: toml() })),
            toml().to_string(),
        ),
        (Box::new(CliError::from(DensityFileError::Command { path: path(), cause })), process.to_string()),
        (placed(FileFault::Formula { fault: Fault::Empty, offered: None }), Fault::Empty.to_string()),
        (placed(FileFault::Csv { path: "a".to_string(), cause: csv.clone() }), csv.to_string()),
        (placed(FileFault::Model(ModelError::NoParameters)), ModelError::NoParameters.to_string()),
        (
            placed(FileFault::Declaration(DeclarationError::Size { given: 0.5 })),
            DeclarationError::Size { given: 0.5 }.to_string(),
        ),
        (Box::new(named), density.to_string()),
        (Box::new(preflight), density.to_string()),
    ];
    for (error, last) in &cases {
        assert_eq!(last_cause(error.as_ref()), *last, "{error}");
    }
}

/// What `toml` says of a text that is none.
fn toml_error(text: &str) -> toml::de::Error {
    toml::from_str::<toml::Table>(text).unwrap_err()
}
