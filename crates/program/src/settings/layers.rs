//! Settings of a run. Defaults come first, then the configuration file, `--set`, and options; later
//! wins.
//!
//! A configuration file is flat TOML with the keys of `--set`. Keys of the fit and keys of the
//! target stand side by side:
//!
//! ```toml
//! target = "many-well"       # or on the command line
//! evolution = "general-ode"
//! steps = 120
//! width = 32
//! delta = 4.0      # of the target many-well
//! ```

use crate::settings::keys::{DENSITY_TEXT, KeySpec, Kind, TARGET, Value};
use pushforward::density::{CatalogueError, nearest};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The source of a setting, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the configuration file, counted from 1.
    File {
        /// Path of the file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
    },
    /// The setting was given on the command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, line } => write!(f, "{}, line {line}: ", path.display()),
            Origin::CommandLine => Ok(()),
        }
    }
}

/// Why settings cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No key, target or evolution has the given name.
    #[error("{origin}unknown {what} {given:?}{} Known: {}", meant(.nearest.as_deref()), .known.join(", "))]
    UnknownName {
        /// The kind of name: "key", "target", "evolution" or a key with a choice.
        what: &'static str,
        /// The name that was given.
        given: String,
        /// The known name that was most likely meant.
        nearest: Option<String>,
        /// All known names of this kind.
        known: Vec<String>,
        /// The source of the setting.
        origin: Origin,
    },
    /// A value is not one that its key allows.
    #[error("{origin}{key} = {value}: {key} must be {requirement}")]
    BadValue {
        /// Name of the key.
        key: String,
        /// The value that was given.
        value: String,
        /// The condition that the value must meet.
        requirement: String,
        /// The source of the setting.
        origin: Origin,
    },
    /// Values that are allowed one by one contradict each other.
    #[error("{0}")]
    Target(#[source] CatalogueError),
    /// No target is given, and no configuration file that names one.
    #[error("name a TARGET, or give a --config with a line target = \"…\"; see `pushforward targets`")]
    NoTarget,
    /// A target is given, and the configuration file names another.
    #[error(
        "the target is {given} on the command line and {in_file} in the configuration file: \
         leave one out"
    )]
    TwoTargets {
        /// The target on the command line.
        given: String,
        /// The target in the configuration file.
        in_file: String,
    },
    /// An argument of `--set` lacks `=`.
    #[error("--set {given}: write it as --set key=value")]
    NoEquals {
        /// The argument that was given.
        given: String,
    },
    /// The configuration file cannot be read.
    #[error("configuration {} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// Path of the configuration file.
        path: PathBuf,
        /// The message of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The configuration file is not TOML.
    #[error("configuration {} is not TOML: {cause}", .path.display())]
    Syntax {
        /// Path of the configuration file.
        path: PathBuf,
        /// The message of the parser, with line, column and caret.
        #[source]
        cause: toml::de::Error,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(".".to_string(), |nearest| format!("; did you mean {nearest:?}?"))
}

/// The error for a name that is not among the known ones.
pub fn unknown(what: &'static str, given: &str, known: &[&str], origin: Origin) -> SettingsError {
    SettingsError::UnknownName {
        what,
        given: given.to_string(),
        nearest: nearest(given, known.iter().copied()).map(str::to_string),
        known: known.iter().map(|name| name.to_string()).collect(),
        origin,
    }
}

/// A value for every key of a list of keys.
#[derive(Clone, Debug)]
pub struct Settings {
    specs: Vec<KeySpec>,
    values: BTreeMap<&'static str, Value>,
}

impl Settings {
    /// Settings in which every key has its default.
    ///
    /// # Panics
    /// If two keys have the same name.
    #[track_caller]
    pub fn new(specs: Vec<KeySpec>) -> Settings {
        let values: BTreeMap<_, _> = specs.iter().map(|spec| (spec.name, spec.default.clone())).collect();
        assert_eq!(values.len(), specs.len(), "settings: two keys have one name");
        Settings { specs, values }
    }

