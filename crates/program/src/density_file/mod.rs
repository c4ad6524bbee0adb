//! Density files: TOML that says where a log density comes from, and how it is to be fitted.

pub mod command;
pub mod csv;
pub mod data;
pub mod entries;
pub mod error;
pub mod file;
pub mod formula;
pub mod laplacian;
pub mod library;
pub mod source;
