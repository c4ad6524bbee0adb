//! The command line: what it accepts, and what it prints as help.

pub mod call;
pub mod exit_codes;
pub mod folder_arguments;
