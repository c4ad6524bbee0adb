//! What a child process can do wrong.

use super::greeting_words::{HELLO, VERSION};

/// The failure of a child process.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{program}` {what}{}", end_of_output(.last_words))]
pub struct ProcessError {
    /// The program and its arguments, separated by spaces.
    pub program: String,
    /// What the child process did.
    #[source]
    pub what: ProcessFailure,
    /// The end of its standard error. It is empty if the process wrote nothing there.
    pub last_words: String,
}

/// What a child process did wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessFailure {
    /// The program cannot be started.
    #[error("cannot be started: {cause}")]
    NotStarted {
        /// The message of the operating system.
        cause: String,
    },
    /// The first line of output is not the greeting of a density.
    #[error(
        "does not greet as a density does: its output begins with {said:?} instead of \"{HELLO} \
         {VERSION} …\"; nothing else may be written to standard output (print to standard error)"
    )]
    NoGreeting {
        /// The beginning of its output, at most 60 characters.
        said: String,
    },
    /// The process uses another version of the protocol.
    #[error(
        "speaks version {version} of the protocol, and {VERSION} is known here; \
         docs/child-process.md has it"
    )]
    OtherVersion {
        /// The version as the process wrote it.
        version: String,
    },
    /// The greeting has no dimension, or more or fewer names than coordinates.
    #[error(
        "greets with {line:?}; after \"{HELLO} {VERSION}\" come the dimension and, if there are \
         names, one for each coordinate, with single spaces between them"
    )]
    BadGreeting {
        /// The line that the process wrote.
        line: String,
    },
    /// The dimension or the names differ from those expected.
    #[error(
        "says that its coordinates are {said}, where {expected} was expected; correct one of \
         the two"
    )]
    OtherCoordinates {
        /// The expected dimension and names.
        expected: String,
        /// The dimension and names that the process announced.
        said: String,
    },
    /// The process exited, or closed its output.
    #[error("{}", exit_message(.status.as_deref(), *.points))]
    Ended {
        /// The exit status. `None` if the process only closed its output.
        status: Option<String>,
        /// Number of points that it was asked for. 0 if it had not greeted yet.
        points: usize,
    },
    /// The answer did not come in time.
    #[error("{}", silent(*.seconds, *.received, *.points))]
    Silent {
        /// The timeout, in seconds.
        seconds: f64,
        /// Number of bytes of the answer that had arrived.
        received: usize,
        /// Number of points that it was asked for. 0 if it had not greeted yet.
        points: usize,
    },
    /// The announced number of numbers differs from the number asked for.
    #[error(
        "announced {announced} numbers where {needed} were asked for: n values, and then n·d \
         components of the gradients if they are wanted"
    )]
    WrongCount {
        /// Number of numbers that the process announced.
        announced: u64,
        /// Number of numbers that were asked for.
        needed: u64,
    },
    /// The process wrote more than its answer.
    #[error(
        "wrote more than its answer, {bytes} bytes at least; nothing else may be written to \
         standard output (print to standard error)"
    )]
    TooMuch {
        /// Number of surplus bytes that were seen.
        bytes: usize,
    },
}

fn end_of_output(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("; its last words were:\n{words}") }
}

fn exit_message(status: Option<&str>, points: usize) -> String {
    let what = match status {
        Some(status) => format!("ended ({status})"),
        None => "closed its output".to_string(),
    };
    match points {
        0 => format!("{what} before it greeted"),
        _ => format!("{what} while it was asked for {points} points"),
    }
}

fn silent(seconds: f64, received: usize, points: usize) -> String {
    if points == 0 {
        return format!(
            "did not greet within {seconds} s; is it a density? If it starts slowly, raise `timeout`"
        );
    }
    format!(
        "wrote {received} bytes of its answer for {points} points and nothing more within {seconds} s; \
         if it needs longer, raise `timeout`, and if it waits, let it flush its output"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn what_it_did_is_the_source() {
        let what = ProcessFailure::TooMuch { bytes: 8 };
        let program = "child".to_string();
        let error = ProcessError { program, what: what.clone(), last_words: "oh".to_string() };
        assert_eq!(error.source().and_then(|source| source.downcast_ref()), Some(&what));
        assert!(error.to_string().ends_with("; its last words were:\noh"), "{error}");
    }
}
