//! The text of a density file and where it lies.

use crate::density_file::error::{DensityFileError, FileFault};
use pushforward_formula::{Excerpt, Span};
use std::io;
use std::path::{Path, PathBuf};

/// Files built into the program: their paths and what they say.
pub type Embedded = &'static [(&'static str, &'static str)];

/// A density file as it was read, for messages and for paths relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// Files built into the program, which are looked at in place of those on disk.
    embedded: Option<Embedded>,
}

impl Source {
    /// Reads it.
    ///
    /// # Errors
    /// [`DensityFileError::Unreadable`].
    pub fn read(path: &Path) -> Result<Source, DensityFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| DensityFileError::Unreadable { path: path.to_path_buf(), cause })?;
        Ok(Source { path: path.to_path_buf(), text, embedded: None })
    }

    /// A text that was read before, from this path.
    pub fn kept(path: PathBuf, text: String) -> Source {
        Source { path, text, embedded: None }
    }

    /// One of the files built into the program.
    ///
    /// # Errors
    /// [`DensityFileError::Unreadable`] if there is none of that path.
    pub fn embedded(path: &str, files: Embedded) -> Result<Source, DensityFileError> {
        let path = PathBuf::from(path);
        match find(files, &path) {
            Ok(text) => Ok(Source { path, text, embedded: Some(files) }),
            Err(cause) => Err(DensityFileError::Unreadable { path, cause }),
        }
    }

    /// What a file says whose path is relative to the folder in which this one lies.
    ///
    /// # Errors
    /// Those of the system.
    pub fn read_beside(&self, path: &str) -> io::Result<String> {
        let path = self.beside(path);
        self.embedded.map_or_else(|| std::fs::read_to_string(&path), |files| find(files, &path))
    }

    /// A path of the file, relative to the folder in which the file lies.
    pub fn beside(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Its name without the extension: that of the results.
    pub fn stem(&self) -> String {
        self.path.file_stem().map_or("density".to_string(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The error for something wrong at a place of the text.
    pub fn fault(&self, place: Span, fault: FileFault) -> DensityFileError {
        let excerpt = Box::new(Excerpt::of(&self.text, place));
        DensityFileError::Placed { path: self.path.clone(), excerpt, fault: Box::new(fault) }
    }
}

fn find(files: Embedded, path: &Path) -> io::Result<String> {
    let found = files.iter().find(|(name, _)| Path::new(name) == path);
    found.map(|(_, text)| text.to_string()).ok_or(io::ErrorKind::NotFound.into())
}
