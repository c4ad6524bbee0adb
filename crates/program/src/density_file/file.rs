//! A density file that has been read: its formula, shared library or child process, and settings of
//! the run.

use crate::density_file::entries::Entries;
use crate::density_file::error::DensityFileError;
use crate::density_file::source::{Embedded, Source};
use crate::density_file::{command, formula, library};
use pushforward::density::Target;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Spanned, Value};

/// The interface through which a density is evaluated.
#[derive(Debug)]
pub enum DensitySource {
    /// A formula: `log_density` and `[parameters]`.
    Formula(formula::Table),
    /// A shared library with a C interface: `[library]`.
    Library(library::Table),
    /// A child process: `[command]`.
    Command(command::Table),
}

/// A density file whose tables were parsed. Nothing that it names has been opened.
#[derive(Debug)]
pub struct DensityFile {
    /// The text and the path of the file.
    pub source: Source,
    /// The source of the density.
    pub density: DensitySource,
    /// The table `[run]`: settings with the keys of `--set`.
    pub run: BTreeMap<Spanned<String>, Value>,
}

/// All keys and tables that a density file may have.
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
    /// Whether an argument of the command line means a density file: it ends in `.toml` or names a
    /// file.
    pub fn is_meant_by(word: &str) -> bool {
        word.ends_with(".toml") || Path::new(word).is_file()
    }

    /// Reads a density file and determines its density source. Nothing that it names is opened yet.
    ///
    /// # Errors
    /// `Unreadable`, `Syntax`, `NoDensitySource` and `TwoDensitySources` of [`DensityFileError`].
    pub fn read(path: &Path) -> Result<DensityFile, DensityFileError> {
        DensityFile::of(Source::read(path)?)
    }

    /// Reads a density file built into the program.
    ///
    /// # Errors
    /// Those of [`DensityFile::read`].
    pub fn embedded(path: &str, files: Embedded) -> Result<DensityFile, DensityFileError> {
        DensityFile::of(Source::embedded(path, files)?)
    }

    /// Parses the text of a density file that was read before.
    ///
    /// # Errors
    /// `Syntax`, `NoDensitySource` and `TwoDensitySources` of [`DensityFileError`].
    pub fn of(source: Source) -> Result<DensityFile, DensityFileError> {
        let tables: Tables = toml::from_str(&source.text)
            .map_err(|cause| DensityFileError::Syntax { path: source.path.clone(), cause })?;
        let mut sources = Vec::new();
        let Tables { log_density, report, model, parameters, data, library, command, run } = tables;
        if model.is_some() && (log_density.is_some() || report.is_some()) {
            let tables = vec!["log_density above the tables", "[model]"];
            return Err(DensityFileError::TwoDensitySources { path: source.path, tables });
        }
        let model = model.unwrap_or(formula::ModelTable { log_density, report });
        if model.log_density.is_some() || model.report.is_some() || parameters.is_some() || data.is_some() {
            sources
                .push(("[parameters]", DensitySource::Formula(formula::Table { model, parameters, data })));
        }
        sources.extend(library.map(|table| ("[library]", DensitySource::Library(table))));
        sources.extend(command.map(|table| ("[command]", DensitySource::Command(table))));
        let names: Vec<&'static str> = sources.iter().map(|(name, _)| *name).collect();
        match sources.pop() {
            None => Err(DensityFileError::NoDensitySource { path: source.path }),
            Some((_, density)) if sources.is_empty() => Ok(DensityFile { source, density, run }),
            Some(_) => Err(DensityFileError::TwoDensitySources { path: source.path, tables: names }),
        }
    }

    /// Opens the density: compiles the formula, loads the library or starts the processes.
    ///
    /// # Errors
    /// [`DensityFileError`], with the place in the file if the fault has one.
    pub fn open(&self) -> Result<Box<dyn Target>, DensityFileError> {
        match &self.density {
            DensitySource::Formula(table) => formula::open(table, &self.source),
            DensitySource::Library(table) => library::open(table, &self.source),
            DensitySource::Command(table) => command::open(table, &self.source),
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
    fn each_density_source_has_its_table() {
        let density = |text: &str| read(text).unwrap().density;
        assert!(matches!(
            density("log_density = \"x ~ normal(0, 1)\"\n[parameters]\nx = \"real\""),
            DensitySource::Formula(_)
        ));
        assert!(matches!(density("[library]\npath = \"a.so\""), DensitySource::Library(_)));
        assert!(matches!(
            density("[command]\nprogram = [\"a\"]\ndim = 2\n[run]\nsteps = 7"),
            DensitySource::Command(_)
        ));
    }

    #[test]
    fn none_two_or_unknown_are_errors() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert!(error("[run]\nsteps = 7").contains("does not say where the density comes from"));
        let both = error("[library]\npath = \"a\"\n[parameters]\nx = \"real\"");
        assert!(both.contains("more than once"), "{both}");
        assert!(both.contains("[parameters], [library]"), "{both}");
        let unknown = error("\n[paramters]\nx = \"real\"");
        assert!(unknown.contains("line 2, column 2"), "{unknown}");
        assert!(unknown.contains("`parameters`"), "{unknown}");
        let missing = DensityFile::read(Path::new("/nowhere/model.toml")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/model.toml cannot be read"), "{missing}");
    }

    #[test]
    fn arguments_that_mean_a_file() {
        assert!(DensityFile::is_meant_by("nowhere/model.toml"));
        assert!(!DensityFile::is_meant_by("gmm9"));
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("model");
        std::fs::write(&path, "").unwrap();
        assert!(DensityFile::is_meant_by(path.to_str().unwrap()));
    }
}
