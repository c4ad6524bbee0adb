//! The whole program, from the arguments of the command line to an exit code.

use crate::arguments::call::{Call, ReproduceCall, RunCall, parse};
use crate::arguments::folder_arguments::{ResumeCall, SampleCall};
use crate::commands::audit::audit;
use crate::commands::plan::plan_text;
use crate::commands::resolved_run::{Overrides, ResolvedRun, entry};
use crate::commands::resume::{ResumeOptions, resume};
use crate::commands::run::{Output, RunOptions, run_target};
use crate::commands::sample::{SampleOptions, sample};
use crate::density_file::file::DensityFile;
use crate::folder::run_folder::IfExists;
use crate::output::comparison::{csv, markdown};
use crate::output::error::CliError;
use crate::output::exit::Exit;
use crate::output::progress::Style;
use crate::output::streams::{Streams, print};
use crate::output::table::{audit_exit, audit_table, targets_text};
use crate::report::build::report_again;
use pushforward_reproduce::{
    POSTERIOR_FILES, Session, calibration, exactness, optimisers, pde, posteriors, samplers,
};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Runs the command that the arguments ask for. `progress` is the style of progress without
/// `--quiet`.
///
/// Errors are printed, and the exit code says of which kind they are.
pub fn program(words: &[OsString], progress: Style, streams: &mut Streams<'_>) -> Exit {
    let outcome = match parse(words) {
        Ok(call) => dispatch(call, progress, streams),
        Err(asked) if asked.exit_code() == 0 => print(streams, &asked.to_string(), Exit::Trusted),
        Err(wrong) => {
            let _ = write!(streams.err, "{wrong}");
            return Exit::WrongCall;
        }
    };
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(streams.err, "error: {error}");
        error.exit()
    })
}

fn dispatch(call: Call, progress: Style, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    match call {
        Call::Run(call) => run(&call, progress, streams),
        Call::Resume(call) => resumed(call, progress, streams),
        Call::Sample(SampleCall { folder, n, seed, out, threads }) => {
            sample(&SampleOptions { folder, n, seed, out, threads }, streams)
        }
        Call::Targets => print(streams, &targets_text(), Exit::Trusted),
        Call::Reproduce(call) => reproduce(&call, streams),
        Call::Report { folder } => {
            report_again(&folder)?;
            print(streams, &format!("{}\n", folder.join("report.html").display()), Exit::Trusted)
        }
        Call::Audit { target } => {
            let only = target.map(|name| entry(&name)).transpose()?;
            let checks = audit(only.map(|entry| entry.name));
            print(streams, &audit_table(&checks), audit_exit(&checks))
        }
    }
}

fn run(call: &RunCall, progress: Style, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let overrides = Overrides { pairs: &call.pairs, options: &call.options };
    let resolved = ResolvedRun::new(call.target.as_deref(), call.config.as_deref(), overrides)?;
    let problem = resolved.problem();
    let options = RunOptions {
        settings: resolved.settings.clone(),
        output: output(call, problem.name),
        progress: call.progress.unwrap_or(progress),
        time_limit: call.time_limit,
    };
    if call.dry_run {
        let text = plan_text(&problem, &options)?;
        return print(streams, &text, Exit::Trusted);
    }
    run_target(&problem, &options, streams)
}

fn resumed(call: ResumeCall, progress: Style, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let ResumeCall { folder, threads, time_limit, .. } = call;
    let progress = call.progress.unwrap_or(progress);
    resume(&ResumeOptions { folder, threads, time_limit, progress }, streams)
}

fn reproduce(call: &ReproduceCall, streams: &mut Streams<'_>) -> Result<Exit, CliError> {
    let (only, seconds) = (call.only.as_deref(), call.seconds.map(|s| s as f64));
    let open =
        |name: &str| -> Result<_, CliError> { Ok(DensityFile::embedded(name, POSTERIOR_FILES)?.open()?) };
    let session = &mut Session { err: streams.err, stop: streams.stop };
    let table = match call.table.as_str() {
        "pde" => pde(only, seconds, session),
        "calibration" => calibration(only, seconds, session)?,
        "exactness" => exactness(only, seconds, session)?,
        "posteriors" => posteriors(only, seconds, &open, session)?,
        name @ ("quick" | "evolutions" | "targets") => samplers(name, only, seconds, session)?,
        _ => optimisers(only, seconds, session)?,
    };
    if table.rows.is_empty() && !streams.stop.load(Ordering::Relaxed) {
        let text = only.unwrap_or_default().to_string();
        return Err(CliError::NoRow { table: call.table.clone(), text });
    }
    let markdown = markdown(&table);
    if let Some(folder) = &call.out {
        let write =
            |extension: &str, text: &str| fs::write(folder.join(table.name).with_extension(extension), text);
        let written = fs::create_dir_all(folder).and_then(|()| write("md", &markdown));
        written
            .and_then(|()| write("csv", &csv(&table)))
            .map_err(|cause| CliError::System { what: "writing the table", cause })?;
    }
    let stopped = streams.stop.load(Ordering::Relaxed);
    print(streams, &markdown, if stopped { Exit::Interrupted } else { Exit::Trusted })
}

fn output(call: &RunCall, target: &str) -> Output {
    let usual = PathBuf::from("runs").join(target);
    match (&call.out, call.if_exists) {
        (Some(path), if_exists) => Output::At(path.clone(), if_exists),
        (None, IfExists::Replace) => Output::At(usual, IfExists::Replace),
        (None, IfExists::Refuse) => Output::FirstFree(usual),
    }
}
