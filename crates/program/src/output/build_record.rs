//! The record of a run: estimates, verdict, provenance.

use crate::folder::reason::Reason;
use crate::folder::record::{Machine, Record, Verdict};
use crate::folder::run_format::RUN_FORMAT;
use crate::format::provenance::Provenance;
use crate::report::fitted::Fitted;
use crate::settings::problem::Problem;
use crate::settings::run_keys::recorded_values;
use crate::settings::run_settings::RunSettings;
use pushforward::diagnostics::{
    self, Bounds, Estimates, Evidence, delta_std, missed_modes, mode_shares, moments, weighted_moments,
};
use pushforward::num::Points;
use pushforward::optim::Method;
use pushforward::sampling::Transport;

/// The verdict of the diagnostics, and the reasons against it that only the run knows.
pub fn verdict(problem: &Problem<'_>, fitted: &Fitted<'_>, estimates: &Estimates) -> (Verdict, Vec<Reason>) {
    let mut reasons = match &fitted.no_draws {
        Some(error) => vec![Reason::no_draws(error)],
        None => judged(problem, fitted, estimates),
    };
    if fitted.interrupted() {
        reasons.push(Reason::interrupted());
    }
    (if reasons.is_empty() { Verdict::Trusted } else { Verdict::NotTrusted }, reasons)
}

fn judged(problem: &Problem<'_>, fitted: &Fitted<'_>, estimates: &Estimates) -> Vec<Reason> {
    let modes = problem.facts.modes.as_ref();
    let evidence = Evidence {
        log_z_learned: Some(fitted.fit.learned_log_z()),
        log_z_exact: problem.facts.log_z,
        n_modes: modes.map(|modes| modes.weights.len()),
        uncovered: Some(fitted.uncovered),
    };
    let mut reasons = match diagnostics::judge(estimates, &evidence, &Bounds::default()) {
        diagnostics::Verdict::Trusted => Vec::new(),
        diagnostics::Verdict::NotTrusted { reasons } => reasons.iter().map(Reason::from).collect(),
    };
    let draws = &fitted.draws;
    reasons.extend(modes.and_then(|modes| {
        let dim = problem.target.dim();
        let shares = mode_shares(Points::new(&draws.x, dim), Points::new(&modes.centres, dim));
        missed_modes(&shares, &modes.weights, draws.log_weights.len()).map(|reason| Reason::from(&reason))
    }));
    reasons
}

/// The name of every direction that was used, in the order of its first step, and the rule for the
/// steps.
fn optimiser_as_run(fit: &Transport<'_>, method: &Method) -> String {
    let mut words: Vec<&str> = Vec::new();
    for row in fit.history() {
        if !words.contains(&row.record.direction) {
            words.push(row.record.direction);
        }
    }
    let directions = words.join(", then ");
    match method.step_rule() {
        Some(rule) => format!("{directions}; {}", rule.name()),
        None => directions,
    }
}

/// Builds the record of a run without the time that the run took.
pub fn build_record(problem: &Problem<'_>, run_settings: &RunSettings, fitted: &Fitted<'_>) -> Record {
    let RunSettings { fit: settings, threads, .. } = run_settings;
    let Fitted { fit, draws, quantities, .. } = fitted;
    let dim = problem.target.dim();
    let estimates = Estimates::of_populations(draws.log_weights.chunks(fit.population()));
    let (verdict, reasons) = verdict(problem, fitted, &estimates);
    let weighted = weighted_moments(quantities.points(), &draws.log_weights);
    let unweighted = moments(Points::new(&draws.x, dim));
    let mut settings_as_run = recorded_values(run_settings);
    let mut ways: Vec<&str> = fit.factors.iter().map(|factor| factor.located_by.name()).collect();
    ways.dedup();
    settings_as_run.insert("located_by".to_string(), ways.join(", ").into());
    let sizes: Vec<usize> = fit.factorisation.ranges.iter().map(|range| range.len()).collect();
    settings_as_run.insert("blocks".to_string(), sizes.into());
    let equations = run_settings.evolution().description(dim).equations;
    let history = fit.history();
    let last = history.last();
    let here = Provenance::of_this_machine();
    Record {
        format: RUN_FORMAT,
        target: problem.name.to_string(),
        parameters: problem.parameters.iter().map(|(key, value)| (key.clone(), value.to_json())).collect(),
        evolution: run_settings.evolution.clone(),
        equations: equations.iter().map(|name| name.to_string()).collect(),
        settings: settings_as_run,
        dim,
        names: quantities.names.clone(),
        coordinates: quantities.coordinates.clone(),
        seed: settings.seed,
        n_draws: draws.log_weights.len(),
        n_params: fit.n_params(),
        n_points: last.map_or(settings.points, |row| row.n_points),
        optimiser: optimiser_as_run(fit, &settings.optimiser.method),
        steps: last.map_or(0, |row| row.step),
        stop_reason: fit.stop_reason(),
        loss: last.map_or(f64::NAN, |row| row.record.loss),
        log_z: estimates.log_z,
        log_z_se: estimates.log_z_se,
        log_z_exact: problem.facts.log_z,
        log_z_learned: Some(fit.learned_log_z()),
        ess: estimates.ess,
        elbo: estimates.elbo,
        pareto_k: estimates.pareto_k,
        delta_std: problem.facts.std.as_ref().map(|exact| delta_std(&unweighted.std, exact)),
        mean: weighted.mean,
        std: weighted.std,
        verdict,
        reasons,
        versions: here
            .versions
            .iter()
            .map(|(what, version)| (what.to_string(), version.to_string()))
            .collect(),
        threads: *threads,
        fit_seconds: fitted.fit_seconds,
        total_seconds: f64::NAN,
        cpu_features: here.cpu_features.iter().map(|name| name.to_string()).collect(),
        machine: Machine {
            architecture: here.architecture.to_string(),
            operating_system: here.operating_system.to_string(),
            cpu_model: here.cpu_model,
            available_threads: here.available_threads,
        },
    }
}
