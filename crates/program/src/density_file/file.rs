//! A density file read and dispatched: formula, shared library or child process, and settings of the run.

use crate::density_file::entries::Entries;
use crate::density_file::error::DensityFileError;
use crate::density_file::source::{Embedded, Source};
use crate::density_file::{command, formula, library};
use pushforward::density::Target;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Spanned, Value};

/// Where a density comes from.
#[derive(Debug)]
pub enum Door {
    /// `log_density` and `[parameters]`: a formula.
    Formula(formula::Table),
    /// `[library]`: a shared library with a C interface.
    Library(library::Table),
    /// `[command]`: a child process.
    Command(command::Table),
}

/// A density file, understood as far as its tables go.
#[derive(Debug)]
pub struct DensityFile {
    /// Its text.
    pub source: Source,
    /// Where the density comes from.
    pub door: Door,
    /// The table `[run]`: settings with the keys of `--set`.
    pub run: BTreeMap<Spanned<String>, Value>,
}

/// All that may stand in a density file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    log_density: Option<Spanned<String>>,
    report: Option<Spanned<Vec<String>>>,
    model: Option<formula::ModelTable>,
    parameters: Option<Entries>,
    data: Option<Entries>,
    library: Option<library::Table>,
    command: Option<command::Table>,
    #[serde(default)]
    run: BTreeMap<Spanned<String>, Value>,
}

impl DensityFile {
    /// Whether a word of the command line means a density file: it ends in `.toml` or names a file.
    pub fn is_meant_by(word: &str) -> bool {
        word.ends_with(".toml") || Path::new(word).is_file()
    }

    /// Reads a density file and decides on its door; nothing that it names is opened yet.
    ///
    /// # Errors
    /// `Unreadable`, `Syntax`, `NoDoor` and `TwoDoors` of [`DensityFileError`].
    pub fn read(path: &Path) -> Result<DensityFile, DensityFileError> {
        DensityFile::of(Source::read(path)?)
    }

    /// Reads a density file built into the program.
    ///
    /// # Errors
    /// As [`DensityFile::read`].
    pub fn embedded(path: &str, files: Embedded) -> Result<DensityFile, DensityFileError> {
        DensityFile::of(Source::embedded(path, files)?)
    }

    /// The same for a text that was read before.
    ///
    /// # Errors
    /// `Syntax`, `NoDoor` and `TwoDoors` of [`DensityFileError`].
    pub fn of(source: Source) -> Result<DensityFile, DensityFileError> {
        let tables: Tables = toml::from_str(&source.text)
            .map_err(|cause| DensityFileError::Syntax { path: source.path.clone(), cause })?;
        let mut doors = Vec::new();
        let Tables { log_density, report, model, parameters, data, library, command, run } = tables;
        if model.is_some() && (log_density.is_some() || report.is_some()) {
            let doors = vec!["log_density above the tables", "[model]"];
            return Err(DensityFileError::TwoDoors { path: source.path, doors });
        }
        let model = model.unwrap_or(formula::ModelTable { log_density, report });
        if model.log_density.is_some() || model.report.is_some() || parameters.is_some() || data.is_some() {
            doors.push(("[parameters]", Door::Formula(formula::Table { model, parameters, data })));
        }
        doors.extend(library.map(|table| ("[library]", Door::Library(table))));
        doors.extend(command.map(|table| ("[command]", Door::Command(table))));
        let names: Vec<&'static str> = doors.iter().map(|(name, _)| *name).collect();
        match doors.pop() {
            None => Err(DensityFileError::NoDoor { path: source.path }),
            Some((_, door)) if doors.is_empty() => Ok(DensityFile { source, door, run }),
            Some(_) => Err(DensityFileError::TwoDoors { path: source.path, doors: names }),
        }
    }

    /// The density.
    ///
    /// # Errors
    /// [`DensityFileError`], with the place in the file where there is one.
    pub fn open(&self) -> Result<Box<dyn Target>, DensityFileError> {
        match &self.door {
            Door::Formula(table) => formula::open(table, &self.source),
            Door::Library(table) => library::open(table, &self.source),
            Door::Command(table) => command::open(table, &self.source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DensityFile, DensityFileError> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("model.toml");
        std::fs::write(&path, text).unwrap();
        DensityFile::read(&path)
    }

    #[test]
    fn each_door_has_its_table() {
        let door = |text: &str| read(text).unwrap().door;
        assert!(matches!(
            door("log_density = \"x ~ normal(0, 1)\"\n[parameters]\nx = \"real\""),
            Door::Formula(_)
        ));
        assert!(matches!(door("[library]\npath = \"a.so\""), Door::Library(_)));
        assert!(matches!(door("[command]\nprogram = [\"a\"]\ndim = 2\n[run]\nsteps = 7"), Door::Command(_)));
    }

    #[test]
    fn none_two_or_unknown_are_refused() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert!(error("[run]\nsteps = 7").contains("does not say where the density comes from"));
        let both = error("[library]\npath = \"a\"\n[parameters]\nx = \"real\"");
        assert!(both.contains("more than once") && both.contains("[parameters], [library]"), "{both}");
        let unknown = error("\n[paramters]\nx = \"real\"");
        assert!(unknown.contains("line 2, column 2") && unknown.contains("`parameters`"), "{unknown}");
        let missing = DensityFile::read(Path::new("/nowhere/model.toml")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/model.toml cannot be read"), "{missing}");
    }

    #[test]
    fn words_that_mean_a_file() {
        assert!(DensityFile::is_meant_by("nowhere/model.toml") && !DensityFile::is_meant_by("gmm9"));
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("model");
        std::fs::write(&path, "").unwrap();
        assert!(DensityFile::is_meant_by(path.to_str().unwrap()));
    }
}
