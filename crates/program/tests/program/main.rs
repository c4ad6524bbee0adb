//! The program as its users call it: commands, density files, interruption and what is left in the folder.

#[path = "../report/html.rs"]
mod html;

mod calls;
mod density_files;
mod entries;
mod golden;
mod interfaces;
mod older_runs;
mod resume;
mod run_folder;
mod runs;
mod started;
mod users_scale;
