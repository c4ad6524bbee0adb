//! Folders of runs as tests look at them.

use pushforward_cli::folder::record::Record;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What shows wall time, and so differs from run to run.
pub const ON_THE_CLOCK: [&str; 5] =
    ["run.json", "log.jsonl", "seconds.csv", "figure-loss.svg", "report.html"];

/// The record of a run.
pub fn record_in(place: &Path) -> Record {
    Record::from_json(&fs::read_to_string(place.join("run.json")).unwrap()).unwrap()
}

/// Paths and bytes of all files in a folder and in those below.
pub fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut below = vec![folder.to_path_buf()];
    while let Some(next) = below.pop() {
        for entry in fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                below.push(entry);
            } else {
                files.insert(entry.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&entry).unwrap());
            }
        }
    }
    files
}
