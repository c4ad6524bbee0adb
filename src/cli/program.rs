//! From the words of the command line to an exit.

use super::arguments::{Call, ReproduceCall, RunCall, parse};
use super::audit::audit;
use super::exit::{CliError, Exit};
use super::keys::{KeySpec, Value};
use super::progress::Style;
use super::report::report_again;
use super::reproduce::{optimisers, pde, samplers};
use super::run::{Console, Output, RunOptions, Subject, run_target};
use super::run_settings::RunSettings;
use super::settings::{Origin, Settings, SettingsError, unknown};
use super::table::{audit_exit, audit_table, targets_text};
use crate::density::{self, Benchmark, TargetEntry};
use crate::num::{Purpose, Stream};
use crate::report::IfExists;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Does what the words ask for; `progress` is how it is shown if not `--quiet`.
///
/// Errors are printed, the exit says which kind.
pub fn program(words: &[OsString], progress: Style, console: &mut Console<'_>) -> Exit {
    let outcome = match parse(words) {
        Ok(call) => dispatch(call, progress, console),
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

fn dispatch(call: Call, progress: Style, console: &mut Console<'_>) -> Result<Exit, CliError> {
    match call {
        Call::Run(call) => run(&call, progress, console),
        Call::Targets => print(console, &targets_text(), Exit::Trusted),
        Call::Reproduce(call) => reproduce(&call, console),
        Call::Report { folder } => {
            report_again(&folder)?;
            print(console, &format!("{}\n", folder.join("report.html").display()), Exit::Trusted)
        }
        Call::Audit { target } => {
            let chosen = target.map(|name| entry(&name)).transpose()?;
            let checks = audit(chosen.map(|entry| entry.name));
            print(console, &audit_table(&checks), audit_exit(&checks))
        }
    }
}

fn run(call: &RunCall, progress: Style, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let entry = entry(&call.target)?;
    let keys = KeySpec::of_target(entry);
    let settings = settings(call, &keys)?;
    let parameters = settings.of(&keys);
    let target = built(entry, &parameters)?;
    let facts = target.facts();
    let settings = RunSettings::read(&settings);
    let exact_draws = exact_draws(target.as_ref(), &settings);
    let subject = Subject {
        name: entry.name,
        parameters: &parameters,
        target: target.as_ref(),
        facts: &facts,
        exact_draws: exact_draws.as_deref(),
    };
    let progress = call.progress.unwrap_or(progress);
    run_target(&subject, &RunOptions { settings, output: output(call), progress }, console)
}

fn reproduce(call: &ReproduceCall, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (only, seconds) = (call.only.as_deref(), call.seconds.map(|s| s as f64));
    let table = match call.table.as_str() {
        "pde" => pde(only, seconds, console),
        name @ ("quick" | "evolutions" | "targets") => samplers(name, only, seconds, console)?,
        _ => optimisers(only, seconds, console)?,
    };
    if table.rows.is_empty() && !console.stop.load(Ordering::Relaxed) {
        let text = only.unwrap_or_default().to_string();
        return Err(CliError::NoRow { table: call.table.clone(), text });
    }
    let markdown = table.markdown();
    if let Some(folder) = &call.out {
        let write =
            |extension: &str, text: &str| fs::write(folder.join(table.name).with_extension(extension), text);
        let written = fs::create_dir_all(folder).and_then(|()| write("md", &markdown));
        written
            .and_then(|()| write("csv", &table.csv()))
            .map_err(|cause| CliError::System { what: "writing the table", cause })?;
    }
    let stopped = console.stop.load(Ordering::Relaxed);
    print(console, &markdown, if stopped { Exit::Interrupted } else { Exit::Trusted })
}

fn entry(name: &str) -> Result<&'static TargetEntry, SettingsError> {
    let known: Vec<&str> = density::targets().iter().map(|entry| entry.name).collect();
    let found = density::targets().iter().find(|entry| entry.name == name);
    found.ok_or_else(|| unknown("target", name, &known, Origin::CommandLine))
}

/// Defaults, file, pairs, options: later wins.
fn settings(call: &RunCall, of_target: &[KeySpec]) -> Result<Settings, SettingsError> {
    let mut keys = RunSettings::keys();
    keys.extend(of_target.iter().cloned());
    let mut settings = Settings::new(keys);
    if let Some(path) = &call.config {
        settings.read_file(path)?;
    }
    call.pairs.iter().try_for_each(|pair| settings.set_pair(pair))?;
    call.options.iter().try_for_each(|(key, value)| settings.set(key, value))?;
    Ok(settings)
}

fn built(
    entry: &TargetEntry,
    parameters: &BTreeMap<String, Value>,
) -> Result<Box<dyn Benchmark>, SettingsError> {
    let numbers = parameters.iter().map(|(key, value)| (key.clone(), value.as_real())).collect();
    density::named_target(entry.name, &numbers).map_err(SettingsError::Target)
}

fn output(call: &RunCall) -> Output {
    let usual = PathBuf::from("runs").join(&call.target);
    match (&call.out, call.if_exists) {
        (Some(path), if_exists) => Output::At(path.clone(), if_exists),
        (None, IfExists::Replace) => Output::At(usual, IfExists::Replace),
        (None, IfExists::Refuse) => Output::FirstFree(usual),
    }
}

/// At most 20 000, more than the bins of a figure resolve.
fn exact_draws(target: &dyn Benchmark, settings: &RunSettings) -> Option<Vec<f64>> {
    let dim = target.dim();
    let mut stream = Stream::new(settings.fit.seed, Purpose::Exact, 0);
    let mut draws = vec![0.0; dim * settings.draws.min(20_000)];
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
