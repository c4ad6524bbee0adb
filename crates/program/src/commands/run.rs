//! `run`: folder, fit, draws, estimates, figures, record and verdict.

use crate::folder::record::Record;
use crate::folder::run_folder::{IfExists, RunFolder};
use crate::folder::run_log::{Event, RunLog};
use crate::output::build_record::build_record;
use crate::output::draw_files::draw_files;
use crate::output::error::CliError;
use crate::output::exit::Exit;
use crate::output::progress::Style;
use crate::output::run_observer::{CHECKPOINT, RunObserver};
use crate::output::streams::{Streams, print};
use crate::output::summary::summary;
use crate::output::threads::thread_pool;
use crate::report::build::report;
use crate::report::fitted::Fitted;
use crate::report::report_data::{loss_table, report_tables, seconds_table};
use crate::settings::config_file::config_text;
use crate::settings::problem::Problem;
use crate::settings::run_settings::RunSettings;
use pushforward::density::preflight;
use pushforward::evolution::TargetData;
use pushforward::sampling::fit_observed;
use pushforward::training::{Checkpoint, HistoryRow};
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The folder into which results are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Exactly this folder, with the treatment of one that exists.
    At(PathBuf, IfExists),
    /// This folder if it does not exist, else the first of -2, -3, … that does not.
    FirstFree(PathBuf),
}

/// Options with which a target is run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// Settings of the fit, of the draws and of the machine.
    pub settings: RunSettings,
    /// The folder into which results are written.
    pub output: Output,
    /// Style in which progress is shown.
    pub progress: Style,
    /// Time after which the fit ends. The draws are made from the fit reached then.
    pub time_limit: Option<Duration>,
}

/// Fits the target, draws, judges the draws and writes all results. Prints the summary.
///
/// The folder exists from the start, with the configuration, a log, and checkpoints. All results
/// are on disk before anything is printed. A fit whose flow cannot be integrated leaves everything
/// but draws, and is not trusted.
///
/// # Errors
/// [`CliError`]. Then no existing file was touched. The new folder is removed, unless minutes of
/// work are in it or the error says that it is kept.
pub fn run_target(
    problem: &Problem<'_>,
    options: &RunOptions,
    streams: &mut Streams<'_>,
) -> Result<Exit, CliError> {
    let folder = match &options.output {
        Output::At(path, if_exists) => RunFolder::create(path, *if_exists)?,
        Output::FirstFree(path) => RunFolder::create_first_free(path)?,
    };
    run_in(folder, problem, &options.settings, (options.progress, options.time_limit), None, streams)
}

/// Runs in an open folder, from the start or from a checkpoint.
pub(crate) fn run_in(
    mut folder: RunFolder,
    problem: &Problem<'_>,
    settings: &RunSettings,
    (progress, time_limit): (Style, Option<Duration>),
    checkpoint: Option<Checkpoint>,
    streams: &mut Streams<'_>,
) -> Result<Exit, CliError> {
    let start = Instant::now();
    let config = config_text(problem, settings);
    let log = folder.log().map_err(|cause| CliError::System { what: "opening the log", cause })?;
    let mut log = RunLog::new(log);
    let step = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.steps());
    let before = seconds_before(&folder, checkpoint.is_some());
    log.write(Event::Start, json!({"version": env!("CARGO_PKG_VERSION"), "step": step}));
    if checkpoint.is_none() {
        folder.write_now("config.toml", config.as_bytes())?;
    }
    let pool = thread_pool(settings.threads)?;
    let observer =
        RunObserver::new(&mut *streams.err, streams.stop, progress, &mut folder, &mut log, &config);
    let observer = observer.timed(settings.checkpoint_every, time_limit.map(|limit| start + limit), before);
    let fitted = pool.install(|| fit_and_draw(problem, settings, checkpoint, observer));
    let fitted = fitted.map_err(|error| error.named(problem.target));
    let fitted = match fitted {
        Ok(fitted) => fitted,
        Err(error) => {
            log.write(Event::Failed, json!({"cause": error.to_string()}));
            if folder.is_kept() {
                let path = folder.path().display();
                let _ = writeln!(
                    streams.err,
                    "the fit so far is kept in {path}: go on with `pushforward resume {path}`"
                );
            }
            return Err(error);
        }
    };
    let mut record = pool.install(|| build_record(problem, settings, &fitted));
    let files = pool.install(|| result_files(problem, &record, &fitted));
    record.total_seconds = before + start.elapsed().as_secs_f64();
    write_results(&mut folder, &record, files, &config)?;
    log.write(
        Event::End,
        json!({"stop_reason": record.stop_reason.to_string(), "verdict": record.verdict.to_string()}),
    );
    let place = folder.commit()?;
    print(streams, &summary(&record, &place), exit(&record, &fitted))
}

fn exit(record: &Record, fitted: &Fitted<'_>) -> Exit {
    if fitted.interrupted() { Exit::Interrupted } else { record.verdict.into() }
}

/// Seconds that the fit took up to the checkpoint from which it goes on, as the log states them.
fn seconds_before(folder: &RunFolder, goes_on: bool) -> f64 {
    let last = goes_on.then(|| RunLog::last(&folder.path().join("log.jsonl"), Event::Checkpoint)).flatten();
    last.and_then(|event| event["fit_seconds"].as_f64()).unwrap_or(0.0)
}

