//! Measures whether the stated errors of log Z are right: every evolution on one small target, many
//! times.

use crate::comparison::{Comparison, median};
use crate::session::Session;
use crate::timed::{draws_of, timed_fit};
use pushforward::density::{Benchmark, named_target};
use pushforward::diagnostics::Estimates;
use pushforward::evolution::{ErasedEvolution, TargetSummary, built_in_evolutions};
use pushforward::training::{FitError, FitSettings};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// A tilted well with two modes of unequal mass and quartic walls, without symmetry.
const TARGET: &str = "double-well";
/// The number of fits, with seeds 0, 1, …, each with its own draws.
const FITS: u64 = 60;
const DRAWS: usize = 10_000;
/// The default limit of a fit, in seconds.
const SECONDS: f64 = 30.0;

const CAPTION: &str = "(log Z^ − log Z)/se over sixty fits of double-well with defaults and seeds 0 to 59, 10 000 draws from \
each: mean and standard deviation, which are 0 ± 0.13 and 1 ± 0.09 if the errors are as stated, and the largest in size. \
ESS: median.";

/// Measures all evolutions, or those whose names contain `filter`; a fit takes at most `limit`
/// seconds.
pub fn calibration(
    filter: Option<&str>,
    limit: Option<f64>,
    session: &mut Session<'_>,
) -> Result<Comparison, FitError> {
    let target = named_target(TARGET, &BTreeMap::new()).expect("a target of the catalogue");
    let mut rows = Vec::new();
    for evolution in built_in_evolutions(TargetSummary::smooth(1)) {
        let name = evolution.name();
        if !filter.is_none_or(|part| name.contains(part)) {
            continue;
        }
        let mut runs = Vec::new();
        for seed in 0..FITS {
            if !session.stop.load(Ordering::Relaxed) {
                runs.push(run_of(&*target, &*evolution, seed, limit.unwrap_or(SECONDS), session)?);
            }
        }
        if !runs.is_empty() {
            rows.push(cells(name, &runs));
        }
    }
    let header = vec!["evolution", "runs", "mean", "sd", "largest", "ESS"];
    Ok(Comparison { name: "calibration", caption: CAPTION, header, rows })
}

/// The score (log Z^ − log Z)/se and the ESS of the draws of one fit; NaN if the draws cannot be
/// moved.
fn run_of(
    target: &dyn Benchmark,
    evolution: &dyn ErasedEvolution,
    seed: u64,
    limit: f64,
    session: &mut Session<'_>,
) -> Result<(f64, f64), FitError> {
    let settings = FitSettings { seed, ..FitSettings::default() };
    let fitted = timed_fit(target, (evolution, &settings), Some(limit), session, &mut |_, _| ())?;
    let exact = target.facts().log_z.expect("log Z of the well is known");
    let draws = draws_of(&fitted, DRAWS)?;
    let Estimates { log_z, log_z_se, ess, .. } = Estimates::from_log_weights(&draws.log_weights);
    let score = (log_z - exact) / log_z_se;
    let (steps, reason) = (fitted.history().len(), fitted.stop_reason());
    let _ = writeln!(
        session.err,
        "{}, seed {seed}: {score:+.2}, ESS {ess:.4} ({steps} steps; {reason})",
        evolution.name()
    );
    Ok((score, ess))
}

fn cells(name: &str, runs: &[(f64, f64)]) -> Vec<String> {
    let n = runs.len() as f64;
    let mean = runs.iter().map(|run| run.0).sum::<f64>() / n;
    let variance = runs.iter().map(|run| (run.0 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let largest = runs.iter().map(|run| run.0).max_by(|a, b| a.abs().total_cmp(&b.abs()));
    vec![
        name.to_string(),
        runs.len().to_string(),
        format!("{mean:+.2}"),
        format!("{:.2}", variance.sqrt()),
        format!("{:+.2}", largest.unwrap_or(f64::NAN)),
        format!("{:.4}", median(runs.iter().map(|run| run.1).collect())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_mean_deviation_and_the_largest_score() {
        let cells = cells("bridge", &[(1.0, 0.9), (-2.0, 0.5), (0.4, 0.7)]);
        assert_eq!(cells, ["bridge", "3", "-0.20", "1.59", "-2.00", "0.7000"]);
    }
}
