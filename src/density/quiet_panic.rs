//! Catching a panic and its message without a backtrace on the terminal.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether panics of this thread are being caught here.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; if it panics, nothing is printed and the message comes back.
///
/// A hook is installed once and asks a flag of the panicking thread: panics of other threads, and of
/// this one at other times, go to the hook that was there before. Threads that `work` starts itself
/// print as usual.
pub(super) fn catch<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_string()
    } else {
        "a panic without a message".to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_and_the_flag_is_restored() {
        assert_eq!(catch(|| 3), Ok(3));
        let number = 7;
        assert_eq!(catch(|| panic!("got {number}")), Err::<(), _>("got 7".to_string()));
        assert_eq!(
            catch(|| std::panic::panic_any(1u8)),
            Err::<(), _>("a panic without a message".to_string())
        );
        let nested = catch(|| {
            let _ = catch(|| panic!("inner"));
            QUIET.get()
        });
        assert_eq!(nested, Ok(true));
        assert!(!QUIET.get());
    }
}
