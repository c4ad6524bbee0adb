//! What is run: a named density, what is known of it, and the file that it comes from.

use crate::density_file::source::Source;
use crate::settings::keys::Value;
use pushforward::density::{Facts, Target};
use std::collections::BTreeMap;

/// A density with its name and what is known of it.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// Its name, for the record.
    pub name: &'a str,
    /// Its parameters, for the record.
    pub parameters: &'a BTreeMap<String, Value>,
    /// The density.
    pub target: &'a dyn Target,
    /// What is known of it.
    pub facts: &'a Facts,
    /// Exact draws for the upper bound of log Z and for figures, n×d, if there are any.
    pub exact_draws: Option<&'a [f64]>,
    /// The file that it comes from, if it does.
    pub source: Option<&'a Source>,
}
