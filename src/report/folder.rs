//! The folder of a run: checked before the fit, filled beside its place, moved there when complete.
//!
//! Until [`RunFolder::commit`] nothing that existed is touched. Every file is written under a temporary
//! name, synced and renamed, so a name that can be seen is a file that is whole.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names a run may leave in its folder. A folder with any other entry is never replaced.
pub const RUN_FILES: [&str; 20] = [
    "run.json",
    "draws.npy",
    "log_weights.npy",
    "losses.csv",
    "seconds.csv",
    "report.html",
    "figure-density.csv",
    "figure-density.svg",
    "figure-log_z.csv",
    "figure-log_z.svg",
    "figure-loss.svg",
    "figure-marginals.csv",
    "figure-pairs.csv",
    "figure-points.csv",
    "figure-residual.csv",
    "figure-residual.svg",
    "figure-trajectories.csv",
    "figure-trajectories.svg",
    "figure-weights.csv",
    "figure-weights.svg",
];

/// What to do if the folder exists and is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// An error.
    Refuse,
    /// Replace it if it is the folder of a run.
    Replace,
}

/// Why there is no folder, with its path.
#[derive(Debug)]
pub enum FolderError {
    /// It exists and is not empty.
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// To be replaced, but it holds no run.json or something no run writes.
    NotARun {
        /// The folder.
        path: PathBuf,
        /// What is missing or foreign.
        why: String,
    },
    /// Something else than a folder, or a path without a last name.
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be created or written; found before any work.
    NotWritable {
        /// The path that failed.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file could not be written or moved after the work; what was written stays.
    Write {
        /// The path that failed.
        path: PathBuf,
        /// Where the written files are.
        kept: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FolderError::Exists { path } => {
                write!(f, "{} exists: choose another --out, or --force to replace it", path.display())
            }
            FolderError::NotARun { path, why } => write!(
                f,
                "{} is not replaced, even with --force: {why}. Choose another --out, or move it away",
                path.display()
            ),
            FolderError::NotAFolder { path } => {
                write!(f, "{} cannot be the output folder: give --out the name of one", path.display())
            }
            FolderError::NotWritable { path, cause } => write!(
                f,
                "{} cannot be written: {cause}. Choose another --out; nothing was computed yet",
                path.display()
            ),
            FolderError::Write { path, kept, cause } => write!(
                f,
                "{} could not be written: {cause}. What there is stays in {}",
                path.display(),
                kept.display()
            ),
        }
    }
}

impl std::error::Error for FolderError {}

/// A folder being filled. Dropped without [`RunFolder::commit`], it leaves no trace.
#[derive(Debug)]
pub struct RunFolder {
    place: PathBuf,
    partial: PathBuf,
    if_exists: IfExists,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Partial folder, to be removed when dropped.
    Filling,
    /// The same, and an empty folder holds the place.
    Reserved,
    /// Moved into place, or kept for the user.
    Done,
}

