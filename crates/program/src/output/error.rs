//! The one error of the program, which says how it ends.

use crate::density_file::error::DensityFileError;
use crate::folder::folder_error::FolderError;
use crate::folder::resume_error::ResumeError;
use crate::output::exit::Exit;
use crate::report::report_files::ReportError;
use crate::settings::settings::SettingsError;
use pushforward::density::{PreflightError, Target};
use pushforward::training::FitError;
use std::io;

/// Anything that keeps the program from its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// A setting.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// The density file.
    #[error("{0}")]
    DensityFile(#[source] Box<DensityFileError>),
    /// The output folder.
    #[error("{0}")]
    Folder(#[from] FolderError),
    /// What a run left to go on from.
    #[error("{0}")]
    Resume(#[from] ResumeError),
    /// The density, before anything was fitted.
    #[error("{0}")]
    Preflight(#[source] Box<PreflightError>),
    /// The fit, or the density at the draws.
    #[error("{0}")]
    Fit(#[from] FitError),
    /// The density at a point, with the names of the coordinates that the point is told in.
    #[error("{cause}\nx = ({})", shown(.coordinates))]
    Named {
        /// What it did there.
        #[source]
        cause: Box<CliError>,
        /// All d names.
        coordinates: Vec<String>,
    },
    /// The report of a run.
    #[error("{0}")]
    Report(#[from] ReportError),
    /// No row of a table has the text asked for in its name.
    #[error("no row of the table {table} has \"{text}\" in its name; leave --only out to see all")]
    NoRow {
        /// The table.
        table: String,
        /// The text.
        text: String,
    },
    /// Threads, signals or standard output.
    #[error("{what}: {cause}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system says.
        #[source]
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

/// The first names, and whether there are more.
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
