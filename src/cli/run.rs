//! The main job: folder, fit, draws, estimates, figures, record, verdict.

use super::exit::{CliError, Exit};
use super::keys::Value;
use super::progress::{Display, Style};
use super::report::report;
use super::report_data::{loss_table, report_tables, seconds_table};
use super::run_settings::RunSettings;
use super::summary::summary;
use crate::density::{Facts, Target};
use crate::diagnostics::{
    self, Bounds, Estimates, Evidence, delta_std, missed_modes, mode_shares, moments, weighted_moments,
};
use crate::fitting::{Control, DrawError, Draws, Fit, FitError, StopReason, fit};
use crate::optim::{Method, Outcome};
use crate::report::{IfExists, Machine, Provenance, Record, RunFolder, Verdict, npy_bytes};
use crate::transport::TransportError;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Exact draws for the upper bound of log Z and for figures, n×d, if there are any.
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
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// Fit, draws, threads.
    pub settings: RunSettings,
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

/// A fit with its draws.
pub(super) struct Fitted {
    pub fit: Fit,
    /// Empty if the flow cannot be integrated.
    pub draws: Draws,
    /// Why there are no draws, if so.
    no_draws: Option<TransportError>,
    /// Wall time of the fit without the draws.
    fit_seconds: f64,
    /// Steps, and wall time after each.
    seconds: Vec<(usize, f64)>,
}

impl Fitted {
    fn with_draws(
        fit: Fit,
        target: &dyn Target,
        settings: &RunSettings,
        fit_seconds: f64,
    ) -> Result<Fitted, CliError> {
        let (draws, no_draws) = match fit.draw(target, settings.draws, settings.fit.seed) {
            Ok(draws) => (draws, None),
            Err(DrawError::Transport(error)) => {
                (Draws { x: Vec::new(), log_weights: Vec::new() }, Some(error))
            }
            Err(DrawError::Density(error)) => return Err(FitError::Density(error).into()),
        };
        Ok(Fitted { fit, draws, no_draws, fit_seconds, seconds: Vec::new() })
    }

    fn interrupted(&self) -> bool {
        self.fit.stop_reason == StopReason::Optimiser(Outcome::Interrupted)
    }
}

/// Fits, draws, judges and writes; prints the summary.
///
/// The folder is checked before the fit and is there, complete, before anything is printed. A fit whose flow
/// cannot be integrated leaves everything but draws, and is not trusted.
///
/// # Errors
/// [`CliError`]; then nothing that existed was touched, and the partial folder is gone unless the error says
/// where it is kept.
pub fn run_target(
    subject: &Subject<'_>,
    options: &RunOptions,
    console: &mut Console<'_>,
) -> Result<Exit, CliError> {
    let start = Instant::now();
    let mut folder = match &options.output {
        Output::At(path, if_exists) => RunFolder::create(path, *if_exists)?,
        Output::FirstFree(path) => RunFolder::create_first_free(path)?,
    };
    let threads = options.settings.threads;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool =
        pool.map_err(|cause| CliError::System { what: "starting threads", cause: io::Error::other(cause) })?;
    let fitted = pool.install(|| fit_and_draw(subject, options, console))?;
    let mut record = pool.install(|| record(subject, options, &fitted));
    let tables = pool.install(|| report_tables(subject, &record, &fitted));
    record.total_seconds = start.elapsed().as_secs_f64();
    write_results(&mut folder, &record, &fitted, tables)?;
    let place = folder.commit()?;
    let printed =
        console.out.write_all(summary(&record, &place).as_bytes()).and_then(|()| console.out.flush());
    printed.map_err(|cause| CliError::System { what: "standard output", cause })?;
    Ok(match record.verdict {
        _ if fitted.interrupted() => Exit::Interrupted,
        Verdict::Trusted => Exit::Trusted,
        Verdict::NotTrusted => Exit::NotTrusted,
    })
}

