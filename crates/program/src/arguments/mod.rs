//! The command line.

pub mod arguments;
pub mod exit_codes;
pub mod folder_arguments;
