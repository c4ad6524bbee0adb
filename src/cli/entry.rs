//! Where the program starts: streams, signals, and the exit code.

use super::exit::Exit;
use super::interrupt::watch_signals;
use super::program::program;
use super::progress::Style;
use super::run::Console;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Runs the program on the words it was called with.
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
    let mut console = Console { out: &mut out, err: &mut err, stop: &stop };
    program(&words, progress, &mut console).code().into()
}
