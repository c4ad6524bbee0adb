//! The command line, parsed into a call.

use crate::arguments::exit_codes::EXIT_CODES;
use crate::arguments::folder_arguments::{
    ResumeCall, SampleCall, key_arg, quiet, quiet_arg, resume_call, resume_command, sample_call,
    sample_command, time_limit_arg,
};
use crate::folder::run_folder::IfExists;
use crate::output::progress::Style;
use crate::settings::run_keys::{RunOption, run_options, specs};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The call that the command line makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Fit a target and draw from it.
    Run(RunCall),
    /// Go on with an interrupted run.
    Resume(ResumeCall),
    /// Draw more from a finished run.
    Sample(SampleCall),
    /// List the targets of the catalogue.
    Targets,
    /// Measure a table of figures on this machine.
    Reproduce(ReproduceCall),
    /// Make the report of a run again from its files.
    Report {
        /// Folder of the run.
        folder: PathBuf,
    },
    /// Check derivatives and closed-form solutions.
    Audit {
        /// Name of the only target to check. `None` checks everything.
        target: Option<String>,
    },
}

/// Arguments of the command `run`, before target and settings are resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCall {
    /// Name or file of the target. `None` takes the one of the configuration file.
    pub target: Option<String>,
    /// Path of the configuration file.
    pub config: Option<PathBuf>,
    /// Arguments of `--set`, each `key=value`, in their order.
    pub pairs: Vec<String>,
    /// Options that set a key, as pairs of key and value.
    pub options: Vec<(&'static str, String)>,
    /// Path of the output folder.
    pub out: Option<PathBuf>,
    /// The treatment of an output folder that holds an earlier run.
    pub if_exists: IfExists,
    /// Style in which progress is shown, if an option gives one.
    pub progress: Option<Style>,
    /// Time after which the fit ends.
    pub time_limit: Option<Duration>,
    /// Whether only the plan of the run is printed.
    pub dry_run: bool,
}

/// Arguments of the command `reproduce`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReproduceCall {
    /// Name of the table, one of [`TABLES`].
    pub table: String,
    /// Text that the names of measured rows must contain.
    pub only: Option<String>,
    /// The largest number of seconds for a row.
    pub seconds: Option<u64>,
    /// Folder for the table as Markdown and CSV.
    pub out: Option<PathBuf>,
}

/// Tables that `reproduce` makes, with a line of help for each.
pub const TABLES: [(&str, &str); 8] = [
    ("quick", "four fits that end within seconds, for a first look (1 minute)"),
    ("evolutions", "every evolution on gmm9, beside published samplers (40 minutes)"),
    ("targets", "the default evolution on every benchmark target (2 hours)"),
    ("posteriors", "posteriors of real data from density files, beside reference draws (5 minutes)"),
    ("exactness", "evolutions of one solution, beside that solution in closed form (20 minutes)"),
    (
        "calibration",
        "errors of log Z in units of its standard error, over 30 fits of each evolution (30 minutes)",
    ),
    ("pde", "the solver by itself on published PDEs: error against time (6 minutes)"),
    ("optimisers", "seconds to an ESS for every pair of direction and step rule (40 minutes)"),
];

const RUN_EXAMPLES: &str = "\
Examples:
  pushforward run gmm9
  pushforward run many-well --set dim=7 --set wells=3 --draws 50000
  pushforward run funnel --config funnel.toml --seed 7 --out results/funnel
  pushforward run model.toml";

const SETTINGS: &str = "\
Later wins: these defaults, then [run] of a density file, then the configuration file (flat TOML with the same keys), then --set, then the
options above. A target's own keys are listed by `pushforward targets`.";

fn run_help() -> String {
    let keys: String = specs().iter().map(|key| format!("  {key}\n")).collect();
    format!(
        "{RUN_EXAMPLES}\n\nKeys of --set for every target, with their defaults:\n{keys}{SETTINGS}\n\n{EXIT_CODES}"
    )
}

/// Parses the command line, whose first argument is the program's name.
///
/// # Errors
/// The error of clap. Help and version are returned as such errors too.
pub fn parse(words: &[OsString]) -> Result<Call, clap::Error> {
    let matches = command().try_get_matches_from(words)?;
    Ok(match matches.subcommand() {
        Some(("run", matches)) => Call::Run(run_call(matches)),
        Some(("resume", matches)) => Call::Resume(resume_call(matches)),
        Some(("sample", matches)) => Call::Sample(sample_call(matches)),
        Some(("reproduce", matches)) => Call::Reproduce(ReproduceCall {
            table: matches.get_one::<String>("table").cloned().expect("clap requires it"),
            only: matches.get_one("only").cloned(),
            seconds: matches.get_one("seconds").copied(),
            out: matches.get_one("out").cloned(),
        }),
        Some(("report", matches)) => {
            Call::Report { folder: matches.get_one("folder").cloned().expect("clap requires it") }
        }
        Some(("audit", matches)) => Call::Audit { target: matches.get_one("target").cloned() },
        _ => Call::Targets,
    })
}

