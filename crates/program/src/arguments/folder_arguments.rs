//! The command line of `resume` and `sample`, and options that they share with `run`.

use crate::arguments::exit_codes::EXIT_CODES;
use crate::output::progress::Style;
use crate::settings::run_keys::{RunOption, run_options};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of the command `resume`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResumeCall {
    /// Folder of the run.
    pub folder: PathBuf,
    /// Number of threads as text, not parsed yet.
    pub threads: Option<String>,
    /// Style in which progress is shown, if an option gives one.
    pub progress: Option<Style>,
    /// Time from now after which the fit ends.
    pub time_limit: Option<Duration>,
}

/// Arguments of the command `sample`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCall {
    /// Folder of the run.
    pub folder: PathBuf,
    /// Number of new draws.
    pub n: usize,
    /// Seed of the draws, if one is given.
    pub seed: Option<u64>,
    /// Folder of the draws. `None` is the first free `sample-K` in the folder of the run.
    pub out: Option<PathBuf>,
    /// Number of threads as text, not parsed yet.
    pub threads: Option<String>,
}

/// The arguments of `resume` in a parsed command line.
pub fn resume_call(matches: &ArgMatches) -> ResumeCall {
    ResumeCall {
        folder: matches.get_one("folder").cloned().expect("clap requires it"),
        threads: matches.get_one("threads").cloned(),
        progress: quiet(matches),
        time_limit: matches.get_one("time-limit").copied(),
    }
}

/// The arguments of `sample` in a parsed command line.
pub fn sample_call(matches: &ArgMatches) -> SampleCall {
    SampleCall {
        folder: matches.get_one("folder").cloned().expect("clap requires it"),
        n: usize::try_from(*matches.get_one::<i64>("n").expect("clap requires it")).unwrap_or(usize::MAX),
        seed: matches.get_one("seed").copied(),
        out: matches.get_one("out").cloned(),
        threads: matches.get_one("threads").cloned(),
    }
}

/// The option `--quiet`, which hides progress.
pub fn quiet_arg() -> Arg {
    Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).help("Show no progress")
}

/// The style of progress that `--quiet` asks for, if it is given.
pub fn quiet(matches: &ArgMatches) -> Option<Style> {
    matches.get_flag("quiet").then_some(Style::Quiet)
}

/// The option `--time-limit`, with its positive number of seconds.
pub fn time_limit_arg() -> Arg {
    Arg::new("time-limit")
        .long("time-limit")
        .value_name("SECONDS")
        .allow_hyphen_values(true)
        .value_parser(seconds)
        .help("End the fit after this long with what it has; draws and verdict are made as usual")
}

/// Parses a positive number of seconds, at most a million years.
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

/// The option of the command line that sets a key.
pub fn key_arg(option: &RunOption) -> Arg {
    Arg::new(option.name).long(option.name).value_name(option.placeholder).help(option.help.clone())
}

fn threads_arg() -> Arg {
    let threads = run_options().into_iter().find(|option| option.name == "threads");
    key_arg(&threads.expect("threads is an option of `run`"))
}

/// The subcommand `resume` with its options and help.
pub fn resume_command() -> Command {
    Command::new("resume")
        .about("Goes on with a run that was interrupted, to the same bits as without the interruption")
        .after_help(format!("Example: pushforward resume runs/gmm9\n\n{EXIT_CODES}"))
        .arg(folder_arg())
        .arg(threads_arg())
        .arg(time_limit_arg())
        .arg(quiet_arg())
}

/// The subcommand `sample` with its options and help.
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
                .help("Number of new draws"),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("S")
                .value_parser(value_parser!(u64))
                .help("Seed of the draws [default: the first after the run's that is not used]"),
        )
        .arg(
            Arg::new("out").long("out").value_name("DIR").value_parser(value_parser!(PathBuf)).help(
                "A new folder for the draws [default: the first free of DIR/sample-1, DIR/sample-2, …]",
            ),
        )
        .arg(threads_arg())
}
