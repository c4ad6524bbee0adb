//! The program around a stand-in engine: exact draws of a Gaussian, reweighted to the target.

#![cfg(feature = "cli")]

use pushforward::cli::*;
use pushforward::density::{Benchmark, Facts, Target};
use pushforward::num::{BLOCK, Purpose, Stream, log_mean_exp, pairwise_sum};
use pushforward::report::{IfExists, Record, Verdict, read_npy};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// N(0, I) without its constant, with a fault beyond |x₁| = 2.
struct Normal {
    dim: usize,
    fault: fn(f64) -> f64,
}

impl Target for Normal {
    fn dim(&self) -> usize {
        self.dim
    }
    fn values(&self, points: &[f64], values: &mut [f64]) {
        for (x, value) in points.chunks_exact(self.dim).zip(values) {
            let log_density = -0.5 * x.iter().map(|v| v * v).sum::<f64>();
            *value = if x[0].abs() > 2.0 { (self.fault)(log_density) } else { log_density };
        }
    }
    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        self.values(points, values);
        scores.iter_mut().zip(points).for_each(|(s, x)| *s = -x);
    }
}

impl Benchmark for Normal {
    fn facts(&self) -> Facts {
        let log_z = 0.5 * self.dim as f64 * libm::log(2.0 * PI);
        Facts { log_z: Some(log_z), std: Some(vec![1.0; self.dim]), ..Facts::default() }
    }
    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool {
        stream.fill_normal(x);
        true
    }
}

struct Shelf;

impl Catalogue for Shelf {
    fn targets(&self) -> Vec<TargetEntry> {
        let about = "a standard normal";
        ["normal", "nan-tail", "panic-tail"].map(|name| self.entry(name, about)).into()
    }
    fn evolutions(&self) -> &'static [&'static str] {
        &["general-ode", "annealed-ode"]
    }
    fn build(
        &self,
        name: &str,
        parameters: &BTreeMap<String, Value>,
    ) -> Result<Box<dyn Benchmark>, SettingsError> {
        let Value::Count(dim) = parameters["dim"] else { panic!("dim is a count") };
        let fault: fn(f64) -> f64 = match name {
            "nan-tail" => |_| f64::NAN,
            "panic-tail" => |_| panic!("a tail too far"),
            _ => |log_density| log_density,
        };
        Ok(Box::new(Normal { dim: dim as usize, fault }))
    }
    fn audit(&self, _: Option<&str>) -> Vec<Check> {
        vec![Check { name: "value: jet and f64".into(), figure: 1e-16, bound: 1e-12 }]
    }
}

impl Shelf {
    fn entry(&self, name: &'static str, about: &'static str) -> TargetEntry {
        let kind = Kind::Count { least: 1, most: 1000 };
        let keys = vec![KeySpec { name: "dim", kind, default: Value::Count(2), help: "the dimension" }];
        TargetEntry { name, about, keys, dim: 2, facts: Facts::default() }
    }
}

/// Draws N(0, 1.1² I) in blocks of their own streams.
struct Reweighting;

const SPREAD: f64 = 1.1;