impl RunFolder {
    /// Checks the place and starts a partial folder beside it; missing parents are created.
    ///
    /// # Errors
    /// All of [`FolderError`] but `Write`.
    pub fn create(path: &Path, if_exists: IfExists) -> Result<RunFolder, FolderError> {
        let place = resolved(path)?;
        check_place(&place, if_exists)?;
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|cause| not_writable(&place, cause))?;
        let partial = beside(&place, "partial");
        fs::create_dir(&partial).map_err(|cause| not_writable(&place, cause))?;
        let folder = RunFolder { place, partial, if_exists, state: State::Filling };
        let probe = folder.partial.join("probe");
        let probed = write_synced(&probe, b"probe").and_then(|()| fs::remove_file(&probe));
        probed.map_err(|cause| not_writable(&folder.place, cause))?;
        Ok(folder)
    }

    /// The first of `path`, `path-2`, `path-3`, … that does not exist; an empty folder reserves it.
    ///
    /// # Errors
    /// As [`RunFolder::create`].
    pub fn create_first_free(path: &Path) -> Result<RunFolder, FolderError> {
        let path = resolved(path)?;
        let parent = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|cause| not_writable(&path, cause))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let candidates = (1u32..).map(|k| if k == 1 { name.clone() } else { format!("{name}-{k}") });
        for candidate in candidates {
            let place = path.with_file_name(candidate);
            match fs::create_dir(&place) {
                Ok(()) => {
                    let created = RunFolder::create(&place, IfExists::Refuse);
                    return match created {
                        Ok(mut folder) => {
                            folder.state = State::Reserved;
                            Ok(folder)
                        }
                        Err(error) => {
                            let _ = fs::remove_dir(&place);
                            Err(error)
                        }
                    };
                }
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
                Err(cause) => return Err(not_writable(&place, cause)),
            }
        }
        unreachable!("four thousand million folders")
    }

    /// Where the folder will be.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Writes one file, whole or not at all.
    ///
    /// # Errors
    /// [`FolderError::Write`]; the partial folder stays.
    ///
    /// # Panics
    /// If `name` is not in [`RUN_FILES`].
    #[track_caller]
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        assert!(RUN_FILES.contains(&name), "folder: {name} is not in RUN_FILES");
        let (temporary, path) = (self.partial.join(format!(".{name}.tmp")), self.partial.join(name));
        let written = write_synced(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path));
        written.map_err(|cause| self.keep(path, cause))
    }

    /// Moves the folder into place, the old one out of it, and gives the path.
    ///
    /// # Errors
    /// [`FolderError::Write`], `Exists` or `NotARun` if the place changed meanwhile; the old folder and the partial one stay.
    pub fn commit(mut self) -> Result<PathBuf, FolderError> {
        // Whatever happens from here on, what was computed stays on disk.
        let reserved = self.state == State::Reserved;
        self.state = State::Done;
        let place = self.place.clone();
        sync_folder(&self.partial).map_err(|cause| self.keep(self.partial.clone(), cause))?;
        if self.if_exists == IfExists::Replace && place.exists() {
            self.replace()?;
        } else {
            if reserved {
                // Empty unless somebody filled it; then the rename below says so.
                let _ = fs::remove_dir(&place);
            }
            fs::rename(&self.partial, &place).map_err(|cause| self.keep(place.clone(), cause))?;
        }
        // The folder is in place; a file system that cannot sync its parent takes nothing away.
        let _ = place.parent().map(sync_folder);
        Ok(place)
    }

    fn replace(&mut self) -> Result<(), FolderError> {
        let place = self.place.clone();
        check_place(&place, IfExists::Replace)?;
        let old = beside(&place, "replaced");
        fs::rename(&place, &old).map_err(|cause| self.keep(place.clone(), cause))?;
        if let Err(cause) = fs::rename(&self.partial, &place) {
            let _ = fs::rename(&old, &place);
            return Err(self.keep(place, cause));
        }
        fs::remove_dir_all(&old).map_err(|cause| FolderError::Write { path: old, kept: place, cause })
    }

    fn keep(&mut self, path: PathBuf, cause: io::Error) -> FolderError {
        self.state = State::Done;
        FolderError::Write { path, kept: self.partial.clone(), cause }
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.state == State::Done {
            return;
        }
        let _ = fs::remove_dir_all(&self.partial);
        if self.state == State::Reserved {
            let _ = fs::remove_dir(&self.place);
        }
    }
}

/// The path with links followed, so that a link to a folder stays one when the folder is replaced.
fn resolved(path: &Path) -> Result<PathBuf, FolderError> {
    let not_a_folder = || FolderError::NotAFolder { path: path.to_path_buf() };
    if path.file_name().is_none() {
        return Err(not_a_folder());
    }
    if path.exists() {
        return path.canonicalize().map_err(|cause| not_writable(path, cause));
    }
    // A link to nowhere is not ours to fill.
    if path.symlink_metadata().is_ok() {
        return Err(not_a_folder());
    }
    std::path::absolute(path).map_err(|cause| not_writable(path, cause))
}

/// Whether a new folder may take this place.
fn check_place(path: &Path, if_exists: IfExists) -> Result<(), FolderError> {
    if !path.exists() {
        return Ok(());
    }
    if !path.is_dir() {
        return Err(FolderError::NotAFolder { path: path.to_path_buf() });
    }
    let listed: io::Result<Vec<_>> = fs::read_dir(path).and_then(Iterator::collect);
    let entries = listed.map_err(|cause| not_writable(path, cause))?;
    if entries.is_empty() {
        return Ok(());
    }
    if if_exists == IfExists::Refuse {
        return Err(FolderError::Exists { path: path.to_path_buf() });
    }
    let not_a_run = |why| Err(FolderError::NotARun { path: path.to_path_buf(), why });
    if !path.join("run.json").is_file() {
        return not_a_run("it holds no run.json, so it is not the folder of a run".to_string());
    }
    let mut names: Vec<String> =
        entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    match names.iter().find(|name| !RUN_FILES.contains(&name.as_str())) {
        Some(foreign) => not_a_run(format!("it holds {foreign:?}, which no run wrote")),
        None => Ok(()),
    }
}

fn not_writable(path: &Path, cause: io::Error) -> FolderError {
    FolderError::NotWritable { path: path.to_path_buf(), cause }
}

/// A hidden neighbour that no other process uses: same file system, so that a rename is one step.
fn beside(place: &Path, what: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    place.with_file_name(format!(".{name}.{what}-{process}-{count}"))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the names in a folder durable; only Unix lets a folder be opened for it.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
