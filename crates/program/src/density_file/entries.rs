//! A table of a density file whose keys and values know their place in the text.

use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// Keys and values of a table, each with its place in the text.
pub(crate) type Entries = BTreeMap<Spanned<String>, Spanned<Value>>;
