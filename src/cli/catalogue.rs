//! What the program can run by name, as data.

use super::keys::{KeySpec, Value};
use super::settings::SettingsError;
use super::table::Check;
use crate::density::{Benchmark, Facts};
use std::collections::BTreeMap;

/// One target by name.
#[derive(Clone, Debug)]
pub struct TargetEntry {
    /// Its name.
    pub name: &'static str,
    /// One line on what it is.
    pub about: &'static str,
    /// Its parameters.
    pub keys: Vec<KeySpec>,
    /// Dimension at the default parameters.
    pub dim: usize,
    /// What is known of it at the default parameters.
    pub facts: Facts,
}

/// Everything the program can run by name.
pub trait Catalogue {
    /// The targets.
    fn targets(&self) -> Vec<TargetEntry>;

    /// The evolutions; the first is the default.
    fn evolutions(&self) -> &'static [&'static str];

    /// The target of an entry, with a value for each of its keys.
    ///
    /// # Errors
    /// `BadValue` for values that fit their kinds, but not each other.
    fn build(
        &self,
        name: &str,
        parameters: &BTreeMap<String, Value>,
    ) -> Result<Box<dyn Benchmark>, SettingsError>;

    /// The checks of `audit`, of one target or of everything.
    fn audit(&self, target: Option<&str>) -> Vec<Check>;
}
