//! The program: command line, settings, the main job from a target's name to a folder with a verdict.

mod arguments;
mod audit;
mod entry;
mod exit;
mod figures;
mod interrupt;
mod keys;
mod program;
mod progress;
mod report;
mod report_data;
mod report_files;
mod report_text;
mod reproduce;
mod run;
mod run_settings;
mod settings;
mod shown_coordinates;
mod summary;
mod table;

pub use arguments::{Call, ReproduceCall, RunCall, TABLES, parse};
pub use entry::main;
pub use exit::{CliError, Exit};
pub use interrupt::watch_signals;
pub use keys::{KeySpec, Kind, Value};
pub use program::program;
pub use progress::{Display, Style};
pub use report_files::ReportError;
pub use reproduce::Comparison;
pub use run::{Console, Output, RunOptions, Subject, run_target};
pub use run_settings::RunSettings;
pub use settings::{Origin, Settings, SettingsError};
pub use summary::summary;
pub use table::{Check, audit_exit, audit_table, targets_text};
