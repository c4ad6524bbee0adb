//! Densities of other languages through the library: what they answer, and every way in which they are wrong.

mod library;
mod process;
