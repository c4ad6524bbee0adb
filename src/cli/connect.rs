//! The one place where the program is put together with the catalogue of densities and the method.

use super::audit::audit;
use super::catalogue::{Catalogue, TargetEntry};
use super::engine::{Ended, Engine, EngineError, FitSettings, Fitted, Job, Judgement, Step};
use super::keys::{KeySpec, Kind, Value};
use super::progress;
use super::settings::{Origin, SettingsError};
use super::table::Check;
use crate::density::{self, Benchmark, CatalogueError, Facts, Range};
use crate::diagnostics::{self, Bounds, Estimates, Evidence, delta_std, moments, weighted_moments};
use crate::evolution::EVOLUTIONS;
use crate::fitting::{self, Control, Fit, HistoryRow, Progress, StopReason, fit};
use crate::optim::Outcome;
use crate::report::Verdict;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Settings of a fit if nobody sets them: the library's, and for the draws 20 000, which give log Z an error of
/// 0.001 at ESS 0.98.
pub fn defaults() -> FitSettings {
    let fit = fitting::FitSettings::default();
    FitSettings {
        evolution: fit.evolution,
        steps: fit.steps,
        points: fit.points,
        width: fit.width,
        depth: fit.depth,
        draws: 20_000,
        seed: fit.seed,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

static EVOLUTION_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| EVOLUTIONS.iter().map(|entry| entry.name).collect());

/// The program's own catalogue and method.
pub struct BuiltIn;

impl Catalogue for BuiltIn {
    fn targets(&self) -> Vec<TargetEntry> {
        let entry = |entry: &density::TargetEntry| {
            let target = density::named_target(entry.name, &BTreeMap::new()).expect("defaults are allowed");
            TargetEntry {
                name: entry.name,
                about: entry.description,
                keys: entry.parameters.iter().map(key).collect(),
                dim: target.dim(),
                facts: target.facts(),
            }
        };
        density::targets().iter().map(entry).collect()
    }

    fn evolutions(&self) -> &'static [&'static str] {
        &EVOLUTION_NAMES
    }

    fn build(
        &self,
        name: &str,
        parameters: &BTreeMap<String, Value>,
    ) -> Result<Box<dyn Benchmark>, SettingsError> {
        let numbers = parameters.iter().map(|(key, value)| (key.clone(), value.as_real())).collect();
        density::named_target(name, &numbers).map_err(|error| match error {
            CatalogueError::BadParameter { name, value, requirement } => SettingsError::BadValue {
                key: name.to_string(),
                value: value.to_string(),
                requirement,
                origin: Origin::CommandLine,
            },
            other => unreachable!("names were checked before: {other}"),
        })
    }

    fn audit(&self, target: Option<&str>) -> Vec<Check> {
        audit(target)
    }
}

fn key(parameter: &density::Parameter) -> KeySpec {
    let count = |from: u32, to: u32| {
        (Kind::Count { least: from.into(), most: to.into() }, Value::Count(parameter.default as u64))
    };
    let (kind, default) = match parameter.range {
        Range::Whole { from, to } | Range::Even { from, to } => count(from, to),
        Range::Real { .. } => (Kind::Real, Value::Real(parameter.default)),
    };
    KeySpec { name: parameter.name, kind, default, help: "of the target" }
}

impl Engine for BuiltIn {
    fn fit(
        &self,
        job: &Job<'_>,
        show: &mut (dyn FnMut(&progress::Progress) + Send),
    ) -> Result<Fitted, EngineError> {
        let start = Instant::now();
        let FitSettings { evolution, steps, points, width, depth, draws, seed, .. } = job.settings.clone();
        let settings = fitting::FitSettings {
            evolution,
            steps,
            points,
            width,
            depth,
            seed,
            ..fitting::FitSettings::default()
        };
        let fit = fit(job.target, &settings, &mut |step: &Progress| {
            show(&progress::Progress {
                step: step.step,
                steps: step.steps,
                loss: step.record.loss,
                damping: step.record.damping,
                pilot_ess: step.pilot_ess,
                elapsed: step.elapsed,
            });
            if job.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
        })
        .map_err(EngineError::Fit)?;
        let fit_seconds = start.elapsed().as_secs_f64();
        let drawn = fit.draw(job.target, draws, seed).map_err(EngineError::Draw)?;
        Ok(fitted(&fit, drawn, points, fit_seconds))
    }

    fn judge(&self, fitted: &Fitted, dim: usize, facts: &Facts) -> Judgement {
        let estimates = Estimates::from_log_weights(&fitted.log_weights);
        let evidence = Evidence {
            log_z_learned: fitted.log_z_learned,
            log_z_exact: facts.log_z,
            n_modes: facts.modes.as_ref().map(|modes| modes.weights.len()),
        };
        let plain = moments(&fitted.draws, dim);
        let weighted = weighted_moments(&fitted.draws, dim, &fitted.log_weights);
        let (verdict, reasons) = match diagnostics::judge(&estimates, &evidence, &Bounds::default()) {
            diagnostics::Verdict::Trusted => (Verdict::Trusted, Vec::new()),
            diagnostics::Verdict::NotTrusted { reasons } => {
                (Verdict::NotTrusted, reasons.iter().map(ToString::to_string).collect())
            }
        };
        Judgement {
            log_z: estimates.log_z,
            log_z_se: estimates.log_z_se,
            ess: estimates.ess,
            elbo: estimates.elbo,
            pareto_k: estimates.pareto_k,
            delta_std: facts.std.as_ref().map(|exact| delta_std(&plain.std, exact)),
            mean: weighted.mean,
            std: weighted.std,
            verdict,
            reasons,
        }
    }
}

fn fitted(fit: &Fit, drawn: fitting::Draws, n_points: usize, fit_seconds: f64) -> Fitted {
    let step = |row: &HistoryRow| Step {
        step: row.step,
        loss: row.record.loss,
        damping: row.record.damping,
        pilot_ess: row.pilot_ess,
    };
    let interrupted = fit.stop_reason == StopReason::Optimiser(Outcome::Interrupted);
    Fitted {
        n_params: fit.theta.len(),
        n_points,
        history: fit.history.iter().map(step).collect(),
        ended: if interrupted { Ended::Interrupted } else { Ended::Finished },
        stop_reason: fit.stop_reason.to_string(),
        log_z_learned: Some(fit.learned_log_z()),
        draws: drawn.x,
        log_weights: drawn.log_weights,
        fit_seconds,
    }
}
