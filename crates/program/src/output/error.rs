//! The error type of the program, which determines its exit code.

use crate::density_file::error::DensityFileError;
use crate::folder::folder_error::FolderError;
use crate::folder::resume_error::ResumeError;
use crate::output::exit::Exit;
use crate::report::report_files::ReportError;
use crate::settings::layers::SettingsError;
use pushforward::density::{PreflightError, Target};
use pushforward::training::FitError;
use std::io;

/// Any error that keeps the program from its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// A setting is wrong.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// The density file cannot be read or describes no density.
    #[error("{0}")]
    DensityFile(#[source] Box<DensityFileError>),
    /// The output folder cannot be used.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// The files that a run left to resume from cannot be used.
    #[error("{0}")]
    Resume(#[from] ResumeError),
    /// The density failed before anything was fitted.
    #[error("{0}")]
    Preflight(#[source] Box<PreflightError>),
    /// The fit failed, or the density failed at the draws.
    #[error("{0}")]
    Fit(#[from] FitError),
    /// The density failed at a point; the coordinates of the point are named.
    #[error("{cause}\nx = ({})", shown(.coordinates))]
    Named {
        /// The failure of the density at that point.
        #[source]
        cause: Box<CliError>,
        /// The names of all d coordinates.
        coordinates: Vec<String>,
    },
    /// The report of a run cannot be made.
    #[error("{0}")]
    Report(#[from] ReportError),
    /// No row of a table has the given text in its name.
    #[error("no row of the table {table} has \"{text}\" in its name; leave --only out to see all")]
    NoRow {
        /// The name of the table.
        table: String,
        /// The text that was searched for.
        text: String,
    },
    /// The system refused threads, signals or standard output.
    #[error("{what}: {cause}")]
    System {
        /// The operation that failed, in words.
        what: &'static str,
        /// The error of the system.
        #[source]
        cause: io::Error,
    },
}

/// The number of coordinates of a point that are printed with their names.
const NAMED: usize = 8;

impl CliError {
    /// The same error with names for the coordinates of its point, if the density names them.
    pub fn named(self, target: &dyn Target) -> CliError {
        let coordinates = target.names();
        let are_own = coordinates.iter().enumerate().any(|(k, name)| *name != format!("x{}", k + 1));
        if self.exit() != Exit::DensityFailed || !are_own {
            return self;
        }
        CliError::Named { cause: Box::new(self), coordinates }
    }

    /// The exit code of the error.
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

/// The first names, followed by dots if there are more.
fn shown(coordinates: &[String]) -> String {
    let more = if coordinates.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", coordinates[..coordinates.len().min(NAMED)].join(", "))
}

impl From<DensityFileError> for CliError {
    fn from(error: DensityFileError) -> CliError {
        CliError::DensityFile(Box::new(error))
    }
}

impl From<PreflightError> for CliError {
    fn from(error: PreflightError) -> CliError {
        CliError::Preflight(Box::new(error))
    }
}
