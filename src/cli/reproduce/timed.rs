//! Fits of a table, which end with the clock or with the user's signal, and their draws.

use crate::cli::exit::CliError;
use crate::cli::run::Console;
use crate::density::Target;
use crate::evolution::ErasedEvolution;
use crate::fitting::{Control, DrawError, Draws, Fit, FitError, FitSettings, Progress, fit};
use std::io::Write;
use std::sync::atomic::Ordering;

/// A fit of `limit` seconds at most; `tell` sees every step and where messages go.
pub(super) fn timed_fit(
    target: &dyn Target,
    (evolution, settings): (&dyn ErasedEvolution, &FitSettings),
    limit: Option<f64>,
    console: &mut Console<'_>,
    tell: &mut dyn FnMut(&Progress, &mut dyn Write),
) -> Result<Fit, CliError> {
    let fitted = fit(target, evolution, settings, &mut |progress| {
        tell(progress, console.err);
        let late = limit.is_some_and(|limit| progress.elapsed.as_secs_f64() >= limit);
        if late || console.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    })?;
    Ok(fitted)
}

/// `n` draws; none if the flow cannot be followed: every figure is NaN then.
pub(super) fn draws_of(fitted: &Fit, target: &dyn Target, n: usize) -> Result<Draws, CliError> {
    match fitted.draw(target, n, fitted.settings.seed) {
        Ok(draws) => Ok(draws),
        Err(DrawError::Density(error)) => Err(FitError::Density(error).into()),
        Err(DrawError::Transport(_)) => Ok(Draws { x: Vec::new(), log_weights: Vec::new() }),
    }
}
