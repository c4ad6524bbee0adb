//! The streams of the program, and the flag that stops it.

use crate::output::error::CliError;
use crate::output::exit::Exit;
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// The streams for results and messages, and the flag that a signal sets.
pub struct Streams<'a> {
    /// The stream of results.
    pub out: &'a mut (dyn Write + Send),
    /// The stream of progress and error messages.
    pub err: &'a mut (dyn Write + Send),
    /// A signal handler sets this flag to true.
    pub stop: &'a AtomicBool,
}

/// Prints a result. A reader that closes standard output early, as in `targets | head`, is no
/// error.
pub(crate) fn print(streams: &mut Streams<'_>, text: &str, exit: Exit) -> Result<Exit, CliError> {
    let written = streams.out.write_all(text.as_bytes()).and_then(|()| streams.out.flush());
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::System { what: "standard output", cause })
        }
        _ => Ok(exit),
    }
}