    /// Reads a configuration file. Its values replace the present ones.
    ///
    /// # Errors
    /// `Unreadable`, `Syntax`, and `UnknownName` or `BadValue` for the first line with a fault.
    pub fn read_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| SettingsError::Unreadable { path: path.to_path_buf(), cause })?;
        self.read_toml(&text, path)
    }

    /// Reads the text of a configuration file. `path` is used in messages.
    ///
    /// # Errors
    /// Those of [`Settings::read_file`] except `Unreadable`.
    pub fn read_toml(&mut self, text: &str, path: &Path) -> Result<(), SettingsError> {
        let syntax = |cause| SettingsError::Syntax { path: path.to_path_buf(), cause };
        let mut table: BTreeMap<toml::Spanned<String>, toml::Value> = toml::from_str(text).map_err(syntax)?;
        // The target was read before, since the set of keys depends on it.
        table.retain(|key, value| {
            ![TARGET, DENSITY_TEXT].contains(&key.get_ref().as_str()) || !value.is_str()
        });
        self.read_table(&table, text, path)
    }

    /// Reads the entries of a table of `text`, in the order of the text. `path` is used in
    /// messages.
    ///
    /// # Errors
    /// `UnknownName` or `BadValue` for the first line with a fault.
    pub fn read_table(
        &mut self,
        table: &BTreeMap<toml::Spanned<String>, toml::Value>,
        text: &str,
        path: &Path,
    ) -> Result<(), SettingsError> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let line = 1 + text[..key.span().start].matches('\n').count();
            let origin = Origin::File { path: path.to_path_buf(), line };
            let given = match &value {
                toml::Value::Table(_) => "a table".to_string(),
                value => value.to_string(),
            };
            self.put(key.get_ref(), &given, |kind| kind.take(value), origin)?;
        }
        Ok(())
    }

    /// Reads one `key=value` of the command line.
    ///
    /// # Errors
    /// `NoEquals`, `UnknownName` or `BadValue`.
    pub fn set_pair(&mut self, pair: &str) -> Result<(), SettingsError> {
        let no_equals = || SettingsError::NoEquals { given: pair.to_string() };
        let (key, value) = pair.split_once('=').ok_or_else(no_equals)?;
        self.set(key.trim(), value.trim())
    }

    /// Sets one key from its text on the command line.
    ///
    /// # Errors
    /// `UnknownName` or `BadValue`.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), SettingsError> {
        self.put(key, text, |kind| kind.parse(text), Origin::CommandLine)
    }

    /// The value of a key.
    ///
    /// # Panics
    /// If the settings have no such key.
    #[track_caller]
    pub fn value(&self, key: &str) -> &Value {
        self.values.get(key).unwrap_or_else(|| panic!("settings: there is no key {key}"))
    }

    /// The values of these keys, by name.
    ///
    /// # Panics
    /// If one of the keys is not among the settings.
    pub fn of(&self, specs: &[KeySpec]) -> BTreeMap<String, Value> {
        specs.iter().map(|spec| (spec.name.to_string(), self.values[spec.name].clone())).collect()
    }

    fn put(
        &mut self,
        key: &str,
        given: &str,
        read: impl FnOnce(Kind) -> Option<Value>,
        origin: Origin,
    ) -> Result<(), SettingsError> {
        if [TARGET, DENSITY_TEXT].contains(&key) {
            let requirement = "a text in quotes, in a configuration file".to_string();
            return Err(SettingsError::BadValue {
                key: key.to_string(),
                value: given.to_string(),
                requirement,
                origin,
            });
        }
        let Some(spec) = self.specs.iter().find(|spec| spec.name == key) else {
            let known: Vec<&str> = self.specs.iter().map(|spec| spec.name).collect();
            return Err(unknown("key", key, &known, origin));
        };
        let Some(value) = read(spec.kind) else {
            return Err(refused(spec, given, origin));
        };
        self.values.insert(spec.name, value);
        Ok(())
    }
}

