//! The entry point of the program: streams, signals, and the exit code.

use crate::commands::program::program;
use crate::output::exit::Exit;
use crate::output::interrupt::watch_signals;
use crate::output::progress::Style;
use crate::output::streams::Streams;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let stop = match watch_signals() {
        Ok(stop) => stop,
        Err(cause) => {
            eprintln!("error: signals: {cause}");
            return Exit::OutputFailed.code().into();
        }
    };
    let words: Vec<_> = std::env::args_os().collect();
    let progress = if std::io::stderr().is_terminal() { Style::Redrawn } else { Style::Lines };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut streams = Streams { out: &mut out, err: &mut err, stop: &stop };
    program(&words, progress, &mut streams).code().into()
}
