//! The folder of a run. It exists from the start, and the run can go on from it at every moment.
//!
//! * Configuration, log and checkpoint are in the folder during the run. A rename replaces the
//!   older file of that name.
//! * Results are written to a hidden folder inside and synced. One rename declares them complete,
//!   and then they move up, `run.json` last. A process that finds a declared folder after a crash
//!   moves the rest.
//! * A run that replaces an older one works in a neighbour, `NAME.new`, which takes the place when
//!   the run is complete.
//! * The log is locked, so no two processes work in one folder.

use crate::folder::atomic_write::{beside, resolved, sync_folder, write_synced};
use crate::folder::folder_error::{FolderError, not_writable};
use crate::folder::run_log::RunLog;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Names that a run may leave in its folder, beside folders `sample-1`, `sample-2`, …. A folder
/// with any other entry is never replaced.
pub const RUN_FILES: [&str; 26] = [
    "config.toml",
    "log.jsonl",
    "checkpoint.safetensors",
    "run.json",
    "draws.npy",
    "unconstrained.npy",
    "log_weights.npy",
    "draws.csv",
    "draws.zarr",
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

const CONFIG: &str = "config.toml";
const LOG: &str = "log.jsonl";
const RECORD: &str = "run.json";
/// The hidden folder of results that are being written, and the one of results that are complete.
const PARTIAL: &str = ".results.partial";
const READY: &str = ".results.ready";

/// The treatment of a folder that exists and is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// The run ends with an error.
    Refuse,
    /// The folder is replaced if it is the folder of a run.
    Replace,
}

/// A folder in which a run is at work. If it is dropped before its content is worth keeping, all
/// that the run made is removed.
#[derive(Debug)]
pub struct RunFolder {
    place: PathBuf,
    /// Where the files are: `place`, or its neighbour while an older run is in `place`.
    work: PathBuf,
    log: File,
    if_dropped: IfDropped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IfDropped {
    /// The run made the folder, so the folder is removed with all that is in it.
    RemoveFolder,
    /// An empty folder was there before, so the files in it are removed.
    RemoveFiles,
    /// The folder stays with its files.
    Keep,
}

/// What exists at the place of a new run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Nothing,
    EmptyFolder,
    OlderRun,
}

