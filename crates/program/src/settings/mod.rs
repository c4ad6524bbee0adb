//! Settings of a run: the keys, where each value comes from, and the configuration file.

pub mod config_file;
pub mod keys;
pub mod layers;
pub mod problem;
pub mod run_keys;
pub mod run_settings;
