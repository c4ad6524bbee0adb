//! The number of the format of a run's files, by which folders of other versions of the program are
//! known.

use std::fmt;

/// The format that this version writes, into run.json and the checkpoint, and the only one that it
/// reads.
///
/// It is raised by every change after which a run that has begun could not be read, or not be gone
/// on with to the same bits. 1 had no number, and reasons without parts. 2: `format`, `stop`, and
/// reasons of kind, finding and advice.
pub const RUN_FORMAT: u64 = 2;

/// The format of files that state none.
const FIRST: u64 = 1;

/// Files of a run that another version of the program wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct OtherFormat {
    /// The format of these files.
    pub stored: u64,
}

impl OtherFormat {
    /// Holds the format that a file states, if it states any, against this version's.
    ///
    /// # Errors
    /// [`OtherFormat`] if they differ.
    pub fn check(stated: Option<u64>) -> Result<(), OtherFormat> {
        match stated.unwrap_or(FIRST) {
            RUN_FORMAT => Ok(()),
            stored => Err(OtherFormat { stored }),
        }
    }
}

impl fmt::Display for OtherFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = if self.stored < RUN_FORMAT { "an older" } else { "a newer" };
        let stored = self.stored;
        write!(
            f,
            "{age} version of pushforward wrote it (format {stored} of the files of a run; this version reads format \
             {RUN_FORMAT})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_format_is_read() {
        assert_eq!(OtherFormat::check(Some(RUN_FORMAT)), Ok(()));
        assert_eq!(OtherFormat::check(None), Err(OtherFormat { stored: 1 }));
        let newer = OtherFormat::check(Some(RUN_FORMAT + 1)).unwrap_err();
        assert!(newer.to_string().starts_with("a newer version"), "{newer}");
        assert!(OtherFormat { stored: 1 }.to_string().starts_with("an older version"));
    }
}
