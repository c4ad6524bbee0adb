//! How the program ends: its exit codes.

use crate::folder::record::Verdict;

/// The meaning of the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: the run finished and every check passed.
    Trusted,
    /// 1: results could not be written, or standard output was closed.
    OutputFailed,
    /// 2: the call or the configuration is wrong, or the output folder cannot be used; nothing was
    /// computed.
    WrongCall,
    /// 3: the run finished, but a check failed.
    NotTrusted,
    /// 4: the density failed; the message names the point.
    DensityFailed,
    /// 130: the run was interrupted; the state it reached is on disk.
    Interrupted,
}

impl From<Verdict> for Exit {
    /// The exit of a command that finished with this verdict.
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Trusted => Exit::Trusted,
            Verdict::NotTrusted => Exit::NotTrusted,
        }
    }
}

impl Exit {
    /// The exit code as a number.
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
