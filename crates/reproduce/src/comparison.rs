//! A table of a comparison; every cell is text.

/// A table with a caption; every row is as long as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The name of the table and of its files.
    pub name: &'static str,
    /// The meaning of the columns, and the sources of figures that are not measured here.
    pub caption: &'static str,
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The cells, row after row.
    pub rows: Vec<Vec<String>>,
}

/// Records the time at which each goal was met first.
pub(crate) fn note_first(times: &mut [Option<f64>], met: impl Iterator<Item = bool>, seconds: f64) {
    for (time, _) in times.iter_mut().zip(met).filter(|(_, met)| *met) {
        time.get_or_insert(seconds);
    }
}

/// Seconds to one decimal, or a dash for a goal that was not reached.
pub(crate) fn seconds(value: Option<f64>) -> String {
    value.map_or("–".to_string(), |s| format!("{s:.1}"))
}

/// The median: the middle value, or the mean of the two in the middle; NaN counts as largest.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    0.5 * (values[(values.len() - 1) / 2] + values[values.len() / 2])
}
