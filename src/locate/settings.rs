//! What may be set of the search for a target.

/// Settings of [`super::locate`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocateSettings {
    /// Whether the target is brought to location 0 and scale 1; if not, it is taken as it stands.
    pub standardise: bool,
    /// Whether independent factors are looked for; this happens only with `standardise`.
    pub factorise: bool,
    /// Width of the prior in units of that of the target, 1 or more; read only with `standardise`.
    pub prior_width: f64,
    /// Seed of every random stream.
    pub seed: u64,
}