fn fit_and_draw(
    subject: &Subject<'_>,
    options: &RunOptions,
    console: &mut Console<'_>,
) -> Result<Fitted, CliError> {
    let RunSettings { fit: settings, draws: n_draws, .. } = &options.settings;
    let start = Instant::now();
    let mut display = Display::new(&mut *console.err, options.progress);
    let stop = console.stop;
    display.say("looking for the target with annealed particles");
    let mut seconds = Vec::new();
    let fit = fit(subject.target, settings, &mut |progress| {
        display.update(progress);
        seconds.push((progress.step, progress.elapsed.as_secs_f64()));
        if stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    });
    display.end_line();
    let fit = fit?;
    let fit_seconds = start.elapsed().as_secs_f64();
    display.say(&format!("moving {n_draws} draws"));
    let fitted = Fitted::with_draws(fit, subject.target, &options.settings, fit_seconds);
    display.end_line();
    Ok(Fitted { seconds, ..fitted? })
}

/// Numbers, then what is made of them by [`report`] as from a folder, and run.json last.
fn write_results(
    folder: &mut RunFolder,
    record: &Record,
    fitted: &Fitted,
    tables: Vec<(&'static str, String)>,
) -> Result<(), CliError> {
    let Fitted { fit, draws, seconds, .. } = fitted;
    let mut files: BTreeMap<&str, Vec<u8>> =
        tables.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    files.insert("draws.npy", npy_bytes(&[record.n_draws, record.dim], &draws.x));
    files.insert("log_weights.npy", npy_bytes(&[record.n_draws], &draws.log_weights));
    files.insert("losses.csv", loss_table(&fit.history).into_bytes());
    files.insert("seconds.csv", seconds_table(seconds).into_bytes());
    let json = record.to_json();
    let read = |name: &str| match name {
        "run.json" => Ok(json.clone().into_bytes()),
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

/// The verdict of the diagnostics, and what only the run knows against it.
fn verdict(subject: &Subject<'_>, fitted: &Fitted, estimates: &Estimates) -> (Verdict, Vec<String>) {
    let mut reasons = match &fitted.no_draws {
        Some(error) => vec![format!("there are no draws: {error}")],
        None => judged(subject, fitted, estimates),
    };
    if fitted.interrupted() {
        reasons.push("interrupted before the fit came to its end".to_string());
    }
    (if reasons.is_empty() { Verdict::Trusted } else { Verdict::NotTrusted }, reasons)
}

fn judged(subject: &Subject<'_>, fitted: &Fitted, estimates: &Estimates) -> Vec<String> {
    let modes = subject.facts.modes.as_ref();
    let evidence = Evidence {
        log_z_learned: Some(fitted.fit.learned_log_z()),
        log_z_exact: subject.facts.log_z,
        n_modes: modes.map(|modes| modes.weights.len()),
    };
    let mut reasons = match diagnostics::judge(estimates, &evidence, &Bounds::default()) {
        diagnostics::Verdict::Trusted => Vec::new(),
        diagnostics::Verdict::NotTrusted { reasons } => reasons.iter().map(ToString::to_string).collect(),
    };
    let draws = &fitted.draws;
    reasons.extend(modes.and_then(|modes| {
        let shares = mode_shares(&draws.x, &modes.centres, subject.target.dim());
        missed_modes(&shares, &modes.weights, draws.log_weights.len()).map(|reason| reason.to_string())
    }));
    reasons
}

/// Every direction that was used, in the order of its first step, and the rule for the steps.
fn optimiser_as_run(fit: &Fit, method: &Method) -> String {
    let mut words: Vec<&str> = Vec::new();
    for row in &fit.history {
        if !words.contains(&row.record.direction) {
            words.push(row.record.direction);
        }
    }
    let directions = words.join(", then ");
    match method.step_rule() {
        Some(rule) => format!("{directions}; {}", rule.name()),
        None => directions,
    }
}

fn record(subject: &Subject<'_>, options: &RunOptions, fitted: &Fitted) -> Record {
    let RunSettings { fit: settings, threads, .. } = &options.settings;
    let Fitted { fit, draws, .. } = fitted;
    let dim = subject.target.dim();
    let estimates = Estimates::from_log_weights(&draws.log_weights);
    let (verdict, reasons) = verdict(subject, fitted, &estimates);
    let weighted = weighted_moments(&draws.x, dim, &draws.log_weights);
    let unweighted = moments(&draws.x, dim);
    let last = fit.history.last();
    let here = Provenance::of_this_machine();
    Record {
        target: subject.name.to_string(),
        parameters: subject.parameters.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        evolution: settings.evolution.clone(),
        settings: options.settings.to_json(),
        dim,
        names: subject.target.names(),
        seed: settings.seed,
        n_draws: draws.log_weights.len(),
        n_params: fit.theta.len(),
        n_points: last.map_or(settings.points, |row| row.n_points),
        optimiser: optimiser_as_run(fit, &settings.optimiser.method),
        steps: last.map_or(0, |row| row.step),
        stop_reason: fit.stop_reason.to_string(),
        loss: last.map_or(f64::NAN, |row| row.record.loss),
        log_z: estimates.log_z,
        log_z_se: estimates.log_z_se,
        log_z_exact: subject.facts.log_z,
        log_z_learned: Some(fit.learned_log_z()),
        ess: estimates.ess,
        elbo: estimates.elbo,
        pareto_k: estimates.pareto_k,
        delta_std: subject.facts.std.as_ref().map(|exact| delta_std(&unweighted.std, exact)),
        mean: weighted.mean,
        std: weighted.std,
        verdict,
        reasons,
        versions: here
            .versions
            .iter()
            .map(|(what, version)| (what.to_string(), version.to_string()))
            .collect(),
        threads: *threads,
        fit_seconds: fitted.fit_seconds,
        total_seconds: f64::NAN,
        cpu_features: here.cpu_features.iter().map(|name| name.to_string()).collect(),
        machine: Machine {
            architecture: here.architecture.to_string(),
            operating_system: here.operating_system.to_string(),
            cpu_model: here.cpu_model,
            available_threads: here.available_threads,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::{Benchmark, gauss};
    use crate::fitting::FitSettings;

    /// A fit whose flow cannot be integrated: no parameter of it is a number.
    fn without_draws(target: &dyn Target, settings: &RunSettings) -> Fitted {
        let mut broken = fit(target, &settings.fit, &mut |_| Control::Continue).unwrap();
        broken.theta.fill(f64::NAN);
        Fitted::with_draws(broken, target, settings, 0.0).unwrap()
    }

    #[test]
    fn a_fit_without_draws_is_kept_and_not_trusted() {
        let fit = FitSettings { steps: 2, points: 64, width: 4, depth: 1, ..FitSettings::default() };
        let settings = RunSettings { fit, draws: 100, threads: 1 };
        for dim in [2, 3] {
            let (target, parameters) = (gauss(dim), BTreeMap::new());
            let facts = target.facts();
            let subject = Subject {
                name: "gauss",
                parameters: &parameters,
                target: &target,
                facts: &facts,
                exact_draws: None,
            };
            let home = tempfile::tempdir().unwrap();
            let output = Output::At(home.path().join("out"), IfExists::Refuse);
            let options = RunOptions { settings: settings.clone(), output, progress: Style::Quiet };
            let fitted = without_draws(&target, &settings);
            let record = record(&subject, &options, &fitted);
            assert_eq!((record.n_draws, record.steps, record.verdict), (0, 2, Verdict::NotTrusted));
            assert!(record.reasons.len() == 1 && record.reasons[0].contains("there are no draws: the flow"));
            let mut folder = RunFolder::create(&home.path().join("out"), IfExists::Refuse).unwrap();
            let tables = report_tables(&subject, &record, &fitted);
            write_results(&mut folder, &record, &fitted, tables).unwrap();
            let place = folder.commit().unwrap();
            let page = std::fs::read_to_string(place.join("report.html")).unwrap();
            assert!(
                page.contains("There are no draws") && page.contains("No draws could be moved"),
                "{page}"
            );
            let json = record.to_json();
            assert_eq!(Record::from_json(&json).unwrap().to_json(), json);
        }
    }
}
