//! Names in a folder.

use std::fs;
use std::path::Path;

/// The names of all that a folder holds, in order.
pub fn entries(path: &Path) -> Vec<String> {
    let read = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = read.collect();
    names.sort();
    names
}
