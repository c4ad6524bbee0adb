//! What a child process can do wrong.

use super::greeting_words::{HELLO, VERSION};
use std::fmt;

/// A child process failed.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessError {
    /// Program and arguments.
    pub program: String,
    /// What it did.
    pub what: ProcessFailure,
    /// The end of what it wrote to its standard error, empty if nothing.
    pub last_words: String,
}

/// What a child process did.
#[derive(Clone, Debug, PartialEq)]
pub enum ProcessFailure {
    /// It cannot be started.
    NotStarted {
        /// What the system says.
        cause: String,
    },
    /// Its first line is not the greeting of a density.
    NoGreeting {
        /// How it begins.
        said: String,
    },
    /// It speaks another version of the protocol.
    OtherVersion {
        /// Which one, as written.
        version: String,
    },
    /// Its greeting has no dimension, or more or fewer names than coordinates.
    BadGreeting {
        /// The line.
        line: String,
    },
    /// It has another dimension, or other names, than was expected.
    OtherCoordinates {
        /// What was expected.
        expected: String,
        /// What it said.
        said: String,
    },
    /// It ended, or closed its output.
    Ended {
        /// Its exit status; `None` if it only closed its output.
        status: Option<String>,
        /// Points that it was asked for; 0 if it was still to greet.
        points: usize,
    },
    /// It did not answer in time.
    Silent {
        /// How long it had, seconds.
        seconds: f64,
        /// Bytes of the answer that were there.
        received: usize,
        /// Points that it was asked for; 0 if it was still to greet.
        points: usize,
    },
    /// It announced another number of numbers than was asked for.
    WrongCount {
        /// Announced.
        announced: u64,
        /// Asked for.
        needed: u64,
    },
    /// It wrote more than its answer.
    TooMuch {
        /// Bytes too many that were seen.
        bytes: usize,
    },
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.program, self.what)?;
        match self.last_words.as_str() {
            "" => Ok(()),
            words => write!(f, "; its last words were:\n{words}"),
        }
    }
}
impl std::error::Error for ProcessError {}

impl fmt::Display for ProcessFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProcessFailure::NotStarted { cause } => write!(f, "cannot be started: {cause}"),
            ProcessFailure::NoGreeting { said } => write!(
                f,
                "does not greet as a density does: its output begins with {said:?} instead of \"{HELLO} {VERSION} …\"; \
                 nothing else may be written to standard output (print to standard error)"
            ),
            ProcessFailure::OtherVersion { version } => write!(
                f,
                "speaks version {version} of the protocol, and {VERSION} is known here; docs/child-process.md has it"
            ),
            ProcessFailure::BadGreeting { line } => write!(
                f,
                "greets with {line:?}; after \"{HELLO} {VERSION}\" come the dimension and, if there are names, one \
                 for each coordinate, with single spaces between them"
            ),
            ProcessFailure::OtherCoordinates { expected, said } => {
                write!(
                    f,
                    "says that its coordinates are {said}, where {expected} was expected; correct one of the two"
                )
            }
            ProcessFailure::Ended { status, points } => {
                match status {
                    Some(status) => write!(f, "ended ({status})")?,
                    None => write!(f, "closed its output")?,
                }
                match points {
                    0 => write!(f, " before it greeted"),
                    _ => write!(f, " while it was asked for {points} points"),
                }
            }
            ProcessFailure::Silent { seconds, points: 0, .. } => {
                write!(
                    f,
                    "did not greet within {seconds} s; is it a density? If it starts slowly, raise `timeout`"
                )
            }
            ProcessFailure::Silent { seconds, received, points } => write!(
                f,
                "wrote {received} bytes of its answer for {points} points and nothing \
                 more within {seconds} s; if it needs longer, raise `timeout`, and if it waits, let it flush its output"
            ),
            ProcessFailure::WrongCount { announced, needed } => write!(
                f,
                "announced {announced} numbers where {needed} were asked for: n values, and then n·d components of \
                 the gradients if they are wanted"
            ),
            ProcessFailure::TooMuch { bytes } => write!(
                f,
                "wrote more than its answer, {bytes} bytes at least; nothing else may be written to standard output \
                 (print to standard error)"
            ),
        }
    }
}
