//! The program as its users call it: commands, density files, interruption and what is left in the folder.

#[path = "../report/html.rs"]
mod html;

mod calls;
mod density_files;
mod interfaces;
mod resume;
mod run_folder;
mod runs;
mod users_scale;
