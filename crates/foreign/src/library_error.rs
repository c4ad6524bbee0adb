//! Why a shared library is no density.

use std::fmt;
use std::path::PathBuf;

/// A shared library cannot be used as a density.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryError {
    /// There is no such file, or it cannot be read.
    NoFile {
        /// Where.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The system's loader does not take it.
    NotLoaded {
        /// Where.
        path: PathBuf,
        /// What the loader says.
        cause: String,
    },
    /// A function is missing.
    MissingSymbol {
        /// Where.
        path: PathBuf,
        /// Its name.
        symbol: &'static str,
        /// Whether the functions of BridgeStan 1 are there.
        bridgestan_1: bool,
    },
    /// The functions are those of another version.
    OtherVersion {
        /// Where.
        path: PathBuf,
        /// `bs_major_version`.
        version: i32,
    },
    /// The data hold a NUL character.
    DataWithNul {
        /// After this many bytes.
        position: usize,
    },
    /// It refused the data.
    NoModel {
        /// Where.
        path: PathBuf,
        /// Its own words.
        message: String,
    },
    /// It says that it cannot be called from several threads, and several were asked for.
    OneThreadOnly {
        /// Where.
        path: PathBuf,
    },
    /// The number of coordinates makes no sense.
    BadDimension {
        /// Where.
        path: PathBuf,
        /// `bs_param_unc_num`.
        dim: i32,
    },
    /// There are more or fewer names than numbers.
    BadNames {
        /// Where.
        path: PathBuf,
        /// The function that gave them.
        symbol: &'static str,
        /// How many it gave.
        names: usize,
        /// How many numbers there are.
        numbers: usize,
    },
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LibraryError::NoFile { path, cause } => {
                write!(f, "{}: {cause}; compile the library first, or correct its path", path.display())
            }
            LibraryError::NotLoaded { path, cause } => write!(
                f,
                "{} is no shared library that can be loaded here: {cause}; compile it as one, for {} on {} \
                 (cc -shared -fPIC), and see that the libraries it needs are found",
                path.display(),
                std::env::consts::ARCH,
                std::env::consts::OS
            ),
            LibraryError::MissingSymbol { path, bridgestan_1: true, .. } => write!(
                f,
                "{} was made with BridgeStan 1, whose functions are others; compile the model with BridgeStan 2",
                path.display()
            ),
            LibraryError::MissingSymbol { path, symbol, .. } => write!(
                f,
                "{} has no function {symbol}; include/pushforward_density.h says what a density has to export \
                 (extern \"C\" in C++)",
                path.display()
            ),
            LibraryError::OtherVersion { path, version } => write!(
                f,
                "{} has bs_major_version {version}, and 2 is known here; compile it with BridgeStan 2",
                path.display()
            ),
            LibraryError::DataWithNul { position } => {
                write!(f, "the data have a NUL character after {position} bytes; remove it")
            }
            LibraryError::NoModel { path, message } => {
                write!(f, "{} made no model of the data: {message}", path.display())
            }
            LibraryError::OneThreadOnly { path } => write!(
                f,
                "{} says STAN_THREADS=false, and parallel = true asks for calls from several threads; compile the \
                 model with STAN_THREADS=true, or leave parallel out",
                path.display()
            ),
            LibraryError::BadDimension { path, dim } => {
                write!(
                    f,
                    "{} says that there are {dim} coordinates; there must be at least 1",
                    path.display()
                )
            }
            LibraryError::BadNames { path, symbol, names, numbers } => write!(
                f,
                "{}: {symbol} gives {names} names for {numbers} numbers; put one comma between two names",
                path.display()
            ),
        }
    }
}
impl std::error::Error for LibraryError {}