fn command() -> Command {
    Command::new("pushforward")
        .bin_name("pushforward")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Learns a transport to an unnormalised density: weighted draws, log Z and a verdict")
        .after_help(format!("Example: pushforward run gmm9\n\n{EXIT_CODES}"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(run_command())
        .subcommand(resume_command())
        .subcommand(sample_command())
        .subcommand(reproduce_command())
        .subcommand(
            Command::new("report")
                .about("Makes report.html and the figures of a run again from its files")
                .arg(
                    Arg::new("folder")
                        .value_name("DIR")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("The folder of the run"),
                ),
        )
        .subcommand(Command::new("targets").about("Lists the targets with their exact facts and parameters"))
        .subcommand(
            Command::new("audit")
                .about("Checks derivatives and closed-form transports; prints each figure and its bound")
                .arg(Arg::new("target").value_name("TARGET").help("Name of the only target to check")),
        )
}

fn run_command() -> Command {
    let path = || value_parser!(PathBuf);
    let mut run = Command::new("run")
        .about("Fits a transport to a target, draws, and judges the draws")
        .after_help(run_help())
        .arg(
            Arg::new("target")
                .value_name("TARGET")
                .required_unless_present("config")
                .help("Name of a target (see `targets`), or a density file that ends in .toml"),
        );
    for option in run_options() {
        // The value is read as text, so a wrong one gets the same message as in a configuration
        // file.
        run = run.arg(key_arg(&option).allow_hyphen_values(true));
    }
    run.arg(
        Arg::new("config")
            .long("config")
            .value_name("F.toml")
            .value_parser(path())
            .help("Configuration file"),
    )
    .arg(
        Arg::new("set")
            .long("set")
            .value_name("key=value")
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .help("Value of one key; the option may be repeated"),
    )
    .arg(
        Arg::new("out")
            .long("out")
            .value_name("DIR")
            .value_parser(path())
            .help("Output folder [default: runs/TARGET, or the first free of runs/TARGET-2, …]"),
    )
    .arg(
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .help("Replace an earlier run in the output folder, once the new one is complete"),
    )
    .arg(quiet_arg())
    .arg(time_limit_arg())
    .arg(
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Print what would be done, with memory and time of a measured step; write nothing"),
    )
}

fn reproduce_command() -> Command {
    let tables: String = TABLES.iter().map(|(name, shows)| format!("  {name:<12}{shows}\n")).collect();
    Command::new("reproduce")
        .about("Measures a table of figures on this machine, beside the published ones")
        .after_help(format!("Tables:\n{tables}\nExample: pushforward reproduce pde --only 2-d --out tables"))
        .arg(
            Arg::new("table")
                .value_name("TABLE")
                .required(true)
                .value_parser(TABLES.map(|(name, _)| name))
                .help("Name of the table"),
        )
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("TEXT")
                .help("Measure only rows whose names contain this text"),
        )
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("S")
                .value_parser(value_parser!(u64).range(1..))
                .help("Largest number of seconds for a row"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("Folder into which the table is also written, as Markdown and CSV"),
        )
}

fn run_call(matches: &ArgMatches) -> RunCall {
    let given = |RunOption { name, .. }| Some((name, matches.get_one::<String>(name)?.clone()));
    RunCall {
        target: matches.get_one::<String>("target").cloned(),
        config: matches.get_one("config").cloned(),
        pairs: matches.get_many("set").into_iter().flatten().cloned().collect(),
        options: run_options().into_iter().filter_map(given).collect(),
        out: matches.get_one("out").cloned(),
        if_exists: if matches.get_flag("force") { IfExists::Replace } else { IfExists::Refuse },
        progress: quiet(matches),
        time_limit: matches.get_one("time-limit").copied(),
        dry_run: matches.get_flag("dry-run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Call, clap::Error> {
        parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_full_line() {
        let line = "pushforward run many-well --set delta=-4 --seed -3 --set dim=5 --config a.toml --force";
        let Call::Run(call) = parsed(line).unwrap() else { panic!("not a run") };
        assert_eq!((call.target.as_deref(), call.if_exists), (Some("many-well"), IfExists::Replace));
        assert_eq!(call.progress, None);
        assert_eq!(call.pairs, ["delta=-4", "dim=5"]);
        assert_eq!(call.options, [("seed", "-3".to_string())]);
        assert_eq!(call.config.unwrap().to_str(), Some("a.toml"));
        assert_eq!(parsed("pushforward audit gauss").unwrap(), Call::Audit { target: Some("gauss".into()) });
        assert_eq!(parsed("pushforward targets").unwrap(), Call::Targets);
        assert_eq!(parsed("pushforward report runs/a").unwrap(), Call::Report { folder: "runs/a".into() });
        let Call::Sample(call) = parsed("pushforward sample a -n 7 --seed 18446744073709551615").unwrap()
        else {
            panic!("not a sample")
        };
        assert_eq!((call.n, call.seed), (7, Some(u64::MAX)));
        let Call::Resume(call) = parsed("pushforward resume a --time-limit 0.5").unwrap() else {
            panic!("not a resume")
        };
        assert_eq!(call.time_limit, Some(Duration::from_millis(500)));
    }

    #[test]
    fn wrong_calls_and_help() {
        for line in [
            "pushforward run",
            "pushforward runn gmm9",
            "pushforward run gmm9 --drws 3",
            "pushforward",
            "pushforward run gmm9 --time-limit 0",
            "pushforward run gmm9 --time-limit inf",
            "pushforward sample a",
            "pushforward sample a -n 0",
            "pushforward resume",
        ] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
        let help = parsed("pushforward run --help").unwrap_err();
        assert_eq!(help.exit_code(), 0);
        assert!(help.to_string().contains("pushforward run gmm9"), "{help}");
    }

    #[test]
    fn the_definition_is_sound() {
        command().debug_assert();
    }
}
