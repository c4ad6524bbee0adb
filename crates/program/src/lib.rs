//! The program `pushforward` reads a target or a density file and writes a folder with draws, log
//! Z, a report and a verdict.
//!
//! Each room imports only rooms above it: file formats and drawing come first, then the folder of a
//! run, density files and settings, the report, what is printed and written, the command line, and
//! the commands that join all of it.

pub mod format;

pub mod figure;

pub mod page;

pub mod folder;

pub mod density_file;

pub mod settings;

pub mod report;

pub mod output;

pub mod arguments;

pub mod commands;
