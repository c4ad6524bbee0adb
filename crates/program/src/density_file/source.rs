//! The text of a density file and its path.

use crate::density_file::error::{DensityFileError, FileFault};
use pushforward_formula::{Excerpt, Span};
use std::io;
use std::path::{Path, PathBuf};

/// Files built into the program, as pairs of path and text.
pub type Embedded = &'static [(&'static str, &'static str)];

/// The text and path of a density file, for messages and for paths relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path of the density file.
    pub path: PathBuf,
    /// Text of the density file.
    pub text: String,
    /// Files built into the program, which are read in place of those on disk.
    embedded: Option<Embedded>,
}

impl Source {
    /// Reads a density file from disk.
    ///
    /// # Errors
    /// [`DensityFileError::Unreadable`].
    pub fn read(path: &Path) -> Result<Source, DensityFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| DensityFileError::Unreadable { path: path.to_path_buf(), cause })?;
        Ok(Source { path: path.to_path_buf(), text, embedded: None })
    }

    /// Wraps a text that was read from this path before.
    pub fn kept(path: PathBuf, text: String) -> Source {
        Source { path, text, embedded: None }
    }

    /// Reads one of the files built into the program.
    ///
    /// # Errors
    /// [`DensityFileError::Unreadable`] if no built-in file has that path.
    pub fn embedded(path: &str, files: Embedded) -> Result<Source, DensityFileError> {
        let path = PathBuf::from(path);
        match find(files, &path) {
            Ok(text) => Ok(Source { path, text, embedded: Some(files) }),
            Err(cause) => Err(DensityFileError::Unreadable { path, cause }),
        }
    }

    /// Reads the bytes of a file whose path is relative to the folder of the density file.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn read_beside(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = self.beside(path);
        self.embedded.map_or_else(|| std::fs::read(&path), |files| find(files, &path).map(String::into_bytes))
    }

    /// Resolves a path relative to the folder of the density file.
    pub fn beside(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// The file's name without its extension. The results are named after it.
    pub fn stem(&self) -> String {
        self.path.file_stem().map_or("density".to_string(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The error for a fault at a place of the text.
    pub fn fault(&self, place: Span, fault: FileFault) -> DensityFileError {
        let excerpt = Box::new(Excerpt::of(&self.text, place));
        DensityFileError::Placed { path: self.path.clone(), excerpt, fault: Box::new(fault) }
    }
}

fn find(files: Embedded, path: &Path) -> io::Result<String> {
    let found = files.iter().find(|(name, _)| Path::new(name) == path);
    found.map(|(_, text)| text.to_string()).ok_or(io::ErrorKind::NotFound.into())
}
