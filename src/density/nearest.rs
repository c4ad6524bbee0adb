//! The known name nearest to one that is not known.

/// The name in `known` of smallest edit distance to `given`, the first of several; `None` if
/// `known` is empty.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().min_by_key(|name| edit_distance(given, name))
}

/// The number of insertions, deletions and replacements of characters, with case ignored
/// (Levenshtein 1966).
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_and_nearest() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("GMM9", "gmm9"), 0);
        assert_eq!(nearest("gmm8", ["gauss", "gmm9", "gmm40"]), Some("gmm9"));
        assert_eq!(nearest("x", []), None);
    }
}
