//! Those who watch a fit: they see every step, may end it, and may keep its state.

use super::checkpoint::Snapshot;
use super::training_loop::Progress;

/// What the observer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End after this step, keeping what was reached.
    Stop,
    /// The same, for want of time.
    OutOfTime,
}

/// Watches a fit. The state that it is shown is complete: [`crate::sampling::fit_observed`] goes on from it with the same bits.
pub trait Observer {
    /// The target was located and no step is made yet; not called by a fit that goes on from a checkpoint.
    fn located(&mut self, _now: &Snapshot<'_>) {}

    /// A step was made.
    fn step(&mut self, progress: &Progress, now: &Snapshot<'_>) -> Control;

    /// No more steps will be made.
    fn ended(&mut self, _now: &Snapshot<'_>) {}
}

/// A closure watches steps alone.
pub(crate) struct ClosureObserver<'a>(pub &'a mut dyn FnMut(&Progress) -> Control);

impl Observer for ClosureObserver<'_> {
    fn step(&mut self, progress: &Progress, _now: &Snapshot<'_>) -> Control {
        (self.0)(progress)
    }
}
