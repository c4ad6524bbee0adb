//! The first two words of a child's greeting, which messages repeat.

/// The first word of the child's greeting.
pub(super) const HELLO: &str = "pushforward-density";
/// The version of the protocol that is spoken here.
pub(super) const VERSION: &str = "1";
