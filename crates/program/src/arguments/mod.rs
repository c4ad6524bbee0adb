//! The command line.

pub mod arguments;
pub mod folder_arguments;
