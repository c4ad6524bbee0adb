//! The commands of the program, from the words of the command line to an exit.

pub mod audit;
pub mod chosen;
pub mod entry;
pub mod plan;
pub mod program;
pub mod resume;
pub mod run;
pub mod sample;
