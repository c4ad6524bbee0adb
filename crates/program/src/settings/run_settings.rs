//! Settings of a run that belong to no target: of the fit, of the draws, of the machine.

use pushforward::fitting::FitSettings;

/// How to fit, how much to draw, and on how many threads. Every field has a key in
/// [`crate::settings::run_keys::KEYS`].
#[derive(Clone, Debug, PartialEq)]
pub struct RunSettings {
    /// Settings of the fit.
    pub fit: FitSettings,
    /// Number of draws at the end.
    pub draws: usize,
    /// Number of threads; no output but timings depends on it.
    pub threads: usize,
    /// Seconds between checkpoints; 0 for one after every step.
    pub checkpoint_every: f64,
}

impl Default for RunSettings {
    /// The fit's defaults; 20 000 draws, which give log Z an error of 0.001 at ESS 0.98; all
    /// threads there are; a minute between checkpoints, which take milliseconds.
    fn default() -> RunSettings {
        RunSettings {
            fit: FitSettings::default(),
            draws: 20_000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            checkpoint_every: 60.0,
        }
    }
}
