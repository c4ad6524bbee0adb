//! Settings of the search for a target.

/// Settings of [`locate`](super::locate): which structure it looks for, and how wide it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocateSettings {
    /// Whether the target is brought to location 0 and scale 1. If not, its own coordinates are
    /// used.
    pub standardise: bool,
    /// Whether to look for independent factors; this needs `standardise`.
    pub factorise: bool,
    /// The width of the prior in units of that of the target, 1 or more; used only with
    /// `standardise`.
    pub prior_width: f64,
    /// The seed of every random stream.
    pub seed: u64,
}