impl RunFolder {
    /// Checks the place and makes the folder. Missing parents are created.
    ///
    /// # Errors
    /// Every variant of [`FolderError`] except `Write`.
    pub fn create(path: &Path, if_exists: IfExists) -> Result<RunFolder, FolderError> {
        // `.` and `..` have no name, so nothing can be renamed to them.
        if path.file_name().is_none() {
            return Err(FolderError::NotAFolder { path: path.to_path_buf() });
        }
        let place = resolved(path)?;
        let standing = standing(&place, if_exists)?;
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|cause| not_writable(&place, cause))?;
        match standing {
            Standing::EmptyFolder => RunFolder::begin(place.clone(), place, IfDropped::RemoveFiles),
            Standing::Nothing => {
                fs::create_dir(&place).map_err(|cause| not_writable(&place, cause))?;
                RunFolder::begin(place.clone(), place, IfDropped::RemoveFolder)
            }
            Standing::OlderRun => {
                if place.join(LOG).is_file() {
                    locked_log(&place)?;
                }
                let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let work = place.with_file_name(format!("{name}.new"));
                match fs::create_dir(&work) {
                    Ok(()) => RunFolder::begin(place, work, IfDropped::RemoveFolder),
                    Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                        Err(FolderError::Unfinished { path: work })
                    }
                    Err(cause) => Err(not_writable(&work, cause)),
                }
            }
        }
    }

    /// Makes the first of `path`, `path-2`, `path-3`, … that does not exist.
    ///
    /// # Errors
    /// Those of [`RunFolder::create`].
    pub fn create_first_free(path: &Path) -> Result<RunFolder, FolderError> {
        let path = resolved(path)?;
        let place = first_free(&path, |k| if k == 1 { String::new() } else { format!("-{k}") })?;
        RunFolder::begin(place.clone(), place, IfDropped::RemoveFolder)
    }

    /// Opens the folder of a run that has begun, so that the run can go on. Results that were
    /// declared complete are moved up.
    ///
    /// # Errors
    /// `Missing`, `NotAFolder`, `NotARun`, `InUse`, `NotWritable`.
    pub fn open(path: &Path) -> Result<RunFolder, FolderError> {
        if !path.exists() {
            return Err(FolderError::Missing { path: path.to_path_buf() });
        }
        if !path.is_dir() {
            return Err(FolderError::NotAFolder { path: path.to_path_buf() });
        }
        let place = resolved(path)?;
        if !place.join(CONFIG).is_file() {
            let why = format!("it holds no {CONFIG}, so no run has begun in it");
            return Err(FolderError::NotARun { path: place, why });
        }
        let folder =
            RunFolder { log: locked_log(&place)?, work: place.clone(), place, if_dropped: IfDropped::Keep };
        let recovered = if folder.work.join(READY).is_dir() { move_up(&folder.work) } else { Ok(()) };
        recovered.map_err(|cause| not_writable(&folder.work, cause))?;
        let _ = fs::remove_dir_all(folder.work.join(PARTIAL));
        Ok(folder)
    }

    fn begin(place: PathBuf, work: PathBuf, if_dropped: IfDropped) -> Result<RunFolder, FolderError> {
        let remove = |error| {
            if if_dropped == IfDropped::RemoveFolder {
                let _ = fs::remove_dir(&work);
            }
            error
        };
        let log = locked_log(&work).map_err(remove)?;
        let folder = RunFolder { place, work, log, if_dropped };
        let probe = folder.work.join(".probe.tmp");
        let probed = write_synced(&probe, b"probe").and_then(|()| fs::remove_file(&probe));
        probed.map_err(|cause| not_writable(&folder.place, cause))?;
        Ok(folder)
    }

    /// Path of the folder once the run is complete.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Path of the folder at present.
    pub fn path(&self) -> &Path {
        &self.work
    }

    /// The log, opened to be written at its end.
    ///
    /// # Errors
    /// The error of the operating system, if it has no more file handles.
    pub fn log(&self) -> io::Result<File> {
        self.log.try_clone()
    }

    /// Keeps the folder from now on, however the run ends.
    pub fn keep(&mut self) {
        self.if_dropped = IfDropped::Keep;
    }

    /// Whether the folder is kept however the run ends.
    pub fn is_kept(&self) -> bool {
        self.if_dropped == IfDropped::Keep
    }

    /// Writes one file into the folder at once, in place of an older one of its name. The write is
    /// atomic.
    ///
    /// # Errors
    /// [`FolderError::Write`]. The older file stays.
    ///
    /// # Panics
    /// If `name` is not in [`RUN_FILES`].
    #[track_caller]
    pub fn write_now(&mut self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        assert!(RUN_FILES.contains(&name), "folder: {name} is not in RUN_FILES");
        let (temporary, path) = (self.work.join(format!(".{name}.tmp")), self.work.join(name));
        let written = write_synced(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, &path))
            .and_then(|()| sync_folder(&self.work));
        written.map_err(|cause| {
            let _ = fs::remove_file(&temporary);
            FolderError::Write { path, kept: self.work.clone(), cause }
        })
    }

    /// Writes one result. All results appear together when the run is complete.
    ///
    /// # Errors
    /// [`FolderError::Write`]. No result appears, and everything else stays.
    ///
    /// # Panics
    /// If `name`, up to its first `/`, is not in [`RUN_FILES`].
    #[track_caller]
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let top = name.split('/').next().unwrap_or_default();
        assert!(RUN_FILES.contains(&top), "folder: {name} is not in RUN_FILES");
        let path = self.work.join(PARTIAL).join(name);
        let parent = path.parent().expect("a file stands in a folder");
        let written = fs::create_dir_all(parent).and_then(|()| write_synced(&path, bytes));
        written.map_err(|cause| self.failed(self.work.join(name), cause))
    }

    /// Declares the results complete, moves them up, replaces the older run if there is one, and
    /// returns the path of the folder.
    ///
    /// # Errors
    /// [`FolderError::Write`], or `Exists`, `NotARun`, … if the place changed meanwhile. The older
    /// run and the new files stay.
    pub fn commit(mut self) -> Result<PathBuf, FolderError> {
        // The results stay on disk, however the rest of the commit ends.
        self.keep();
        let (partial, ready) = (self.work.join(PARTIAL), self.work.join(READY));
        let declared = fs::create_dir_all(&partial)
            .and_then(|()| sync_folder(&partial))
            .and_then(|()| fs::rename(&partial, &ready))
            .and_then(|()| sync_folder(&self.work));
        declared.and_then(|()| move_up(&self.work)).map_err(|cause| self.failed(ready, cause))?;
        if self.work != self.place {
            self.replace()?;
        }
        // The folder is in place, even if the file system cannot sync its parent.
        let _ = self.place.parent().map(sync_folder);
        Ok(self.place.clone())
    }

    fn replace(&mut self) -> Result<(), FolderError> {
        let place = self.place.clone();
        if standing(&place, IfExists::Replace)? != Standing::OlderRun {
            // Another process removed the older run.
            return fs::rename(&self.work, &place).map_err(|cause| self.failed(place, cause));
        }
        let old = beside(&place, "replaced");
        fs::rename(&place, &old).map_err(|cause| self.failed(place.clone(), cause))?;
        if let Err(cause) = fs::rename(&self.work, &place) {
            let _ = fs::rename(&old, &place);
            return Err(self.failed(place, cause));
        }
        fs::remove_dir_all(&old).map_err(|cause| FolderError::Write { path: old, kept: place, cause })
    }

    /// Keeps complete files and removes results that are partly written.
    fn failed(&mut self, path: PathBuf, cause: io::Error) -> FolderError {
        self.keep();
        let _ = fs::remove_dir_all(self.work.join(PARTIAL));
        FolderError::Write { path, kept: self.work.clone(), cause }
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        match self.if_dropped {
            IfDropped::RemoveFolder => drop(fs::remove_dir_all(&self.work)),
            IfDropped::RemoveFiles => {
                let _ = fs::remove_dir_all(self.work.join(PARTIAL));
                RUN_FILES.iter().for_each(|name| drop(fs::remove_file(self.work.join(name))));
            }
            IfDropped::Keep => drop(fs::remove_dir_all(self.work.join(PARTIAL))),
        }
    }
}

