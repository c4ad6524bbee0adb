//! The folder of a run: it is complete or absent, and holds the record, the log and every file of
//! the run.

pub mod atomic_write;
pub mod folder_error;
pub mod new_folder;
pub mod reason;
pub mod record;
pub mod resume_error;
pub mod run_folder;
pub mod run_format;
pub mod run_log;
pub mod stop_json;
