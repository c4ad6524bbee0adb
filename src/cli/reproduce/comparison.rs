//! A table as text: Markdown for people, CSV for programs.

use crate::report::{Provenance, quote};

/// A table with a caption; every row is as long as the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Its name, which is also that of its files.
    pub name: &'static str,
    /// What its columns mean, and the sources of what is not measured.
    pub caption: &'static str,
    /// Names of the columns.
    pub header: Vec<&'static str>,
    /// Cells as text.
    pub rows: Vec<Vec<String>>,
}

impl Comparison {
    /// The table in Markdown, with the command and the machine above it.
    ///
    /// # Panics
    /// If a row is not as long as the header.
    pub fn markdown(&self) -> String {
        let columns = self.header.len();
        assert!(self.rows.iter().all(|row| row.len() == columns), "a row does not have {columns} cells");
        let machine = Provenance::of_this_machine();
        let cpu = machine.cpu_model.as_deref().unwrap_or("an unnamed processor");
        let threads = machine.available_threads;
        let name = self.name;
        let row = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
        let mut text =
            format!("`pushforward reproduce {name}` on {threads} threads of {cpu}. {}\n\n", self.caption);
        text += &row(self.header.clone());
        text += &row(vec!["---"; self.header.len()]);
        self.rows.iter().for_each(|cells| text += &row(cells.iter().map(String::as_str).collect()));
        text
    }

    /// The table as CSV; a cell with a comma or a quote stands in quotes.
    pub fn csv(&self) -> String {
        let line = |cells: Vec<String>| cells.join(",") + "\n";
        let mut text = line(self.header.iter().map(|cell| quote(cell)).collect());
        self.rows.iter().for_each(|cells| text += &line(cells.iter().map(|cell| quote(cell)).collect()));
        text
    }
}

/// Notes the time at which each goal was met first.
pub(super) fn note_first(times: &mut [Option<f64>], met: impl Iterator<Item = bool>, seconds: f64) {
    for (time, _) in times.iter_mut().zip(met).filter(|(_, met)| *met) {
        time.get_or_insert(seconds);
    }
}

/// Seconds to one decimal, or a dash for what was not reached.
pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or("–".to_string(), |s| format!("{s:.1}"))
}

/// The middle value, or the mean of the two in the middle; NaN counts as largest.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    0.5 * (values[(values.len() - 1) / 2] + values[values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_hold_every_cell() {
        let table = Comparison {
            name: "pde",
            caption: "Seconds.",
            header: vec!["problem", "points"],
            rows: vec![vec!["a".into(), "900+120, kept".into()], vec!["say \"b\"".into(), "–".into()]],
        };
        assert!(
            table
                .markdown()
                .ends_with("| problem | points |\n| --- | --- |\n| a | 900+120, kept |\n| say \"b\" | – |\n")
        );
        assert!(table.markdown().starts_with("`pushforward reproduce pde` on "));
        assert_eq!(table.csv(), "problem,points\na,\"900+120, kept\"\n\"say \"\"b\"\"\",–\n");
    }
}
