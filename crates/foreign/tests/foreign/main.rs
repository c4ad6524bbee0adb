//! Densities in other languages through the library: their answers, and every fault that they can
//! have.

mod library;
mod process;
