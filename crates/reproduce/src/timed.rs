//! Fits of a table, which end with the clock or with the user's signal, and their draws.

use crate::session::Session;
use pushforward::density::Target;
use pushforward::evolution::ErasedEvolution;
use pushforward::sampling::{DrawError, Draws, Transport, fit};
use pushforward::training::{Control, FitError, FitSettings, Progress};
use std::io::Write;
use std::sync::atomic::Ordering;

/// A fit of at most `limit` seconds; `tell` is called after every step, with the stream for
/// messages.
pub(crate) fn timed_fit<'t>(
    target: &'t dyn Target,
    (evolution, settings): (&dyn ErasedEvolution, &FitSettings),
    limit: Option<f64>,
    session: &mut Session<'_>,
    tell: &mut dyn FnMut(&Progress, &mut dyn Write),
) -> Result<Transport<'t>, FitError> {
    fit(target, evolution, settings, &mut |progress| {
        tell(progress, session.err);
        let late = limit.is_some_and(|limit| progress.elapsed.as_secs_f64() >= limit);
        if late || session.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    })
}

/// Makes `n` draws. There are none if the flow cannot be followed, and then every figure is NaN.
pub(crate) fn draws_of(fitted: &Transport<'_>, n: usize) -> Result<Draws, FitError> {
    match fitted.draw(n, fitted.settings.seed) {
        Ok(draws) => Ok(draws),
        Err(DrawError::Density(error)) => Err(FitError::Density(error)),
        Err(_) => Ok(Draws { x: Vec::new(), log_weights: Vec::new() }),
    }
}
