//! Why a shared library is no density.

use std::path::{Path, PathBuf};

/// A shared library cannot be used as a density.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// There is no such file, or it cannot be read.
    #[error("{}: {cause}; compile the library first, or correct its path", .path.display())]
    NoFile {
        /// Where.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The system's loader does not take it.
    #[error(
        "{} is no shared library that can be loaded here: {cause}; compile it as one, for {} on \
         {} (cc -shared -fPIC), and see that the libraries it needs are found",
        .path.display(),
        std::env::consts::ARCH,
        std::env::consts::OS
    )]
    NotLoaded {
        /// Where.
        path: PathBuf,
        /// What the loader says.
        cause: String,
    },
    /// A function is missing.
    #[error("{}", missing(.path, .symbol, *.bridgestan_1))]
    MissingSymbol {
        /// Where.
        path: PathBuf,
        /// Its name.
        symbol: &'static str,
        /// Whether the functions of BridgeStan 1 are there.
        bridgestan_1: bool,
    },
    /// The functions are those of another version.
    #[error(
        "{} has bs_major_version {version}, and 2 is known here; compile it with BridgeStan 2",
        .path.display()
    )]
    OtherVersion {
        /// Where.
        path: PathBuf,
        /// `bs_major_version`.
        version: i32,
    },
    /// The data hold a NUL character.
    #[error("the data have a NUL character after {position} bytes; remove it")]
    DataWithNul {
        /// After this many bytes.
        position: usize,
    },
    /// It refused the data.
    #[error("{} made no model of the data: {message}", .path.display())]
    NoModel {
        /// Where.
        path: PathBuf,
        /// Its own words.
        message: String,
    },
    /// It says that it cannot be called from several threads, and several were asked for.
    #[error(
        "{} says STAN_THREADS=false, and parallel = true asks for calls from several threads; \
         compile the model with STAN_THREADS=true, or leave parallel out",
        .path.display()
    )]
    OneThreadOnly {
        /// Where.
        path: PathBuf,
    },
    /// The number of coordinates makes no sense.
    #[error("{} says that there are {dim} coordinates; there must be at least 1", .path.display())]
    BadDimension {
        /// Where.
        path: PathBuf,
        /// `bs_param_unc_num`.
        dim: i32,
    },
    /// There are more or fewer names than numbers.
    #[error(
        "{}: {symbol} gives {names} names for {numbers} numbers; put one comma between two names",
        .path.display()
    )]
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

fn missing(path: &Path, symbol: &str, bridgestan_1: bool) -> String {
    let path = path.display();
    if bridgestan_1 {
        return format!(
            "{path} was made with BridgeStan 1, whose functions are others; compile the model with BridgeStan 2"
        );
    }
    format!(
        "{path} has no function {symbol}; include/pushforward_density.h says what a density has to export \
         (extern \"C\" in C++)"
    )
}
