//! A table of `reproduce` as text: Markdown for people, CSV for programs.

use crate::format::csv::quote;
use crate::format::provenance::Provenance;
use pushforward_reproduce::Comparison;

/// The table in Markdown, with the command and the machine above it.
///
/// # Panics
/// If the length of a row differs from that of the header.
pub fn markdown(table: &Comparison) -> String {
    let columns = table.header.len();
    assert!(table.rows.iter().all(|row| row.len() == columns), "a row does not have {columns} cells");
    let machine = Provenance::of_this_machine();
    let cpu = machine.cpu_model.as_deref().unwrap_or("an unnamed processor");
    let threads = machine.available_threads;
    let name = table.name;
    let row = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text =
        format!("`pushforward reproduce {name}` on {threads} threads of {cpu}. {}\n\n", table.caption);
    text += &row(table.header.clone());
    text += &row(vec!["---"; table.header.len()]);
    table.rows.iter().for_each(|cells| text += &row(cells.iter().map(String::as_str).collect()));
    text
}

/// The table as CSV; a cell with a comma or a quote is quoted.
pub fn csv(table: &Comparison) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut text = line(table.header.iter().map(|cell| quote(cell)).collect());
    table.rows.iter().for_each(|cells| text += &line(cells.iter().map(|cell| quote(cell)).collect()));
    text
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
            markdown(&table)
                .ends_with("| problem | points |\n| --- | --- |\n| a | 900+120, kept |\n| say \"b\" | – |\n")
        );
        assert!(markdown(&table).starts_with("`pushforward reproduce pde` on "));
        assert_eq!(csv(&table), "problem,points\na,\"900+120, kept\"\n\"say \"\"b\"\"\",–\n");
    }
}
