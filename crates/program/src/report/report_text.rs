//! The text and numbers of a report: verdict, errors, settings, and the command that repeats the
//! run.

use crate::folder::reason::Reason;
use crate::folder::record::{Record, Verdict};
use crate::format::capital::capital;
use crate::page::html::Block;
use crate::report::report_files::{ReportError, ReportFiles};
use crate::settings::keys::{DENSITY_TEXT, TARGET};
use pushforward::diagnostics::Bounds;
use serde_json::Value;

/// The verdict with its reasons, and the figures on which it rests.
pub fn verdict_blocks(record: &Record) -> Vec<Block> {
    let is_good = record.verdict == Verdict::Trusted;
    let mut blocks = vec![Block::Badge { is_good, text: record.verdict.to_string() }];
    if is_good {
        let text = "Every check passed. A verdict is no proof: modes that no draw has seen leave no trace in the weights.";
        blocks.push(Block::Text(text.to_string()));
    } else {
        blocks.push(Block::Findings(record.reasons.iter().map(sentences).collect()));
    }
    blocks
        .push(Block::Table { head: ["", "found", "bound"].map(String::from).to_vec(), rows: checks(record) });
    blocks
}

/// Finding and advice, with a full stop each.
fn sentences(reason: &Reason) -> (String, Option<String>) {
    let advice = reason.advice.as_ref().map(|advice| format!("{advice}."));
    (format!("{}.", capital(&reason.finding)), advice)
}

fn checks(record: &Record) -> Vec<Vec<String>> {
    let bounds = Bounds::default();
    let effective = record.ess * record.n_draws as f64;
    let row = |what: &str, found: String, bound: String| vec![what.to_string(), found, bound];
    let mut rows = vec![
        row("normalised ESS", format!("{:.4}", record.ess), format!("at least {}", bounds.ess)),
        row("effective draws", format!("{effective:.0}"), format!("at least {}", bounds.effective_draws)),
        row(
            "Pareto k",
            format!("{:.2}", record.pareto_k),
            format!(
                "at most {} where the tail carries more than {} % of Z",
                bounds.pareto_k,
                100.0 * bounds.tail_excess
            ),
        ),
    ];
    if let Some(delta) = record.delta_std {
        let found = format!("{delta:.4}");
        rows.push(row(
            "standard deviations, off on average",
            found,
            "no check: unweighted draws".to_string(),
        ));
    }
    rows
}

/// A number and its standard error, to the digits that the error justifies.
pub fn bound(value: f64, error: f64) -> String {
    if !value.is_finite() {
        return signed(value.to_string());
    }
    if !(error > 0.0 && error.is_finite()) {
        return signed(format!("{value:.6}"));
    }
    let decade = |v: f64| libm::floor(libm::log10(v)) as i32;
    if !(1e-5..1e7).contains(&value.abs().max(error)) {
        let digits = (decade(value.abs()) - decade(error) + 1).clamp(0, 12) as usize;
        return signed(format!("{value:.digits$e}\u{a0}±\u{a0}{error:.1e}"));
    }
    let digits = (1 - decade(error)).clamp(0, 12) as usize;
    signed(format!("{value:.digits$}\u{a0}±\u{a0}{error:.digits$}"))
}

/// Rows with the mean, its standard error, and the standard deviation of every quantity.
pub fn moment_rows(record: &Record) -> Vec<Vec<String>> {
    let effective = record.ess * record.n_draws as f64;
    let moments = record.names.iter().zip(&record.mean).zip(&record.std);
    let row = |((name, mean), std): ((&String, &f64), &f64)| {
        vec![name.clone(), bound(*mean, std / effective.sqrt()), figure_text(*std)]
    };
    moments.map(row).collect()
}

/// A number of any size to four digits.
pub fn figure_text(value: f64) -> String {
    signed(if (1e-3..1e5).contains(&value.abs()) { format!("{value:.4}") } else { format!("{value:.3e}") })
}

/// A number with a minus sign instead of a hyphen.
pub fn signed(number: String) -> String {
    number.replace('-', "\u{2212}")
}