impl Engine for Reweighting {
    fn fit(&self, job: &Job<'_>, show: &mut (dyn FnMut(&Progress) + Send)) -> Result<Fitted, EngineError> {
        let FitSettings { draws: n, seed, steps, points, .. } = *job.settings;
        let dim = job.target.dim();
        let stopped = job.stop.load(std::sync::atomic::Ordering::Relaxed);
        let taken = if stopped { 1 } else { steps };
        let loss = |step: usize| libm::exp(-0.1 * step as f64);
        for step in 0..=taken {
            let elapsed = Duration::from_secs(step as u64);
            show(&Progress { step, steps, loss: loss(step), damping: 1e-3, pilot_ess: None, elapsed });
        }
        let mut draws = vec![0.0; n * dim];
        let mut log_weights = vec![0.0; n];
        let blocks = draws.par_chunks_mut(BLOCK * dim).zip(log_weights.par_chunks_mut(BLOCK));
        blocks.enumerate().for_each(|(block, (x, log_weights))| {
            Stream::new(seed, Purpose::Draws, block as u64).fill_normal(x);
            x.iter_mut().for_each(|v| *v *= SPREAD);
            job.target.values(x, log_weights);
            for (x, log_weight) in x.chunks_exact(dim).zip(log_weights) {
                let square: f64 = x.iter().map(|v| v * v / (SPREAD * SPREAD)).sum();
                *log_weight += 0.5 * square + dim as f64 * libm::log(SPREAD * (2.0 * PI).sqrt());
            }
        });
        let history = (0..=taken)
            .map(|step| Step {
                step,
                loss: loss(step),
                damping: 1e-3,
                pilot_ess: (step % 5 == 0).then_some(0.9),
            })
            .collect();
        Ok(Fitted {
            n_params: 0,
            n_points: points,
            history,
            ended: if stopped { Ended::Interrupted } else { Ended::Finished },
            stop_reason: if stopped { "interrupted" } else { "steps used up" }.into(),
            log_z_learned: None,
            draws,
            log_weights,
            fit_seconds: 0.0,
        })
    }

    fn judge(&self, fitted: &Fitted, dim: usize, _: &Facts) -> Judgement {
        let log_z = log_mean_exp(&fitted.log_weights);
        let squares: Vec<f64> = fitted.log_weights.iter().map(|w| libm::exp(2.0 * (w - log_z))).collect();
        let n = squares.len() as f64;
        let ess = n / pairwise_sum(&squares);
        let verdict = if ess > 0.9 { Verdict::Trusted } else { Verdict::NotTrusted };
        let reasons = if ess > 0.9 { vec![] } else { vec![format!("ESS {ess:.2} is below 0.9")] };
        let elbo = pairwise_sum(&fitted.log_weights) / n;
        let log_z_se = ((1.0 / ess - 1.0) / n).sqrt();
        let (mean, std) = (vec![0.0; dim], vec![1.0; dim]);
        Judgement { log_z, log_z_se, ess, elbo, pareto_k: 0.1, delta_std: None, mean, std, verdict, reasons }
    }
}

struct Outcome {
    exit: Exit,
    out: String,
    err: String,
}

