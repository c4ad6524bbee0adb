//! The seed of random streams, as a type of its own.

/// The seed of every random stream of a fit or of a set of draws: the same seed gives the same bits
/// on any number of threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);
