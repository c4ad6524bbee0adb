//! Why a shared library cannot be used as a density.

use std::path::{Path, PathBuf};

/// The reason why a shared library cannot be used as a density.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// There is no such file, or it cannot be read.
    #[error("{}: {cause}; compile the library first, or correct its path", .path.display())]
    NoFile {
        /// Path of the shared library.
        path: PathBuf,
        /// The message of the operating system.
        cause: String,
    },
    /// The system's loader cannot load the file.
    #[error(
        "{} is no shared library that can be loaded here: {cause}; compile it as one, for {} on \
         {} (cc -shared -fPIC), and see that the libraries it needs are found",
        .path.display(),
        std::env::consts::ARCH,
        std::env::consts::OS
    )]
    NotLoaded {
        /// Path of the shared library.
        path: PathBuf,
        /// The message of the loader.
        cause: String,
    },
    /// The library lacks a required function.
    #[error("{}", missing(.path, .symbol, *.bridgestan_1))]
    MissingSymbol {
        /// Path of the shared library.
        path: PathBuf,
        /// Name of the missing function.
        symbol: &'static str,
        /// Whether the library has the functions of BridgeStan 1.
        bridgestan_1: bool,
    },
    /// The functions are those of another major version of BridgeStan.
    #[error(
        "{} has bs_major_version {version}, and 2 is known here; compile it with BridgeStan 2",
        .path.display()
    )]
    OtherVersion {
        /// Path of the shared library.
        path: PathBuf,
        /// The value of `bs_major_version`.
        version: i32,
    },
    /// The data contain a NUL character.
    #[error("the data have a NUL character after {position} bytes; remove it")]
    DataWithNul {
        /// Number of bytes before the NUL character.
        position: usize,
    },
    /// The library could not construct a model from the data.
    #[error("{} made no model of the data: {message}", .path.display())]
    NoModel {
        /// Path of the shared library.
        path: PathBuf,
        /// The message of the library.
        message: String,
    },
    /// Calls from several threads were asked for, and the library says that it allows one at a
    /// time.
    #[error(
        "{} says STAN_THREADS=false, and parallel = true asks for calls from several threads; \
         compile the model with STAN_THREADS=true, or leave parallel out",
        .path.display()
    )]
    OneThreadOnly {
        /// Path of the shared library.
        path: PathBuf,
    },
    /// The number of coordinates is less than 1.
    #[error("{} says that there are {dim} coordinates; there must be at least 1", .path.display())]
    BadDimension {
        /// Path of the shared library.
        path: PathBuf,
        /// The value that `bs_param_unc_num` returned.
        dim: i32,
    },
    /// The number of names differs from the number of coordinates or quantities.
    #[error(
        "{}: {symbol} gives {names} names for {numbers} numbers; put one comma between two names",
        .path.display()
    )]
    BadNames {
        /// Path of the shared library.
        path: PathBuf,
        /// Name of the function that gave the names.
        symbol: &'static str,
        /// Number of names that the function gave.
        names: usize,
        /// Number of names that are needed.
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
