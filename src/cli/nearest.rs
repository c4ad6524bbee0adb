//! The known name that a mistyped one most likely meant.

/// The known name at the smallest edit distance, if that is at most 2 or a third of the longer name.
///
/// Ties go to the first. Case and the difference between `-` and `_` do not count.
pub fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    let scored = known.iter().map(|name| (distance(&plain(given), &plain(name)), *name));
    let (score, name) = scored.min_by_key(|(score, _)| *score)?;
    let longer = given.chars().count().max(name.chars().count());
    (score <= 2.max(longer / 3) && score < longer).then_some(name)
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let columns = b.len() + 1;
    let mut table = vec![0; (a.len() + 1) * columns];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let at = |back_i: usize, back_j: usize| table[(i - back_i) * columns + j - back_j];
            table[i * columns + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = usize::from(a[i - 1] != b[j - 1]);
                let plain = (at(1, 0) + 1).min(at(0, 1) + 1).min(at(1, 1) + changed);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped { plain.min(at(2, 2) + 1) } else { plain }
            };
        }
    }
    table[a.len() * columns + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_obvious_is_found_and_the_far_is_not() {
        let known = ["gauss", "gmm9", "many-well", "funnel"];
        assert_eq!(nearest("gm9", &known), Some("gmm9"));
        assert_eq!(nearest("Many_Well", &known), Some("many-well"));
        assert_eq!(nearest("funel", &known), Some("funnel"));
        assert_eq!(nearest("guass", &known), Some("gauss"));
        assert_eq!(nearest("posterior", &known), None);
        assert_eq!(nearest("x", &["a"]), None);
        assert_eq!(distance("abcd", "acbd"), 1);
    }
}
