//! The report of a run: its numbers, its figures, and its text.

pub mod build;
pub mod cells;
pub mod figures;
pub mod fitted;
pub mod quantities;
pub mod report_data;
pub mod report_files;
pub mod report_text;
pub mod residual_tables;
pub mod shown_coordinates;
