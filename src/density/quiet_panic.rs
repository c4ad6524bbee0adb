//! Catching what a density throws, a panic or a refusal, without a backtrace on the terminal.

use super::DensityFailure;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Once;

thread_local! {
    /// Whether panics of this thread are being caught here.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// The words of a density that gave up.
struct Refusal(String);

/// How a black box says in the middle of a batch that it cannot answer, and why: [`Target`](super::Target) returns
/// numbers alone. Whoever evaluates it asks again point by point and reports [`DensityFailure::Refused`] with the first
/// point that is refused by itself, or else with the first of the batch.
///
/// Unwinds without a panic message; never returns.
pub fn refuse(message: String) -> ! {
    resume_unwind(Box::new(Refusal(message)))
}

/// Runs `work`; if it panics or refuses, nothing is printed and the failure comes back.
///
/// A hook is installed once and asks a flag of the panicking thread: panics of other threads, and of
/// this one at other times, go to the hook that was there before. Threads that `work` starts itself
/// print as usual.
pub(super) fn catch<R>(work: impl FnOnce() -> R) -> Result<R, DensityFailure> {
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
    outcome.map_err(|payload| failure(payload.as_ref()))
}

fn failure(payload: &(dyn Any + Send)) -> DensityFailure {
    let panicked = |message: &str| DensityFailure::Panicked { message: message.to_string() };
    if let Some(Refusal(message)) = payload.downcast_ref() {
        DensityFailure::Refused { message: message.clone() }
    } else if let Some(text) = payload.downcast_ref::<String>() {
        panicked(text)
    } else if let Some(text) = payload.downcast_ref::<&str>() {
        panicked(text)
    } else {
        panicked("a panic without a message")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_and_the_flag_is_restored() {
        let panicked = |message: &str| Err(DensityFailure::Panicked { message: message.to_string() });
        assert_eq!(catch(|| 3), Ok(3));
        let number = 7;
        assert_eq!(catch(|| panic!("got {number}")), panicked("got 7") as Result<(), _>);
        assert_eq!(
            catch(|| std::panic::panic_any(1u8)),
            panicked("a panic without a message") as Result<(), _>
        );
        let refused = DensityFailure::Refused { message: "no".to_string() };
        assert_eq!(catch(|| refuse("no".to_string())), Err(refused) as Result<(), _>);
        let nested = catch(|| {
            let _ = catch(|| panic!("inner"));
            QUIET.get()
        });
        assert_eq!(nested, Ok(true));
        assert!(!QUIET.get());
    }
}
