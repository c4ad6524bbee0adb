//! The main job: folder, fit, draws, estimates, figures, record, verdict.

use super::engine::{Ended, Engine, FitSettings, Fitted, Job, Judgement};
use super::exit::{CliError, Exit};
use super::figures::{density_figure, loss_figure};
use super::keys::Value;
use super::progress::{Display, Style};
use super::summary::summary;
use crate::density::{Facts, Target};
use crate::report::{Csv, FolderError, IfExists, Machine, Provenance, Record, RunFolder, Verdict, npy_bytes};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// What is run.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Its name, for the record.
    pub name: &'a str,
    /// Its parameters, for the record.
    pub parameters: &'a BTreeMap<String, Value>,
    /// The density.
    pub target: &'a dyn Target,
    /// What is known of it.
    pub facts: &'a Facts,
    /// Exact draws for the figure, n×d, if there are any.
    pub exact_draws: Option<&'a [f64]>,
}

/// Where the results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Exactly there.
    At(PathBuf, IfExists),
    /// There, or at the first free of -2, -3, ….
    FirstFree(PathBuf),
}

/// How it is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Fit and draws.
    pub fit: FitSettings,
    /// Where the results go.
    pub output: Output,
    /// How progress is shown.
    pub progress: Style,
}

/// The outside of the program.
pub struct Console<'a> {
    /// Results.
    pub out: &'a mut (dyn Write + Send),
    /// Progress and errors.
    pub err: &'a mut (dyn Write + Send),
    /// Turned true by a signal.
    pub stop: &'a AtomicBool,
}

/// Fits, draws, judges and writes; prints the summary.
///
/// The folder is checked before the fit and is there, complete, before anything is printed.
///
/// # Errors
/// [`CliError`]; then nothing that existed was touched, and the partial folder is gone unless the error says
/// where it is kept.
pub fn run_target(
    subject: &Subject<'_>,
    options: &RunOptions,
    engine: &dyn Engine,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let start = Instant::now();
    let mut folder = match &options.output {
        Output::At(path, if_exists) => RunFolder::create(path, *if_exists)?,
        Output::FirstFree(path) => RunFolder::create_first_free(path)?,
    };
    let (fitted, mut judgement) = fit_and_judge(subject, options, engine, console)?;
    if fitted.ended == Ended::Interrupted {
        judgement.verdict = Verdict::NotTrusted;
        judgement.reasons.push("interrupted before the fit came to its end".to_string());
    }
    let mut record = record(subject, options, &fitted, judgement);
    write_results(&mut folder, subject, &record, &fitted)?;
    record.total_seconds = start.elapsed().as_secs_f64();
    folder.write("run.json", record.to_json().as_bytes())?;
    let place = folder.commit()?;
    let printed =
        console.out.write_all(summary(&record, &place).as_bytes()).and_then(|()| console.out.flush());
    printed.map_err(|cause| CliError::System { what: "standard output", cause })?;
    Ok(match (fitted.ended, record.verdict) {
        (Ended::Interrupted, _) => Exit::Interrupted,
        (Ended::Finished, Verdict::Trusted) => Exit::Trusted,
        (Ended::Finished, Verdict::NotTrusted) => Exit::NotTrusted,
    })
}

/// The calls of the engine, in a pool of their own.
fn fit_and_judge(
    subject: &Subject<'_>,
    options: &RunOptions,
    engine: &dyn Engine,
    console: &mut Console<'_>,
) -> Result<(Fitted, Judgement), CliError> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(options.fit.threads);
    let pool = builder
        .build()
        .map_err(|cause| CliError::System { what: "starting threads", cause: io::Error::other(cause) })?;
    let job = Job { target: subject.target, settings: &options.fit, stop: console.stop };
    let mut display = Display::new(&mut *console.err, options.progress);
    let fitted = pool.install(|| engine.fit(&job, &mut |progress| display.update(progress)));
    display.finish();
    let fitted = fitted?;
    let dim = subject.target.dim();
    let sizes = (fitted.draws.len(), fitted.log_weights.len());
    assert_eq!(
        sizes.0,
        sizes.1 * dim,
        "engine: {} numbers for {} draws of dimension {dim}",
        sizes.0,
        sizes.1
    );
    let judgement = pool.install(|| engine.judge(&fitted, dim, subject.facts));
    Ok((fitted, judgement))
}

/// Everything but run.json, which is written last.
fn write_results(
    folder: &mut RunFolder,
    subject: &Subject<'_>,
    record: &Record,
    fitted: &Fitted,
) -> Result<(), FolderError> {
    folder.write("draws.npy", &npy_bytes(&[record.n_draws, record.dim], &fitted.draws))?;
    folder.write("log_weights.npy", &npy_bytes(&[record.n_draws], &fitted.log_weights))?;
    let mut losses = Csv::new(&["step", "loss", "damping", "pilot_ess"]);
    for step in &fitted.history {
        losses.row(&[step.step as f64, step.loss, step.damping, step.pilot_ess.unwrap_or(f64::NAN)]);
    }
    folder.write("losses.csv", losses.text().as_bytes())?;
    folder.write("density.svg", density_figure(subject, record, fitted).as_bytes())?;
    folder.write("loss.svg", loss_figure(record, &fitted.history).as_bytes())
}

fn record(subject: &Subject<'_>, options: &RunOptions, fitted: &Fitted, judgement: Judgement) -> Record {
    let last = fitted.history.last();
    let here = Provenance::of_this_machine();
    Record {
        target: subject.name.to_string(),
        parameters: subject.parameters.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        evolution: options.fit.evolution.clone(),
        settings: options.fit.to_json(),
        dim: subject.target.dim(),
        names: subject.target.names(),
        seed: options.fit.seed,
        n_draws: fitted.log_weights.len(),
        n_params: fitted.n_params,
        n_points: fitted.n_points,
        steps: last.map_or(0, |step| step.step),
        stop_reason: fitted.stop_reason.clone(),
        loss: last.map_or(f64::NAN, |step| step.loss),
        log_z: judgement.log_z,
        log_z_se: judgement.log_z_se,
        log_z_exact: subject.facts.log_z,
        log_z_learned: fitted.log_z_learned,
        ess: judgement.ess,
        elbo: judgement.elbo,
        pareto_k: judgement.pareto_k,
        delta_std: judgement.delta_std,
        mean: judgement.mean,
        std: judgement.std,
        verdict: judgement.verdict,
        reasons: judgement.reasons,
        versions: BTreeMap::from([("pushforward".to_string(), here.version.to_string())]),
        threads: options.fit.threads,
        fit_seconds: fitted.fit_seconds,
        total_seconds: f64::NAN,
        machine: machine(here),
    }
}

fn machine(here: Provenance) -> Machine {
    Machine {
        architecture: here.architecture.to_string(),
        operating_system: here.operating_system.to_string(),
        cpu_model: here.cpu_model,
        cpu_features: here.cpu_features.iter().map(|name| name.to_string()).collect(),
        available_threads: here.available_threads,
    }
}
