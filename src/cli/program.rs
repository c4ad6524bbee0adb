//! From the words of the command line to an exit.

use super::arguments::{Call, RunCall, parse};
use super::catalogue::{Catalogue, TargetEntry};
use super::engine::{Engine, FitSettings};
use super::exit::{CliError, Exit};
use super::progress::Style;
use super::run::{Console, Output, RunOptions, Subject, run_target};
use super::settings::{Origin, Settings, SettingsError, unknown};
use super::table::{audit_exit, audit_table, targets_text};
use crate::density::Benchmark;
use crate::num::{Purpose, Stream};
use crate::report::IfExists;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// What the program is put together from.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Targets, evolutions and audits.
    pub catalogue: &'a dyn Catalogue,
    /// The method.
    pub engine: &'a dyn Engine,
    /// Settings of a fit if nobody sets them.
    pub defaults: &'a FitSettings,
    /// How progress is shown if not `--quiet`.
    pub progress: Style,
}

/// Does what the words ask for. Errors are printed, the exit says which kind.
pub fn program(words: &[OsString], parts: &Parts<'_>, console: &mut Console<'_>) -> Exit {
    let outcome = match parse(words) {
        Ok(call) => dispatch(call, parts, console),
        Err(asked) if asked.exit_code() == 0 => print(console, &asked.to_string(), Exit::Trusted),
        Err(wrong) => {
            let _ = write!(console.err, "{wrong}");
            return Exit::WrongCall;
        }
    };
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(console.err, "error: {error}");
        error.exit()
    })
}

fn dispatch(call: Call, parts: &Parts<'_>, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match call {
        Call::Run(call) => run(&call, parts, console),
        Call::Targets => print(console, &targets_text(&parts.catalogue.targets()), Exit::Trusted),
        Call::Audit { target } => {
            if let Some(name) = &target {
                entry(parts.catalogue, name)?;
            }
            let checks = parts.catalogue.audit(target.as_deref());
            print(console, &audit_table(&checks), audit_exit(&checks))
        }
    }
}

fn run(call: &RunCall, parts: &Parts<'_>, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let entry = entry(parts.catalogue, &call.target)?;
    let settings = settings(call, parts, &entry)?;
    let parameters = settings.of(&entry.keys);
    let target = parts.catalogue.build(entry.name, &parameters)?;
    let facts = target.facts();
    let fit = FitSettings::read(&settings);
    let exact_draws = exact_draws(target.as_ref(), &fit);
    let subject = Subject {
        name: entry.name,
        parameters: &parameters,
        target: target.as_ref(),
        facts: &facts,
        exact_draws: exact_draws.as_deref(),
    };
    let progress = call.progress.unwrap_or(parts.progress);
    run_target(&subject, &RunOptions { fit, output: output(call), progress }, parts.engine, console)
}

fn entry(catalogue: &dyn Catalogue, name: &str) -> Result<TargetEntry, SettingsError> {
    let targets = catalogue.targets();
    let known: Vec<&str> = targets.iter().map(|target| target.name).collect();
    let error = unknown("target", name, &known, Origin::CommandLine);
    targets.into_iter().find(|target| target.name == name).ok_or(error)
}

/// Defaults, file, pairs, options: later wins.
fn settings(call: &RunCall, parts: &Parts<'_>, entry: &TargetEntry) -> Result<Settings, SettingsError> {
    let mut keys = parts.defaults.keys(parts.catalogue.evolutions());
    keys.extend(entry.keys.iter().cloned());
    let mut settings = Settings::new(keys);
    if let Some(path) = &call.config {
        settings.read_file(path)?;
    }
    call.pairs.iter().try_for_each(|pair| settings.set_pair(pair))?;
    call.options.iter().try_for_each(|(key, value)| settings.set(key, value))?;
    Ok(settings)
}

fn output(call: &RunCall) -> Output {
    let usual = PathBuf::from("runs").join(&call.target);
    match (&call.out, call.if_exists) {
        (Some(path), if_exists) => Output::At(path.clone(), if_exists),
        (None, IfExists::Replace) => Output::At(usual, IfExists::Replace),
        (None, IfExists::Refuse) => Output::FirstFree(usual),
    }
}

/// At most 20 000 for the outline in the figure, more than its bins resolve; none in the plane, where contours serve.
fn exact_draws(target: &dyn Benchmark, fit: &FitSettings) -> Option<Vec<f64>> {
    let dim = target.dim();
    if dim == 2 {
        return None;
    }
    let mut stream = Stream::new(fit.seed, Purpose::Exact, 0);
    let mut draws = vec![0.0; dim * fit.draws.min(20_000)];
    draws.chunks_exact_mut(dim).all(|x| target.draw(&mut stream, x)).then_some(draws)
}

fn print(console: &mut Console<'_>, text: &str, exit: Exit) -> Result<Exit, CliError> {
    let written = console.out.write_all(text.as_bytes()).and_then(|()| console.out.flush());
    match written {
        // Whoever reads `targets | head` has what they want.
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::System { what: "standard output", cause })
        }
        _ => Ok(exit),
    }
}
