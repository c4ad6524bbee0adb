//! The program `pushforward`: a target or a density file in, a folder with draws, log Z, a report and a verdict out.
//!
//! The rooms stand in the order in which they use one another: drawing and file formats first, then density files and
//! settings, the report, what is shown, the command line, and the commands that join all of it.

pub mod arguments;
pub mod commands;
pub mod density_file;
pub mod figure;
pub mod folder;
pub mod format;
pub mod output;
pub mod page;
pub mod report;
pub mod settings;