fn pushforward_while(stop: bool, line: &str) -> Outcome {
    let words: Vec<OsString> = format!("pushforward {line}").split(' ').map(OsString::from).collect();
    let defaults = FitSettings {
        evolution: "general-ode".into(),
        steps: 10,
        points: 300,
        width: 4,
        depth: 1,
        draws: 2000,
        seed: 0,
        threads: 2,
    };
    let progress = Style::Lines;
    let parts = Parts { catalogue: &Shelf, engine: &Reweighting, defaults: &defaults, progress };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let stop = AtomicBool::new(stop);
    let exit = program(&words, &parts, &mut Console { out: &mut out, err: &mut err, stop: &stop });
    Outcome { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn pushforward(line: &str) -> Outcome {
    pushforward_while(false, line)
}

fn record_in(place: &Path) -> Record {
    Record::from_json(&fs::read_to_string(place.join("run.json")).unwrap()).unwrap()
}

#[test]
fn a_run_leaves_everything() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("out");
    let outcome = pushforward(&format!("run normal --set dim=3 --seed 4 --out {}", place.display()));
    assert_eq!(outcome.exit, Exit::Trusted, "{}", outcome.err);
    let record = record_in(&place);
    assert_eq!((record.dim, record.seed, record.n_draws, record.steps), (3, 4, 2000, 10));
    assert_eq!(record.parameters["dim"], 3);
    assert!((record.log_z - record.log_z_exact.unwrap()).abs() < 4.0 * record.log_z_se);
    let draws = read_npy(&fs::read(place.join("draws.npy")).unwrap()).unwrap();
    let weights = read_npy(&fs::read(place.join("log_weights.npy")).unwrap()).unwrap();
    assert_eq!((draws.shape, weights.shape), (vec![2000, 3], vec![2000]));
    let losses = fs::read_to_string(place.join("losses.csv")).unwrap();
    assert!(losses.starts_with("step,loss,damping,pilot_ess\n0,1,0.001,0.9\n1,0.9048"), "{losses}");
    assert!(fs::read_to_string(place.join("density.svg")).unwrap().contains("line: exact draws"));
    assert!(place.join("loss.svg").exists());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    for part in ["normal with dim = 3 (d = 3)", "log Z", "exact 2.756816", "trusted", "ESS        0."] {
        assert!(outcome.out.contains(part), "{part} in {}", outcome.out);
    }
    // 0 to 10 s in steps of 1 s: every second one.
    assert_eq!(outcome.err.lines().count(), 6, "{}", outcome.err);
}

#[test]
fn bits_do_not_depend_on_threads() {
    let home = tempfile::tempdir().unwrap();
    let place = |threads: usize| {
        let place = home.path().join(format!("out{threads}"));
        let line = format!("run normal --threads {threads} --quiet --out {}", place.display());
        let outcome = pushforward(&line);
        assert_eq!((outcome.exit, outcome.err.as_str()), (Exit::Trusted, ""));
        place
    };
    let (one, two) = (place(1), place(2));
    for file in ["draws.npy", "log_weights.npy", "losses.csv", "density.svg", "loss.svg"] {
        assert!(fs::read(one.join(file)).unwrap() == fs::read(two.join(file)).unwrap(), "{file}");
    }
    let (one, two) = (record_in(&one), record_in(&two));
    assert_ne!(one.threads, two.threads);
    assert_eq!(one.without_machine().to_json(), two.without_machine().to_json());
}

#[test]
fn weak_results_and_interruptions_are_kept_and_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("weak");
    let weak = pushforward(&format!("run normal --set dim=40 --out {}", place.display()));
    assert_eq!(weak.exit, Exit::NotTrusted);
    assert!(weak.out.contains("verdict    not trusted\n           - ESS 0."), "{}", weak.out);
    assert_eq!(record_in(&place).verdict, Verdict::NotTrusted);
    let place = home.path().join("interrupted");
    let interrupted = pushforward_while(true, &format!("run normal --out {}", place.display()));
    assert_eq!(interrupted.exit, Exit::Interrupted);
    let record = record_in(&place);
    assert_eq!((record.steps, record.verdict), (1, Verdict::NotTrusted));
    assert!(record.reasons[0].contains("interrupted"));
    let draws = read_npy(&fs::read(place.join("draws.npy")).unwrap()).unwrap();
    assert_eq!(draws.shape, [2000, 2]);
}

