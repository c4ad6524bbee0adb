//! The configuration file config.toml: the target and settings of a run, from which the run can be
//! repeated.

use crate::density_file::source::Source;
use crate::settings::keys::{DENSITY_TEXT, TARGET, Value};
use crate::settings::layers::SettingsError;
use crate::settings::problem::Problem;
use crate::settings::run_keys::config_values;
use crate::settings::run_settings::RunSettings;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The text of config.toml: the target, its parameters or the text of its file, and every setting
/// except the number of threads, which changes no result. `pushforward run --config` with this file
/// gives the same bits.
pub fn config_text(problem: &Problem<'_>, settings: &RunSettings) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: String| {
        let _ = writeln!(text, "{key} = {value}");
    };
    let path = |source: &Source| source.path.display().to_string();
    line(TARGET, quoted(&problem.source.map_or(problem.name.to_string(), path)));
    for (key, value) in config_values(settings) {
        line(key, in_toml(&value));
    }
    for (key, value) in problem.parameters {
        line(key, in_toml(value));
    }
    if let Some(source) = problem.source {
        line(DENSITY_TEXT, quoted(&source.text));
    }
    text
}

fn in_toml(value: &Value) -> String {
    match value {
        // The largest whole number of TOML is 2⁶³ − 1.
        Value::Count(n) if i64::try_from(*n).is_err() => format!("\"{n}\""),
        Value::Count(n) => n.to_string(),
        Value::Real(x) => format!("{x:?}"),
        Value::Word(_) | Value::YesNo(_) => quoted(&value.to_string()),
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// The target in a configuration file. Both fields are `None` if the file names no target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredTarget {
    /// Name of the target, or path of its density file.
    pub name: Option<String>,
    /// Text of the density file at the time when the configuration was written.
    pub text: Option<String>,
}

impl ConfiguredTarget {
    /// Reads the target of a configuration file. A target that is not a text is an error when the
    /// settings are read.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`] or `Syntax`.
    pub fn read(path: &Path) -> Result<ConfiguredTarget, SettingsError> {
        let unreadable = |cause| SettingsError::Unreadable { path: path.to_path_buf(), cause };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let syntax = |cause| SettingsError::Syntax { path: path.to_path_buf(), cause };
        let table: toml::Table = toml::from_str(&text).map_err(syntax)?;
        let text = |key: &str| table.get(key).and_then(|value| value.as_str()).map(str::to_string);
        Ok(ConfiguredTarget { name: text(TARGET), text: text(DENSITY_TEXT) })
    }
}

/// The differences between two texts of [`config_text`], one line for each key.
pub fn differences(then: &str, now: &str) -> Vec<String> {
    let [then, now] = [then, now].map(|text| toml::from_str::<toml::Table>(text).unwrap_or_default());
    let mut keys: Vec<&String> = then.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let said = |side: &toml::Table, key: &str| match side.get(key) {
        None => "nothing".to_string(),
        // The text is too long for a message.
        Some(_) if key == DENSITY_TEXT => "another text".to_string(),
        Some(value) => value.to_string(),
    };
    let differ = keys.into_iter().filter(|key| then.get(*key) != now.get(*key));
    differ.map(|key| format!("{key} was {} and is {} now", said(&then, key), said(&now, key))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_listed_by_key() {
        let then = "target = \"gauss\"\nsteps = 8\ndim = 2\n";
        assert!(differences(then, then).is_empty());
        let text = "density_text = \"\"\"\na = 1\nb = 2\"\"\"";
        let other = text.replace('2', "3");
        assert!(differences(text, text).is_empty());
        assert_eq!(differences(text, &other), ["density_text was another text and is another text now"]);
        assert_eq!(
            differences(then, "target = \"gauss\"\nsteps = 9\nscale = 1.5\n"),
            ["dim was 2 and is nothing now", "scale was nothing and is 1.5 now", "steps was 8 and is 9 now"]
        );
    }

    #[test]
    fn values_are_written_as_toml_reads_them() {
        for (value, text) in [
            (Value::Count(7), "7"),
            (Value::Count(u64::MAX), "\"18446744073709551615\""),
            (Value::Real(2.0), "2.0"),
            (Value::Real(1e-9), "1e-9"),
            (Value::Word("a \"b\"\\".into()), r#"'a "b"\'"#),
            (Value::YesNo(false), "\"no\""),
        ] {
            let written = in_toml(&value);
            assert_eq!(written, text);
            assert!(toml::from_str::<toml::Table>(&format!("key = {written}")).is_ok(), "{written}");
        }
    }
}