/// Moves complete results up, in place of older ones, and the record last: a folder with a record
/// has all results of its run.
fn move_up(work: &Path) -> io::Result<()> {
    let ready = work.join(READY);
    let entries = fs::read_dir(&ready)?.collect::<io::Result<Vec<_>>>()?;
    let mut names: Vec<_> = entries.iter().map(|entry| entry.file_name()).collect();
    names.sort_by_key(|name| (name == RECORD, name.clone()));
    if names.iter().any(|name| name == RECORD) && work.join(RECORD).is_file() {
        fs::remove_file(work.join(RECORD))?;
        sync_folder(work)?;
    }
    for name in names {
        let place = work.join(&name);
        if place.is_dir() {
            fs::remove_dir_all(&place)?;
        }
        if name == RECORD {
            sync_folder(work)?;
        }
        fs::rename(ready.join(&name), place)?;
    }
    fs::remove_dir(&ready)?;
    sync_folder(work)
}

/// Opens the log of the folder at its end and locks it. The lock ends with the process.
fn locked_log(work: &Path) -> Result<File, FolderError> {
    let opened = File::options().create(true).append(true).open(work.join(LOG));
    let log = opened.map_err(|cause| not_writable(work, cause))?;
    match log.try_lock() {
        Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: work.to_path_buf() }),
        // A file system without locks does not prevent a run.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(log),
    }
}

/// Checks what exists at the place of a new run, and whether the run may take the place.
fn standing(path: &Path, if_exists: IfExists) -> Result<Standing, FolderError> {
    if !path.exists() {
        return Ok(Standing::Nothing);
    }
    if !path.is_dir() {
        return Err(FolderError::NotAFolder { path: path.to_path_buf() });
    }
    let listed: io::Result<Vec<_>> = fs::read_dir(path).and_then(Iterator::collect);
    let entries = listed.map_err(|cause| not_writable(path, cause))?;
    if entries.is_empty() {
        return Ok(Standing::EmptyFolder);
    }
    if is_barely_begun(path, &entries) {
        return Ok(Standing::EmptyFolder);
    }
    let (complete, begun) =
        (path.join(RECORD).is_file(), path.join(CONFIG).is_file() && path.join(LOG).is_file());
    if if_exists == IfExists::Refuse {
        let path = path.to_path_buf();
        return Err(if begun && !complete {
            FolderError::Unfinished { path }
        } else {
            FolderError::Exists { path }
        });
    }
    let not_a_run = |why| Err(FolderError::NotARun { path: path.to_path_buf(), why });
    if !complete && !begun {
        return not_a_run("it holds no run.json, so it is not the folder of a run".to_string());
    }
    let mut names: Vec<String> =
        entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    match names.iter().find(|name| !is_ours(name)) {
        Some(foreign) => not_a_run(format!("it holds {foreign:?}, which no run wrote")),
        None => Ok(Standing::OlderRun),
    }
}

/// Whether a run died in the folder before it wrote its configuration: it holds at most the
/// beginning of a log.
fn is_barely_begun(path: &Path, entries: &[fs::DirEntry]) -> bool {
    let first = [LOG, ".probe.tmp", ".config.toml.tmp"];
    let log = fs::read_to_string(path.join(LOG)).unwrap_or_default();
    let own_log = log.is_empty() || RunLog::begins(&log);
    own_log && entries.iter().all(|entry| first.iter().any(|name| entry.file_name() == *name))
}

/// Whether a run, or one that died, may have left an entry of this name.
fn is_ours(name: &str) -> bool {
    let temporary = name.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp"));
    let sample = name.strip_prefix("sample-").is_some_and(|k| k.parse::<u32>().is_ok())
        || name.starts_with(".sample.partial-");
    sample || [PARTIAL, READY, ".probe.tmp"].contains(&name) || RUN_FILES.contains(&temporary.unwrap_or(name))
}

/// Makes the first folder of `path` with an ending that does not exist. Missing parents are
/// created.
fn first_free(path: &Path, ending: impl Fn(u32) -> String) -> Result<PathBuf, FolderError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|cause| not_writable(path, cause))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for k in 1u32.. {
        let place = path.with_file_name(format!("{name}{}", ending(k)));
        match fs::create_dir(&place) {
            Ok(()) => return Ok(place),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(not_writable(&place, cause)),
        }
    }
    unreachable!("four thousand million folders")
}
