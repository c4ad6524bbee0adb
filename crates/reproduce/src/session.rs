//! The surroundings of a table: the stream of its progress, and the signal that ends it.

use std::io::Write;
use std::sync::atomic::AtomicBool;

/// The streams and the stop signal of a table while it is measured.
pub struct Session<'a> {
    /// One line of progress for each fit goes here.
    pub err: &'a mut (dyn Write + Send),
    /// A signal handler sets it to true; then the table ends with the rows that it has.
    pub stop: &'a AtomicBool,
}
