//! From the words of the command line to an exit.

use super::arguments::{Call, ReproduceCall, RunCall, parse};
use super::audit::audit;
use super::chosen::{Chosen, Words, entry};
use super::exit::{CliError, Exit};
use super::folder_arguments::{ResumeCall, SampleCall};
use super::plan::plan_text;
use super::progress::Style;
use super::report::report_again;
use super::reproduce::{calibration, exactness, optimisers, pde, posteriors, samplers};
use super::resume::{ResumeOptions, resume};
use super::run::{Console, Output, RunOptions, print, run_target};
use super::sample::{SampleOptions, sample};
use super::table::{audit_exit, audit_table, targets_text};
use crate::report::IfExists;
use std::ffi::OsString;
use std::fs;
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
        Call::Resume(call) => resumed(call, progress, console),
        Call::Sample(SampleCall { folder, n, seed, out, threads }) => {
            sample(&SampleOptions { folder, n, seed, out, threads }, console)
        }
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
    let words = Words { pairs: &call.pairs, options: &call.options };
    let chosen = Chosen::new(call.target.as_deref(), call.config.as_deref(), words)?;
    let subject = chosen.subject();
    let options = RunOptions {
        settings: chosen.settings.clone(),
        output: output(call, subject.name),
        progress: call.progress.unwrap_or(progress),
        time_limit: call.time_limit,
    };
    if call.dry_run {
        let text = plan_text(&subject, &options)?;
        return print(console, &text, Exit::Trusted);
    }
    run_target(&subject, &options, console)
}

fn resumed(call: ResumeCall, progress: Style, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let ResumeCall { folder, threads, time_limit, .. } = call;
    let progress = call.progress.unwrap_or(progress);
    resume(&ResumeOptions { folder, threads, time_limit, progress }, console)
}

fn reproduce(call: &ReproduceCall, console: &mut Console<'_>) -> Result<Exit, CliError> {
    let (only, seconds) = (call.only.as_deref(), call.seconds.map(|s| s as f64));
    let table = match call.table.as_str() {
        "pde" => pde(only, seconds, console),
        "calibration" => calibration(only, seconds, console)?,
        "exactness" => exactness(only, seconds, console)?,
        "posteriors" => posteriors(only, seconds, console)?,
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

fn output(call: &RunCall, target: &str) -> Output {
    let usual = PathBuf::from("runs").join(target);
    match (&call.out, call.if_exists) {
        (Some(path), if_exists) => Output::At(path.clone(), if_exists),
        (None, IfExists::Replace) => Output::At(usual, IfExists::Replace),
        (None, IfExists::Refuse) => Output::FirstFree(usual),
    }
}
