//! The text of a density file and where it lies.

use super::DensityFileError;
use std::path::{Path, PathBuf};

/// A density file as it was read, for messages and for paths relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

impl Source {
    /// Reads it.
    ///
    /// # Errors
    /// [`DensityFileError::Unreadable`].
    pub fn read(path: &Path) -> Result<Source, DensityFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| DensityFileError::Unreadable { path: path.to_path_buf(), cause })?;
        Ok(Source { path: path.to_path_buf(), text })
    }

    /// A path of the file, relative to the folder in which the file lies.
    pub fn beside(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Its name without the extension: that of the results.
    pub fn stem(&self) -> String {
        self.path.file_stem().map_or("density".to_string(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The line of a byte of the text, counted from 1.
    pub fn line(&self, byte: usize) -> usize {
        1 + self.text[..byte].matches('\n').count()
    }
}
