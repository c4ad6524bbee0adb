//! Observers of a fit: they see every step, may end it, and may keep its state.

use super::checkpoint::Snapshot;
use super::record::Progress;

/// What an observer asks for after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End after this step, keeping what was reached.
    Stop,
    /// End after this step for want of time, keeping what was reached.
    OutOfTime,
}

/// Observes a fit: it sees every step, may end the fit, and may keep its state.
///
/// The state that it is shown is complete: a fit that goes on from it ends with the same bits as
/// one that was never interrupted.
pub trait Observer {
    /// The target was located and no step is made yet; not called by a fit that goes on from a
    /// checkpoint.
    fn observe_init(&mut self, _now: &Snapshot<'_>) {}

    /// A step was made.
    fn step(&mut self, progress: &Progress, now: &Snapshot<'_>) -> Control;

    /// No more steps will be made.
    fn observe_final(&mut self, _now: &Snapshot<'_>) {}
}

/// An observer that hands every step to a closure.
pub(crate) struct ClosureObserver<'a>(pub &'a mut dyn FnMut(&Progress) -> Control);

impl Observer for ClosureObserver<'_> {
    fn step(&mut self, progress: &Progress, _now: &Snapshot<'_>) -> Control {
        (self.0)(progress)
    }
}