#[test]
fn a_failing_density_names_its_point() {
    let home = tempfile::tempdir().unwrap();
    for (name, part) in [("nan-tail", "log density = NaN at x = ["), ("panic-tail", "a tail too far")] {
        let outcome = pushforward(&format!("run {name} --out {}", home.path().join("out").display()));
        assert_eq!(outcome.exit, Exit::DensityFailed, "{}", outcome.err);
        assert!(outcome.err.contains(part), "{}", outcome.err);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn wrong_calls_say_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("bad.toml");
    fs::write(&config, "steps = 5\nwidht = 3\n").unwrap();
    let not_toml = home.path().join("not.toml");
    fs::write(&not_toml, "steps = = 5\n").unwrap();
    let nan = home.path().join("nan.toml");
    fs::write(&nan, "steps = nan\n").unwrap();
    let in_home = |text: &str| text.replace("HOME", home.path().to_str().unwrap());
    for (line, part) in [
        ("run nromal", "unknown target \"nromal\"; did you mean \"normal\"?"),
        ("run normal --evolution general-sde", "did you mean \"general-ode\"?"),
        ("run normal --set dmi=3", "unknown key \"dmi\"; did you mean \"dim\"?"),
        ("run normal --set dim=0", "dim must be a whole number from 1 to 1000"),
        ("run normal --draws 0", "draws must be a whole number from 1"),
        ("run normal --set steps=0", "steps must be a whole number from 1"),
        ("run normal --draws 99999999999999999", "draws must be"),
        ("run normal --seed -1", "seed must be a whole number, at least 0"),
        ("run normal --set steps", "--set key=value"),
        (
            "run normal --config HOME/bad.toml",
            "bad.toml, line 2: unknown key \"widht\"; did you mean \"width\"?",
        ),
        ("run normal --config HOME/not.toml", "line 1, column 9"),
        ("run normal --config HOME/nan.toml", "line 1: steps = nan: steps must be"),
        ("run normal --config HOME/none.toml", "none.toml cannot be read"),
        ("run normal --out HOME/bad.toml/below", "cannot be written"),
        ("run normal --out HOME --force", "no run.json"),
        ("run normal --out HOME", "--force to replace"),
        ("audit nromal", "did you mean \"normal\"?"),
        ("runn", "unrecognized subcommand"),
    ] {
        let outcome = pushforward(&in_home(line));
        assert_eq!(outcome.exit, Exit::WrongCall, "{line}: {}", outcome.err);
        assert!(outcome.err.contains(part), "{line}: {}", outcome.err);
        assert_eq!(outcome.out, "", "{line}");
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
}

#[test]
fn settings_come_in_their_order() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("a.toml");
    fs::write(&config, "steps = 5\nwidth = 6\ndepth = 7\ndim = 1\nevolution = \"annealed-ode\"\n").unwrap();
    let place = home.path().join("out");
    let (config, out) = (config.display(), place.display());
    let line = format!("run normal --config {config} --set width=8 --set draws=100 --draws 200 --out {out}");
    assert_eq!(pushforward(&line).exit, Exit::Trusted);
    let record = record_in(&place);
    assert_eq!((record.steps, record.dim, record.n_draws), (5, 1, 200));
    assert_eq!((&record.settings["width"], &record.settings["depth"]), (&8.into(), &7.into()));
    assert_eq!(record.evolution, "annealed-ode");
    // The same place again: refused, then replaced.
    assert_eq!(pushforward(&line).exit, Exit::WrongCall);
    assert_eq!(pushforward(&format!("{line} --force --seed 9")).exit, Exit::Trusted);
    assert_eq!(record_in(&place).seed, 9);
}

#[test]
fn a_target_without_catalogue_runs_too() {
    let home = tempfile::tempdir().unwrap();
    let target = Normal { dim: 2, fault: |log_density| log_density };
    let (parameters, facts) = (BTreeMap::new(), Facts::default());
    let subject =
        Subject { name: "mine", parameters: &parameters, target: &target, facts: &facts, exact_draws: None };
    let evolution = "general-ode".to_string();
    let fit =
        FitSettings { evolution, steps: 1, points: 1, width: 1, depth: 1, draws: 100, seed: 0, threads: 1 };
    let output = Output::At(home.path().join("out"), IfExists::Refuse);
    let options = RunOptions { fit, output, progress: Style::Quiet };
    let (mut out, mut err, stop) = (Vec::new(), Vec::new(), AtomicBool::new(false));
    let mut console = Console { out: &mut out, err: &mut err, stop: &stop };
    assert_eq!(run_target(&subject, &options, &Reweighting, &mut console).unwrap(), Exit::Trusted);
    assert_eq!(record_in(&home.path().join("out")).log_z_exact, None);
}

#[test]
fn lists_and_audits_are_printed() {
    assert!(pushforward("targets").out.contains("normal: a standard normal\n    dim 2, log Z unknown"));
    let audit = pushforward("audit normal");
    assert!(audit.exit == Exit::Trusted && audit.out.ends_with("1 of 1 passed\n"));
    assert!(pushforward("run --help").out.contains("Examples:"));
}
