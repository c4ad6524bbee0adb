//! The threads of a run.

use crate::output::error::CliError;
use std::io;

/// A pool of this number of threads.
///
/// # Errors
/// [`CliError::System`] if the system cannot start them.
pub fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, CliError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|cause| CliError::System { what: "starting threads", cause: io::Error::other(cause) })
}
