//! The result of a run as a block of text.

use crate::folder::record::{Record, Verdict};
use std::fmt::Write;
use std::path::Path;

/// The text that the program prints at the end of a run.
pub fn summary(record: &Record, folder: &Path) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<11}{value}");
    };
    line("target", format!("{}{}", record.target, parameters(record)));
    let Record { evolution, steps, n_points, n_params, .. } = record;
    line("evolution", format!("{evolution}, {n_params} parameters, {n_points} points in the last batch"));
    line("optimiser", record.optimiser.clone());
    line("fit", format!("{} to loss {:.3e}: {}", counted(*steps, "step"), record.loss, record.stop_reason));
    line("log Z", log_z(record));
    line("ESS", format!("{:.4} of {} draws", record.ess, record.n_draws));
    line("ELBO", format!("{:.4}", record.elbo));
    line("Pareto k", format!("{:.2}", record.pareto_k));
    if let Some(delta) = record.delta_std {
        line("std", format!("off by {delta:.4} on average, unweighted"));
    }
    let (total, fit, threads) = (record.total_seconds, record.fit_seconds, record.threads);
    line("time", format!("{total:.1} s ({fit:.1} s of it the fit), {}", counted(threads, "thread")));
    line("folder", folder.display().to_string());
    line("verdict", record.verdict.to_string());
    if record.verdict == Verdict::NotTrusted {
        for reason in &record.reasons {
            let _ = writeln!(text, "           - {reason}");
        }
    }
    text
}

/// The parameters of the target, always with the dimension.
fn parameters(record: &Record) -> String {
    let dim = (!record.parameters.contains_key("dim")).then(|| format!("dim = {}", record.dim));
    let parameters = record.parameters.iter().map(|(key, value)| format!("{key} = {value}"));
    format!(" with {}", dim.into_iter().chain(parameters).collect::<Vec<_>>().join(", "))
}

fn log_z(record: &Record) -> String {
    let exact = record.log_z_exact.map_or(String::new(), |z| format!(", exact {z:.6}"));
    let learned = record.log_z_learned.map_or(String::new(), |z| format!(", learned {z:.6}"));
    format!("{:.6} ± {:.6}{exact}{learned}", record.log_z, record.log_z_se)
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
