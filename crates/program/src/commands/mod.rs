//! The commands of the program, from the arguments of the command line to an exit code.

pub mod audit;
pub mod entry;
pub mod plan;
pub mod program;
pub mod resolved_run;
pub mod resume;
pub mod run;
pub mod sample;
