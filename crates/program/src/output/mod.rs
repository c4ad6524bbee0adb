//! The output of a run: streams, progress, exit codes, tables, draws and the summary.

pub mod build_record;
pub mod comparison;
pub mod draw_files;
pub mod error;
pub mod exit;
pub mod interrupt;
pub mod progress;
pub mod run_observer;
pub mod streams;
pub mod summary;
pub mod table;
pub mod threads;
pub mod zarr_draws;
