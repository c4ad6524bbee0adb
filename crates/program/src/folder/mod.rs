//! The run folder: it is complete or absent, and holds the record, the log and every file of a run.

pub mod durable;
pub mod folder;
pub mod folder_error;
pub mod new_folder;
pub mod record;
pub mod resume_error;
pub mod run_log;
