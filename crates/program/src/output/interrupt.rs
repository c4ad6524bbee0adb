//! SIGINT and SIGTERM: the first asks the fit to stop early, a second SIGINT ends the program at
//! once.

use crate::output::exit::Exit;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A flag that becomes true at the first signal.
///
/// # Errors
/// If the system refuses a signal handler.
pub fn watch_signals() -> io::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    // Handlers run in this order: the exit sees the flag as the earlier signals left it.
    flag::register_conditional_shutdown(SIGINT, Exit::Interrupted.code().into(), Arc::clone(&asked))?;
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(&asked))?;
    }
    Ok(asked)
}
