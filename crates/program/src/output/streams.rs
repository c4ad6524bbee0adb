//! The surroundings of the program: its streams, and the signal that ends it.

use crate::output::error::CliError;
use crate::output::exit::Exit;
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// Where results and messages go, and the flag that a signal sets.
pub struct Streams<'a> {
    /// Results.
    pub out: &'a mut (dyn Write + Send),
    /// Progress and errors.
    pub err: &'a mut (dyn Write + Send),
    /// Turned true by a signal.
    pub stop: &'a AtomicBool,
}

/// Prints a result. Whoever reads `targets | head` has what they want.
pub(crate) fn print(streams: &mut Streams<'_>, text: &str, exit: Exit) -> Result<Exit, CliError> {
    let written = streams.out.write_all(text.as_bytes()).and_then(|()| streams.out.flush());
    match written {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::System { what: "standard output", cause })
        }
        _ => Ok(exit),
    }
}
