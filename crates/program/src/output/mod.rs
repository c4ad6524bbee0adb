//! What a run shows and leaves: streams, progress, exit codes, tables, draws and the summary.

pub mod comparison;
pub mod draw_files;
pub mod error;
pub mod exit;
pub mod interrupt;
pub mod keeper;
pub mod progress;
pub mod recorded;
pub mod streams;
pub mod summary;
pub mod table;
pub mod threads;
pub mod zarr_draws;
