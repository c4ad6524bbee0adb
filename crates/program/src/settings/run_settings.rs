//! Settings of a run that do not depend on the target: of the fit, of the draws, of the machine.

use pushforward::evolution::{ErasedEvolution, evolution_names, named_evolution};
use pushforward::training::FitSettings;

/// Settings of the fit, number of draws and number of threads. Every field has a key in
/// [`crate::settings::run_keys::KEYS`].
#[derive(Clone, Debug, PartialEq)]
pub struct RunSettings {
    /// Name of the evolution to learn.
    pub evolution: String,
    /// Settings of the fit.
    pub fit: FitSettings,
    /// Number of draws at the end.
    pub draws: usize,
    /// Number of threads. Timings depend on it, and no other output does.
    pub threads: usize,
    /// Seconds between checkpoints. 0 writes one after every step.
    pub checkpoint_every: f64,
}

impl Default for RunSettings {
    /// The evolution `general-ode`, which fits fastest, and the defaults of the fit. 20 000 draws
    /// give log Z an error of 0.001 at an ESS of 0.98. All threads are used. Checkpoints take
    /// milliseconds, so one is written each minute.
    fn default() -> RunSettings {
        RunSettings {
            evolution: evolution_names()[0].to_string(),
            fit: FitSettings::default(),
            draws: 20_000,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            checkpoint_every: 60.0,
        }
    }
}

impl RunSettings {
    /// The evolution with the name in these settings.
    ///
    /// # Panics
    /// If no built-in evolution has that name.
    pub fn evolution(&self) -> Box<dyn ErasedEvolution> {
        named_evolution(&self.evolution)
            .unwrap_or_else(|| panic!("{:?} is no name of a built-in evolution", self.evolution))
    }
}
