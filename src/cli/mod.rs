//! The program: command line, settings, the main job from a target's name to a folder with a verdict.

mod arguments;
mod audit;
mod catalogue;
mod connect;
mod engine;
mod entry;
mod exit;
mod figures;
mod interrupt;
mod keys;
mod program;
mod progress;
mod run;
mod settings;
mod summary;
mod table;

pub use arguments::{Call, RunCall, parse};
pub use catalogue::{Catalogue, TargetEntry};
pub use connect::{BuiltIn, defaults};
pub use engine::{Ended, Engine, EngineError, FitSettings, Fitted, Job, Judgement, Step};
pub use entry::main;
pub use exit::{CliError, Exit};
pub use interrupt::watch_signals;
pub use keys::{KeySpec, Kind, Value};
pub use program::{Parts, program};
pub use progress::{Display, Progress, Style};
pub use run::{Console, Output, RunOptions, Subject, run_target};
pub use settings::{Origin, Settings, SettingsError};
pub use summary::summary;
pub use table::{Check, audit_exit, audit_table, targets_text};