/// What the solver of the flow adds to the error of log Z, and how it was measured.
///
/// # Errors
/// [`ReportError`] if a column is missing.
pub fn integration_text(files: &ReportFiles) -> Result<(String, String), ReportError> {
    let redrawn = files.log_z("redrawn")?;
    if files.record.n_draws == 0 {
        return Ok((
            "unknown".to_string(),
            "error of the solver of the flow: there are no draws".to_string(),
        ));
    }
    if redrawn == 0.0 {
        let (value, why) = if files.log_z("along_flow")? == 0.0 {
            (
                "none",
                "nothing is integrated: the weights of a discrete chain are unbiased for any number of steps",
            )
        } else {
            ("unknown", "error of the solver: the flow could not be followed more closely")
        };
        return Ok((value.to_string(), why.to_string()));
    }
    let (shift, largest) = (files.log_z("integration_shift")?, files.log_z("integration_largest")?);
    let how = format!(
        "error of the solver of the flow: the change of log Z of {redrawn} draws at a hundredth of the tolerance; no \
         log weight changes by more than {}",
        signed(format!("{largest:.1e}"))
    );
    Ok((signed(format!("{shift:+.1e}")), how))
}

/// Rows with all settings that determine the run, and the machine.
pub fn settings_rows(record: &Record) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = |what: &str, value: String| rows.push(vec![what.to_string(), value]);
    let pairs = |pairs: &mut dyn Iterator<Item = (&String, &Value)>| {
        pairs.map(|(key, value)| format!("{key} = {}", plain(value))).collect::<Vec<_>>().join(", ")
    };
    row("target", record.target.clone());
    if !record.parameters.is_empty() {
        row("its parameters", pairs(&mut record.parameters.iter()));
    }
    row("evolution", record.evolution.clone());
    row("settings", pairs(&mut record.settings.iter()));
    row("seed", record.seed.to_string());
    row("networks", format!("{} parameters", record.n_params));
    row("fit", format!("{:.1} s of {:.1} s", record.fit_seconds, record.total_seconds));
    let versions: Vec<String> =
        record.versions.iter().map(|(what, version)| format!("{what} {version}")).collect();
    row("versions", versions.join(", "));
    let machine = &record.machine;
    let model = machine.cpu_model.clone().unwrap_or("unknown processor".to_string());
    row("machine", format!("{model}, {}, {}", machine.architecture, machine.operating_system));
    row("threads", format!("{} of {}", record.threads, machine.available_threads));
    row("vector instructions", record.cpu_features.join(", "));
    rows
}

/// The command that makes the same draws again, from the configuration of the run.
pub fn command(config: &toml::Table) -> String {
    let plain = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut words = vec!["pushforward run".to_string()];
    words.extend(config.get(TARGET).map(|target| shell(&plain(target))));
    let pairs = config.iter().filter(|(key, _)| ![TARGET, DENSITY_TEXT].contains(&key.as_str()));
    words.extend(pairs.map(|(key, value)| format!("--set {}", shell(&format!("{key}={}", plain(value))))));
    words.join(" ")
}

/// A value of the configuration as it is written on a command line.
fn plain(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_string(),
        Value::Bool(false) => "no".to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A word quoted for a POSIX shell if it needs quotes.
fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=.,/+:".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::reason::ReasonKind;

    #[test]
    fn numbers_keep_the_digits_their_errors_leave() {
        assert_eq!(bound(-0.000080, 0.000376), "−0.00008\u{a0}±\u{a0}0.00038");
        assert_eq!(bound(1234.5678, 3.21), "1234.6\u{a0}±\u{a0}3.2");
        assert_eq!(bound(1.0, f64::INFINITY), "1.000000");
        assert_eq!(bound(f64::NEG_INFINITY, 1.0), "−inf");
        assert_eq!(
            (figure_text(0.25), figure_text(6.4e-4), figure_text(f64::NAN)),
            ("0.2500".into(), "6.400e−4".into(), "NaN".into())
        );
    }

    #[test]
    fn digits_of_large_and_small_numbers() {
        assert_eq!(bound(123_456.0, 4_321.0), "123456\u{a0}±\u{a0}4321");
        assert_eq!(bound(2.5e-9, 3.1e-11), "2.500e−9\u{a0}±\u{a0}3.1e−11");
    }

    #[test]
    fn reasons_and_words() {
        let reason = |finding: &str, advice: Option<&str>| {
            let (finding, advice) = (finding.to_string(), advice.map(str::to_string));
            sentences(&Reason { kind: ReasonKind::LowEss, finding, advice })
        };
        // A semicolon is quoted like any other special character.
        assert_eq!(
            reason("the ESS is 0.25; below 0.5", Some("fit longer; or wider")),
            ("The ESS is 0.25; below 0.5.".to_string(), Some("fit longer; or wider.".to_string()))
        );
        assert_eq!(reason("interrupted", None), ("Interrupted.".to_string(), None));
        assert_eq!(
            (shell("a=1.5"), shell("it's"), shell("")),
            ("a=1.5".into(), "'it'\\''s'".into(), "''".into())
        );
    }
}
