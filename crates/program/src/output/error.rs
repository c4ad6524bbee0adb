//! The one error of the program, which says how it ends.

use crate::density_file::error::DensityFileError;
use crate::folder::folder_error::FolderError;
use crate::folder::resume_error::ResumeError;
use crate::output::exit::Exit;
use crate::report::report_files::ReportError;
use crate::settings::settings::SettingsError;
use pushforward::density::{PreflightError, Target};
use pushforward::fitting::FitError;
use std::fmt;
use std::io;

/// Anything that keeps the program from its result.
#[derive(Debug)]
pub enum CliError {
    /// A setting.
    Settings(SettingsError),
    /// The density file.
    DensityFile(Box<DensityFileError>),
    /// The output folder.
    Folder(FolderError),
    /// What a run left to go on from.
    Resume(ResumeError),
    /// The density, before anything was fitted.
    Preflight(Box<PreflightError>),
    /// The fit, or the density at the draws.
    Fit(FitError),
    /// The density at a point, with the names of the coordinates that the point is told in.
    Named {
        /// What it did there.
        cause: Box<CliError>,
        /// All d names.
        coordinates: Vec<String>,
    },
    /// The report of a run.
    Report(ReportError),
    /// No row of a table has the text asked for in its name.
    NoRow {
        /// The table.
        table: String,
        /// The text.
        text: String,
    },
    /// Threads, signals or standard output.
    System {
        /// What was tried.
        what: &'static str,
        /// What the system says.
        cause: io::Error,
    },
}

/// Coordinates that are named: as many as are printed of a point.
const NAMED: usize = 8;

impl CliError {
    /// The same with names for the coordinates of a point of this density, where they have names of their own.
    pub fn named(self, target: &dyn Target) -> CliError {
        let coordinates = target.names();
        let are_own = coordinates.iter().enumerate().any(|(k, name)| *name != format!("x{}", k + 1));
        if self.exit() != Exit::DensityFailed || !are_own {
            return self;
        }
        CliError::Named { cause: Box::new(self), coordinates }
    }

    /// The exit it leads to.
    pub fn exit(&self) -> Exit {
        match self {
            CliError::Folder(FolderError::Write { .. } | FolderError::NoRoom { .. })
            | CliError::Report(ReportError::Write { .. })
            | CliError::System { .. } => Exit::OutputFailed,
            CliError::Preflight(_) | CliError::Fit(FitError::Density(_) | FitError::NoSupport { .. }) => {
                Exit::DensityFailed
            }
            CliError::Named { cause, .. } => cause.exit(),
            CliError::Settings(_)
            | CliError::DensityFile(_)
            | CliError::Folder(_)
            | CliError::Resume(_)
            | CliError::Fit(_)
            | CliError::Report(_)
            | CliError::NoRow { .. } => Exit::WrongCall,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CliError::Settings(error) => error.fmt(f),
            CliError::DensityFile(error) => error.fmt(f),
            CliError::Folder(error) => error.fmt(f),
            CliError::Resume(error) => error.fmt(f),
            CliError::Preflight(error) => error.fmt(f),
            CliError::Fit(error) => error.fmt(f),
            CliError::Named { cause, coordinates } => {
                let shown = &coordinates[..coordinates.len().min(NAMED)];
                let more = if coordinates.len() > NAMED { ", …" } else { "" };
                write!(f, "{cause}\nx = ({}{more})", shown.join(", "))
            }
            CliError::Report(error) => error.fmt(f),
            CliError::NoRow { table, text } => {
                write!(
                    f,
                    "no row of the table {table} has \"{text}\" in its name; leave --only out to see all"
                )
            }
            CliError::System { what, cause } => write!(f, "{what}: {cause}"),
        }
    }
}

impl std::error::Error for CliError {}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> CliError {
        CliError::Settings(error)
    }
}

impl From<DensityFileError> for CliError {
    fn from(error: DensityFileError) -> CliError {
        CliError::DensityFile(Box::new(error))
    }
}

impl From<FolderError> for CliError {
    fn from(error: FolderError) -> CliError {
        CliError::Folder(error)
    }
}

impl From<ReportError> for CliError {
    fn from(error: ReportError) -> CliError {
        CliError::Report(error)
    }
}

impl From<ResumeError> for CliError {
    fn from(error: ResumeError) -> CliError {
        CliError::Resume(error)
    }
}

impl From<PreflightError> for CliError {
    fn from(error: PreflightError) -> CliError {
        CliError::Preflight(Box::new(error))
    }
}

impl From<FitError> for CliError {
    fn from(error: FitError) -> CliError {
        CliError::Fit(error)
    }
}