/// The error for a value that a key does not allow: an unknown name if the key has a choice, and a
/// bad value otherwise.
fn refused(spec: &KeySpec, given: &str, origin: Origin) -> SettingsError {
    match spec.kind.choices() {
        Some(words) => unknown(spec.name, given.trim_matches('"'), words, origin),
        None => SettingsError::BadValue {
            key: spec.name.to_string(),
            value: given.to_string(),
            requirement: spec.kind.to_string(),
            origin,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::density::Range;

    fn settings() -> Settings {
        let spec = |name, kind, default| KeySpec { name, kind, default, help: "" };
        Settings::new(vec![
            spec(
                "evolution",
                Kind::Choice(&["general-ode", "annealed-ode"]),
                Value::Word("general-ode".into()),
            ),
            spec("steps", Kind::Count { least: 1, most: 1000 }, Value::Count(60)),
            spec("scale", Kind::Number(Range::Real { from: 0.5, to: 9.0 }), Value::Real(1.0)),
            spec("pairs", Kind::Number(Range::Even { from: 2, to: 8 }), Value::Count(2)),
        ])
    }

    fn toml_error(text: &str) -> String {
        settings().read_toml(text, Path::new("a.toml")).unwrap_err().to_string()
    }

    #[test]
    fn later_wins() {
        let mut s = settings();
        s.read_toml("steps = 7\nevolution = \"annealed-ode\"\nscale = 3\n", Path::new("a.toml")).unwrap();
        s.set_pair("steps=9").unwrap();
        assert_eq!((s.value("steps").count(), s.value("evolution").word()), (9, "annealed-ode"));
        assert_eq!(s.values["scale"], Value::Real(3.0));
        assert_eq!(s.values["pairs"], Value::Count(2));
    }

    #[test]
    fn files_are_refused_with_their_line() {
        assert_eq!(
            toml_error("steps = 7\nstpes = 8\n"),
            "a.toml, line 2: unknown key \"stpes\"; did you mean \"steps\"? Known: evolution, steps, scale, pairs"
        );
        assert_eq!(
            toml_error("\n\nscale = nan"),
            "a.toml, line 3: scale = nan: scale must be a number from 0.5 to 9"
        );
        for text in ["scale = inf", "scale = -1.0", "scale = 0", "scale = -inf", "scale = \"1\""] {
            assert!(toml_error(text).contains("must be a number from 0.5 to 9"), "{text}");
        }
        for text in ["pairs = 3", "pairs = 2.0", "pairs = nan", "pairs = 0", "pairs = 10"] {
            assert!(toml_error(text).contains("must be an even whole number from 2 to 8"), "{text}");
        }
        for text in [
            "steps = 0",
            "steps = 1001",
            "steps = -3",
            "steps = 1.5",
            "steps = \"7\"",
            "steps = [1]",
            "[steps]\na = 1",
        ] {
            assert!(toml_error(text).contains("must be a whole number from 1 to 1000"), "{text}");
        }
        assert!(toml_error("evolution = \"genral-ode\"").contains("did you mean \"general-ode\"?"));
    }

    #[test]
    fn syntax_has_line_and_column() {
        let error = toml_error("steps = 7\nwidth = = 3\n");
        assert!(error.contains("line 2, column 9"), "{error}");
        assert!(error.contains('^'), "{error}");
        assert!(toml_error("steps = 7\nsteps = 8\n").contains("duplicate key"));
    }

    #[test]
    fn pairs_are_refused_alike() {
        let error = |pair: &str| settings().set_pair(pair).unwrap_err().to_string();
        assert_eq!(error("steps"), "--set steps: write it as --set key=value");
        assert_eq!(error("scale=NaN"), "scale = NaN: scale must be a number from 0.5 to 9");
        assert_eq!(error("steps=-1"), "steps = -1: steps must be a whole number from 1 to 1000");
        assert!(error("pirs=2").contains("did you mean \"pairs\"?"));
        let mut s = settings();
        let missing = s.read_file(Path::new("/nowhere/at/all.toml")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/at/all.toml cannot be read"), "{missing}");
    }
}
