//! What the steps of a training are for: to reach the goal, or to polish after it.

/// The phase of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Steps on fresh batches with momentum, until validation draws reach the goal.
    #[default]
    Search,
    /// Steps on large batches that are kept for a while, without momentum.
    Polish {
        /// The step whose validation reached the goal, from 1. Later steps polish.
        since: usize,
    },
}
