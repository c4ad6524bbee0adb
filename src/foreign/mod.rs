//! Densities written in another language: a shared library with C functions, or a program that is spoken to.

#[cfg(feature = "plugin")]
mod abi;
mod child;
mod greeting_words;
#[cfg(feature = "plugin")]
mod library;
#[cfg(feature = "plugin")]
mod library_error;
mod process;
mod process_error;
mod protocol;

#[cfg(feature = "plugin")]
pub use library::{Concurrency, Library, LibrarySettings, Refusals};
#[cfg(feature = "plugin")]
pub use library_error::LibraryError;
pub use process::{Process, ProcessSettings};
pub use process_error::{ProcessError, ProcessFailure};