fn fit_and_draw<'t>(
    problem: &Problem<'t>,
    settings: &RunSettings,
    checkpoint: Option<Checkpoint>,
    mut observer: RunObserver<'_>,
) -> Result<Fitted<'t>, CliError> {
    let evolution = settings.evolution();
    match &checkpoint {
        None => {
            observer.display.say("checking the density");
            let reads = evolution.description(problem.target.dim()).reads;
            let reads_laplacian = reads == TargetData::Laplacian;
            let checked = preflight(problem.target, reads_laplacian);
            for line in checked.inspect_err(|_| observer.display.end_line())?.lines() {
                observer.display.say(&line);
                observer.display.end_line();
            }
            observer.display.say("looking for the target with annealed particles");
        }
        // The density is compared with its values at the points of the checkpoint.
        Some(checkpoint) => {
            let step = checkpoint.steps();
            observer.display.say(&format!("going on from {CHECKPOINT} at step {step}"));
        }
    }
    let fit = fit_observed(problem.target, &*evolution, &settings.fit, checkpoint, &mut observer);
    observer.display.end_line();
    let fit = fit?;
    let fit_seconds = observer.fit_seconds();
    observer.display.say(&format!("moving {} draws", settings.draws));
    let fitted = Fitted::with_draws(fit, settings, fit_seconds);
    observer.display.end_line();
    Ok(Fitted { seconds: observer.seconds, ..fitted? })
}

/// The result files of a run except run.json, by name.
fn result_files(problem: &Problem<'_>, record: &Record, fitted: &Fitted<'_>) -> BTreeMap<String, Vec<u8>> {
    let Fitted { fit, draws, quantities, seconds, .. } = fitted;
    let mut files: BTreeMap<String, Vec<u8>> =
        draw_files(quantities, draws, record.seed).into_iter().collect();
    let tables = report_tables(problem, record, fitted).into_iter();
    files.extend(tables.map(|(name, text)| (name.to_string(), text.into_bytes())));
    let histories: Vec<&[HistoryRow]> = fit.factors.iter().map(|factor| &factor.history[..]).collect();
    files.insert("losses.csv".to_string(), loss_table(&histories).into_bytes());
    files.insert("seconds.csv".to_string(), seconds_table(seconds).into_bytes());
    files
}

/// Writes the numbers, then the [`report`] that is made from them as from a folder, and run.json
/// last.
fn write_results(
    folder: &mut RunFolder,
    record: &Record,
    files: BTreeMap<String, Vec<u8>>,
    config: &str,
) -> Result<(), CliError> {
    let json = record.to_json();
    let read = |name: &str| match name {
        "run.json" => Ok(json.clone().into_bytes()),
        "config.toml" => Ok(config.as_bytes().to_vec()),
        name => files.get(name).cloned().ok_or(io::ErrorKind::NotFound.into()),
    };
    let made = report(&read)?;
    for (name, bytes) in &files {
        folder.write(name, bytes)?;
    }
    for (name, text) in made {
        folder.write(name, text.as_bytes())?;
    }
    Ok(folder.write("run.json", json.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::reason::ReasonKind;
    use crate::folder::record::Verdict;
    use pushforward::density::Target;
    use pushforward::density::{Benchmark, gauss};
    use pushforward::sampling::fit;
    use pushforward::training::{Control, FitSettings};

    /// A fit whose flow cannot be integrated, since all parameters of its network are NaN.
    fn without_draws<'t>(target: &'t dyn Target, settings: &RunSettings) -> Fitted<'t> {
        let mut broken =
            fit(target, &*settings.evolution(), &settings.fit, &mut |_| Control::Continue).unwrap();
        broken.factors[0].theta.fill(f64::NAN);
        Fitted::with_draws(broken, settings, 0.0).unwrap()
    }

    #[test]
    fn a_fit_without_draws_is_kept_and_not_trusted() {
        let fit = FitSettings { steps: 2, points: 64, width: 4, depth: 1, ..FitSettings::default() };
        let settings = RunSettings { fit, draws: 100, threads: 1, ..RunSettings::default() };
        for dim in [2, 3] {
            let (target, parameters) = (gauss(dim), BTreeMap::new());
            let facts = target.facts();
            let problem = Problem {
                name: "gauss",
                parameters: &parameters,
                target: &target,
                facts: &facts,
                exact_draws: None,
                source: None,
            };
            let home = tempfile::tempdir().unwrap();
            let fitted = without_draws(&target, &settings);
            let record = build_record(&problem, &settings, &fitted);
            assert_eq!((record.n_draws, record.steps, record.verdict), (0, 2, Verdict::NotTrusted));
            assert!(record.reasons.len() == 1 && record.reasons[0].kind == ReasonKind::NoDraws);
            let mut folder = RunFolder::create(&home.path().join("out"), IfExists::Refuse).unwrap();
            write_results(&mut folder, &record, result_files(&problem, &record, &fitted), "").unwrap();
            let place = folder.commit().unwrap();
            let page = std::fs::read_to_string(place.join("report.html")).unwrap();
            assert!(page.contains("there are no draws"), "{page}");
            assert!(page.contains("No draws could be moved"), "{page}");
            let json = record.to_json();
            assert_eq!(Record::from_json(&json).unwrap().to_json(), json);
        }
    }
}
