//! The problem of a run: a named density, the known facts about it, and its file.

use crate::density_file::source::Source;
use crate::settings::keys::Value;
use pushforward::density::{Facts, Target};
use std::collections::BTreeMap;

/// A density with its name and the known facts about it.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// Name of the density, for the record.
    pub name: &'a str,
    /// Parameters of the density, for the record.
    pub parameters: &'a BTreeMap<String, Value>,
    /// The density to sample.
    pub target: &'a dyn Target,
    /// The known facts about the density.
    pub facts: &'a Facts,
    /// Exact draws for the upper bound of log Z and for figures, n×d, row by row, if the target can
    /// be drawn from.
    pub exact_draws: Option<&'a [f64]>,
    /// The density file, if the density comes from one.
    pub source: Option<&'a Source>,
}
