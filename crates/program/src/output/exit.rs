//! How the program ends: its exit codes.

use crate::folder::record::Verdict;

/// What the exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: finished, every check passed.
    Trusted,
    /// 1: results could not be written, or standard output is gone.
    OutputFailed,
    /// 2: wrong call or configuration, an output folder that cannot be used among them; nothing was
    /// computed.
    WrongCall,
    /// 3: finished, but a check failed.
    NotTrusted,
    /// 4: the density failed; the message names the point.
    DensityFailed,
    /// 130: interrupted; what was reached is on disk.
    Interrupted,
}

impl From<Verdict> for Exit {
    /// The exit of a command that came to its end.
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Trusted => Exit::Trusted,
            Verdict::NotTrusted => Exit::NotTrusted,
        }
    }
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Trusted => 0,
            Exit::OutputFailed => 1,
            Exit::WrongCall => 2,
            Exit::NotTrusted => 3,
            Exit::DensityFailed => 4,
            Exit::Interrupted => 130,
        }
    }
}
