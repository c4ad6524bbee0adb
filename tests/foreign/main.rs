//! Densities of other languages through the library: what they answer, and every way in which they are wrong.

#[cfg(feature = "plugin")]
mod library;
mod process;
