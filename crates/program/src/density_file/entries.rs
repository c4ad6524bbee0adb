//! A table of a density file whose keys and values know their place in the text.

use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// Keys of a table with the places where they stand.
pub(crate) type Entries = BTreeMap<Spanned<String>, Spanned<Value>>;
