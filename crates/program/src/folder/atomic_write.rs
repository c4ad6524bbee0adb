//! Building blocks of atomic writes: synced files, synced folders, and hidden neighbours to rename
//! from.

use crate::folder::folder_error::FolderError;
use crate::folder::folder_error::not_writable;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Follows links in the path, so that a link to a folder stays a link when the folder is replaced.
pub fn resolved(path: &Path) -> Result<PathBuf, FolderError> {
    let not_a_folder = || FolderError::NotAFolder { path: path.to_path_buf() };
    if path.file_name().is_none() && !path.is_dir() {
        return Err(not_a_folder());
    }
    if path.exists() {
        let found = path.canonicalize().map_err(|cause| not_writable(path, cause))?;
        return if found.file_name().is_some() { Ok(found) } else { Err(not_a_folder()) };
    }
    // A link to a path that does not exist is not replaced.
    if path.symlink_metadata().is_ok() {
        return Err(not_a_folder());
    }
    std::path::absolute(path).map_err(|cause| not_writable(path, cause))
}

/// The path of a hidden neighbour that no other process uses. It is on the same file system, so a
/// rename is one step.
pub fn beside(place: &Path, what: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    place.with_file_name(format!(".{name}.{what}-{process}-{count}"))
}

/// Writes a file and waits until its bytes are on disk.
pub fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Waits until the names in a folder are on disk. Only Unix can open a folder to sync it.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
