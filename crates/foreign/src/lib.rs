//! Densities written in another language: a shared library with C functions, or a child process
//! that answers over its standard streams.

mod abi;
mod child;
mod greeting_words;
mod library;
mod library_error;
mod process;
mod process_error;
mod protocol;

pub use library::{Concurrency, Library, LibrarySettings, Refusals};
pub use library_error::LibraryError;
pub use process::{Process, ProcessSettings};
pub use process_error::{ProcessError, ProcessFailure};
