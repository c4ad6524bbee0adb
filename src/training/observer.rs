//! Callbacks during a fit. An observer sees every step, may stop the fit, and may store its state.

use super::checkpoint::Snapshot;
use super::record::Progress;

/// What the fit does after a step, as an observer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Make the next step.
    Continue,
    /// Stop after this step and keep the result so far.
    Stop,
    /// Stop after this step because time is up, and keep the result so far.
    OutOfTime,
}

/// Callbacks during a fit. An observer sees every step, may stop the fit, and may store its state.
///
/// The state that it sees is complete: a fit that continues from it ends with the same bits as one
/// that was never interrupted.
pub trait Observer {
    /// Called once the target is located and before the first step. A fit that continues from a
    /// checkpoint does not call it.
    fn observe_init(&mut self, _now: &Snapshot<'_>) {}

    /// Called after every step; returns what the fit does next.
    fn step(&mut self, progress: &Progress, now: &Snapshot<'_>) -> Control;

    /// Called after the last step.
    fn observe_final(&mut self, _now: &Snapshot<'_>) {}
}

/// An observer that passes every step to a closure.
pub(crate) struct ClosureObserver<'a>(pub &'a mut dyn FnMut(&Progress) -> Control);

impl Observer for ClosureObserver<'_> {
    fn step(&mut self, progress: &Progress, _now: &Snapshot<'_>) -> Control {
        (self.0)(progress)
    }
}
