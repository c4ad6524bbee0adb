//! The command line of `resume` and `sample`, and options that they share with `run`.

use crate::arguments::exit_codes::EXIT_CODES;
use crate::output::progress::Style;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::path::PathBuf;
use std::time::Duration;

/// The words of `resume`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeCall {
    /// The folder of the run.
    pub folder: PathBuf,
    /// Threads, not yet understood.
    pub threads: Option<String>,
    /// How to show progress, if that is said.
    pub progress: Option<Style>,
    /// The fit ends after this long from now.
    pub time_limit: Option<Duration>,
}

/// The words of `sample`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCall {
    /// The folder of the run.
    pub folder: PathBuf,
    /// Draws.
    pub n: usize,
    /// Their seed, if it is said.
    pub seed: Option<u64>,
    /// Where they go, if not to the first free `sample-K` in the folder.
    pub out: Option<PathBuf>,
    /// Threads, not yet understood.
    pub threads: Option<String>,
}

/// Reads them.
pub fn resume_call(matches: &ArgMatches) -> ResumeCall {
    ResumeCall {
        folder: matches.get_one("folder").cloned().expect("clap requires it"),
        threads: matches.get_one("threads").cloned(),
        progress: quiet(matches),
        time_limit: matches.get_one("time-limit").copied(),
    }
}

/// Reads them.
pub fn sample_call(matches: &ArgMatches) -> SampleCall {
    SampleCall {
        folder: matches.get_one("folder").cloned().expect("clap requires it"),
        n: usize::try_from(*matches.get_one::<i64>("n").expect("clap requires it")).unwrap_or(usize::MAX),
        seed: matches.get_one("seed").copied(),
        out: matches.get_one("out").cloned(),
        threads: matches.get_one("threads").cloned(),
    }
}

pub fn quiet_arg() -> Arg {
    Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).help("Show no progress")
}

pub fn quiet(matches: &ArgMatches) -> Option<Style> {
    matches.get_flag("quiet").then_some(Style::Quiet)
}

pub fn time_limit_arg() -> Arg {
    Arg::new("time-limit")
        .long("time-limit")
        .value_name("SECONDS")
        .allow_hyphen_values(true)
        .value_parser(seconds)
        .help("End the fit after this long with what it has; draws and verdict are made as usual")
}

/// A positive number of seconds, at most a million years.
fn seconds(text: &str) -> Result<Duration, String> {
    let positive = text.parse().ok().filter(|s: &f64| *s > 0.0 && *s < 3e13);
    positive.map(Duration::from_secs_f64).ok_or_else(|| "a positive number of seconds is needed".to_string())
}

fn folder_arg() -> Arg {
    Arg::new("folder")
        .value_name("DIR")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("The folder of the run")
}

fn threads_arg() -> Arg {
    Arg::new("threads").long("threads").value_name("T").help("Threads; changes no result")
}

pub fn resume_command() -> Command {
    Command::new("resume")
        .about("Goes on with a run that was interrupted, to the same bits as if it was not")
        .after_help(format!("Example: pushforward resume runs/gmm9\n\n{EXIT_CODES}"))
        .arg(folder_arg())
        .arg(threads_arg())
        .arg(time_limit_arg())
        .arg(quiet_arg())
}

pub fn sample_command() -> Command {
    Command::new("sample")
        .about("Draws more from the transport of a run, without fitting; its own draws stay as they are")
        .after_help(format!("Example: pushforward sample runs/gmm9 -n 100000\n\n{EXIT_CODES}"))
        .arg(folder_arg())
        .arg(
            Arg::new("n")
                .short('n')
                .value_name("N")
                .required(true)
                .allow_negative_numbers(true)
                .value_parser(value_parser!(i64).range(1..=100_000_000))
                .help("Draws"),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("S")
                .value_parser(value_parser!(u64))
                .help("Seed of the draws [default: the first after the run's that is not used]"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("A new folder for them [default: the first free of DIR/sample-1, DIR/sample-2, …]"),
        )
        .arg(threads_arg())
}
