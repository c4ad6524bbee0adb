//! Density files: TOML that gives the source of a log density and the settings of its fit.

pub mod command;
pub mod csv;
pub mod csv_error;
pub mod data;
pub mod entries;
pub mod error;
pub mod file;
pub mod formula;
pub mod laplacian;
pub mod library;
pub mod source;
