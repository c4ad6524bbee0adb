//! Tables for people: the checks of an audit, and the list of targets.

use crate::output::exit::Exit;
use crate::settings::keys::KeySpec;
use pushforward::density::{self, Facts, TargetEntry};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One check of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The two quantities that are compared.
    pub name: String,
    /// The difference between them.
    pub figure: f64,
    /// The largest difference that passes.
    pub bound: f64,
}

impl Check {
    /// Whether the figure is at most its bound; NaN never is.
    pub fn passed(&self) -> bool {
        self.figure <= self.bound
    }
}

/// Each check with its figure and bound, and the number of checks that passed.
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

/// Trusted if every check passed. An audit without checks proves nothing and is not trusted.
pub fn audit_exit(checks: &[Check]) -> Exit {
    let sound = !checks.is_empty() && checks.iter().all(Check::passed);
    if sound { Exit::Trusted } else { Exit::NotTrusted }
}

/// Each target with its facts at the default parameters, and its parameters.
pub fn targets_text() -> String {
    density::targets().iter().map(target_text).collect::<Vec<_>>().join("\n")
}

fn target_text(entry: &TargetEntry) -> String {
    let target = density::named_target(entry.name, &BTreeMap::new()).expect("defaults are allowed");
    let mut text = format!("{}: {}\n", entry.name, entry.description);
    facts_text(&mut text, target.dim(), &target.facts());
    for key in KeySpec::of_target(entry) {
        let _ = writeln!(text, "    --set {key}");
    }
    text
}

fn facts_text(text: &mut String, dim: usize, facts: &Facts) {
    let log_z = facts.log_z.map_or("unknown".to_string(), rounded);
    let modes =
        facts.modes.as_ref().map_or(String::new(), |modes| format!(", {} modes", modes.weights.len()));
    let _ = writeln!(text, "    dim {dim}, log Z {log_z}{modes}");
    for (name, values) in [("mean", &facts.mean), ("std", &facts.std)] {
        if let Some(values) = values {
            let _ = writeln!(text, "    {name} {}", numbers(values));
        }
    }
}

/// At most eight numbers, or one number and "each" if all are equal.
fn numbers(values: &[f64]) -> String {
    match values {
        [first, rest @ ..] if !rest.is_empty() && rest.iter().all(|v| v == first) => {
            format!("{} each", rounded(*first))
        }
        values if values.len() > 8 => format!("{}, …", numbers(&values[..8])),
        values => values.iter().map(|v| rounded(*v)).collect::<Vec<_>>().join(", "),
    }
}

/// A number to six decimals, without trailing zeros and without −0.
fn rounded(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn golden_facts() {
        let facts = Facts {
            log_z: Some(0.5),
            mean: Some(vec![-1e-16, 1.0 / 3.0]),
            std: Some(vec![20.0, 20.0]),
            modes: None,
        };
        let mut text = String::new();
        facts_text(&mut text, 2, &facts);
        assert_eq!(text, "    dim 2, log Z 0.5\n    mean 0, 0.333333\n    std 20 each\n");
        text.clear();
        facts_text(&mut text, 2, &Facts::default());
        assert_eq!(text, "    dim 2, log Z unknown\n");
    }

    #[test]
    fn golden_targets() {
        let text = targets_text();
        let many_well = text.split("\n\n").find(|part| part.starts_with("many-well:")).unwrap();
        assert_eq!(
            many_well.split_once('\n').unwrap().1,
            "    dim 5, log Z -0.541056, 32 modes\n    mean 0 each\n    std 1.983458 each\n    \
             --set dim=5                   (a whole number from 1 to 1000)\n    \
             --set wells=5                 (a whole number from 0 to 1000)\n    \
             --set delta=4                 (a number from 0 to 100)"
        );
    }
}
