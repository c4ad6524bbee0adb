//! A fit with its draws, as the report and the record read it.

use crate::report::quantities::Quantities;
use crate::settings::run_settings::RunSettings;
use pushforward::optim::Outcome;
use pushforward::sampling::{DrawError, Draws, Transport};
use pushforward::training::{FitError, StopReason};

/// A fit with its draws, and what is known of both.
pub struct Fitted<'t> {
    /// The fitted transport of draws to the target.
    pub fit: Transport<'t>,
    /// The draws; empty if the flow cannot be integrated.
    pub draws: Draws,
    /// The user's quantities at each draw.
    pub quantities: Quantities,
    /// The error if there are no draws.
    pub no_draws: Option<DrawError>,
    /// The share of the target where draws hardly ever occur, see [`Transport::uncovered_mass`].
    pub uncovered: f64,
    /// Wall time of the fit without the draws, in seconds.
    pub fit_seconds: f64,
    /// Factor, step, and wall time after it in seconds; steps before an interruption are missing.
    pub seconds: Vec<(usize, usize, f64)>,
}

impl<'t> Fitted<'t> {
    /// Adds the draws that the settings ask for, from the stream of their seed.
    pub fn with_draws(
        fit: Transport<'t>,
        settings: &RunSettings,
        fit_seconds: f64,
    ) -> Result<Fitted<'t>, FitError> {
        let (draws, no_draws) = match fit.draw(settings.draws, settings.fit.seed) {
            Ok(draws) => (draws, None),
            Err(DrawError::Density(error)) => return Err(FitError::Density(error)),
            Err(error) => (Draws { x: Vec::new(), log_weights: Vec::new() }, Some(error)),
        };
        let quantities = Quantities::of(fit.target, &draws.x);
        let uncovered = fit.uncovered_mass().map_err(FitError::Density)?;
        Ok(Fitted { fit, draws, quantities, no_draws, uncovered, fit_seconds, seconds: Vec::new() })
    }

    /// Whether a signal ended the fit before its goal.
    pub fn interrupted(&self) -> bool {
        self.fit.stop_reason() == StopReason::Optimiser(Outcome::Interrupted)
    }
}
