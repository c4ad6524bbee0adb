//! Tables for people: the checks of an audit, and the list of targets.

use super::catalogue::TargetEntry;
use super::exit::Exit;
use std::fmt::Write;

/// One check of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What is compared.
    pub name: String,
    /// How far apart they are.
    pub figure: f64,
    /// What the figure must not exceed.
    pub bound: f64,
}

impl Check {
    /// Whether the figure is within its bound; NaN never is.
    pub fn passed(&self) -> bool {
        self.figure <= self.bound
    }
}

/// Each check with its figure and bound, and how many passed.
pub fn audit_table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0).max(5);
    let mut text = format!("{:<width$}  {:>9}  {:>9}\n", "check", "figure", "bound");
    for check in checks {
        let Check { name, figure, bound } = check;
        let verdict = if check.passed() { "pass" } else { "FAIL" };
        let _ = writeln!(text, "{name:<width$}  {figure:>9.2e}  {bound:>9.2e}  {verdict}");
    }
    let passed = checks.iter().filter(|check| check.passed()).count();
    let _ = writeln!(text, "{passed} of {} passed", checks.len());
    text
}

/// Trusted if every check passed; an audit without checks is no proof of anything.
pub fn audit_exit(checks: &[Check]) -> Exit {
    let sound = !checks.is_empty() && checks.iter().all(Check::passed);
    if sound { Exit::Trusted } else { Exit::NotTrusted }
}

/// Each target with its facts and parameters.
pub fn targets_text(targets: &[TargetEntry]) -> String {
    targets.iter().map(target_text).collect::<Vec<_>>().join("\n")
}

fn target_text(target: &TargetEntry) -> String {
    let mut text = format!("{}: {}\n", target.name, target.about);
    let facts = &target.facts;
    let log_z = facts.log_z.map_or("unknown".to_string(), |z| z.to_string());
    let _ = writeln!(text, "    dim {}, log Z {log_z}{}", target.dim, modes(target));
    if let Some(mean) = &facts.mean {
        let _ = writeln!(text, "    mean {}", numbers(mean));
    }
    if let Some(std) = &facts.std {
        let _ = writeln!(text, "    std {}", numbers(std));
    }
    for key in &target.keys {
        let _ = writeln!(text, "    --set {}={}  {} ({})", key.name, key.default, key.help, key.kind);
    }
    text
}

fn modes(target: &TargetEntry) -> String {
    let Some(modes) = &target.facts.modes else { return String::new() };
    format!(", {} modes", modes.weights.len())
}

/// At most eight, and "each" where all are equal.
fn numbers(values: &[f64]) -> String {
    match values {
        [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|v| v == first) => format!("{first} each"),
        values if values.len() > 8 => format!("{}, …", numbers(&values[..8])),
        values => values.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::keys::{KeySpec, Kind, Value};
    use crate::density::Facts;

    #[test]
    fn golden_audit() {
        let check = |name: &str, figure| Check { name: name.into(), figure, bound: 1e-12 };
        let good = check("value: jet and f64", 2.3e-16);
        let bad = check("gradient", f64::NAN);
        assert_eq!(
            audit_table(&[good.clone(), bad.clone()]),
            "check                  figure      bound\n\
             value: jet and f64   2.30e-16   1.00e-12  pass\n\
             gradient                  NaN   1.00e-12  FAIL\n\
             1 of 2 passed\n"
        );
        assert_eq!(audit_exit(std::slice::from_ref(&good)), Exit::Trusted);
        assert_eq!(audit_exit(&[good, bad]), Exit::NotTrusted);
        assert_eq!(audit_exit(&[]), Exit::NotTrusted);
    }

    #[test]
    fn golden_targets() {
        let (kind, default) = (Kind::Count { least: 1, most: u64::MAX }, Value::Count(2));
        let keys = vec![KeySpec { name: "dim", kind, default, help: "the dimension" }];
        let facts = Facts { log_z: Some(0.5), std: Some(vec![2.0, 2.0]), ..Facts::default() };
        let entry = TargetEntry { name: "gauss", about: "a Gaussian", keys, dim: 2, facts };
        assert_eq!(
            targets_text(&[entry]),
            "gauss: a Gaussian\n    dim 2, log Z 0.5\n    std 2 each\n    \
             --set dim=2  the dimension (a whole number, at least 1)\n"
        );
    }
}
