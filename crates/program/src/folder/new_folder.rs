//! A folder that appears when it is complete: it is filled beside its place, and moved there by one
//! rename.

use crate::folder::atomic_write::{beside, resolved, sync_folder, write_synced};
use crate::folder::folder_error::FolderError;
use crate::folder::folder_error::not_writable;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that is being filled. If it is dropped without [`NewFolder::commit`], it is removed.
#[derive(Debug)]
pub struct NewFolder {
    partial: PathBuf,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Exactly(PathBuf),
    /// The first of `sample-1`, `sample-2`, … in this folder that is free.
    FirstSample(PathBuf),
}

impl NewFolder {
    /// Starts a folder that will be at `path`, which must not exist or be empty. Missing parents
    /// are created.
    ///
    /// # Errors
    /// `Taken`, `NotAFolder` or `NotWritable`.
    pub fn at(path: &Path) -> Result<NewFolder, FolderError> {
        let place = resolved(path)?;
        if place.exists() && fs::read_dir(&place).map_or(true, |mut entries| entries.next().is_some()) {
            return Err(FolderError::Taken { path: place });
        }
        let parent = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|cause| not_writable(&place, cause))?;
        NewFolder::begin(beside(&place, "partial"), Place::Exactly(place))
    }

    /// Starts a folder that will be the first free one of `sample-1`, `sample-2`, … in `folder`.
    ///
    /// # Errors
    /// `NotAFolder` or `NotWritable`.
    pub fn sample_in(folder: &Path) -> Result<NewFolder, FolderError> {
        let folder = resolved(folder)?;
        NewFolder::begin(beside(&folder.join("sample"), "partial"), Place::FirstSample(folder))
    }

    fn begin(partial: PathBuf, place: Place) -> Result<NewFolder, FolderError> {
        fs::create_dir(&partial).map_err(|cause| not_writable(&partial, cause))?;
        Ok(NewFolder { partial, place })
    }

    /// Writes one file. Missing folders of its path are created.
    ///
    /// # Errors
    /// [`FolderError::NoRoom`].
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.partial.join(name);
        let parent = path.parent().expect("a file stands in a folder");
        let written = fs::create_dir_all(parent).and_then(|()| write_synced(&path, bytes));
        written.map_err(|cause| FolderError::NoRoom { path: name.into(), cause })
    }

    /// Moves the folder into place and returns its path.
    ///
    /// # Errors
    /// [`FolderError::NoRoom`], or `Taken` if another process filled the place meanwhile.
    pub fn commit(self) -> Result<PathBuf, FolderError> {
        sync_folder(&self.partial)
            .map_err(|cause| FolderError::NoRoom { path: self.partial.clone(), cause })?;
        let candidates: Box<dyn Iterator<Item = PathBuf>> = match self.place.clone() {
            Place::Exactly(path) => Box::new(std::iter::once(path)),
            Place::FirstSample(folder) => Box::new((1u32..).map(move |k| folder.join(format!("sample-{k}")))),
        };
        let mut taken = self.partial.clone();
        for place in candidates {
            // A rename replaces an empty folder, and fails for any other.
            match fs::rename(&self.partial, &place) {
                Ok(()) => {
                    // The folder is in place, even if the file system cannot sync its parent.
                    let _ = place.parent().map(sync_folder);
                    return Ok(place);
                }
                Err(cause) if is_taken(&cause) => taken = place,
                Err(cause) => return Err(FolderError::NoRoom { path: place, cause }),
            }
        }
        Err(FolderError::Taken { path: taken })
    }
}

fn is_taken(cause: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    [AlreadyExists, DirectoryNotEmpty, NotADirectory].contains(&cause.kind())
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // After a commit no folder of that name exists.
        let _ = fs::remove_dir_all(&self.partial);
    }
}
