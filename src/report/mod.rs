//! What a run leaves behind: arrays, tables, figures and a record, in a folder that is complete or absent.
//!
//! Imports nothing of ours: everything is handed over as plain numbers. The same numbers give the same
//! bytes, on any machine and any number of threads.

mod axis;
mod contour;
mod csv;
mod density_plot;
mod folder;
mod histogram;
mod loss_plot;
mod npy;
mod panel;
mod provenance;
mod svg;

#[cfg(feature = "cli")]
mod json_number;
#[cfg(feature = "cli")]
mod record;

pub use axis::{Axis, Range, Spacing};
pub use contour::{Grid, closed_contours, mass_levels};
pub use csv::{Csv, quote};
pub use density_plot::{MarginalsPlot, PlanePlot, Sample};
pub use folder::{FolderError, IfExists, RUN_FILES, RunFolder};
pub use histogram::Histogram;
pub use loss_plot::{LossPlot, LossPoint};
pub use npy::{Npy, NpyError, npy_bytes, read_npy};
pub use provenance::Provenance;
pub use svg::{Anchor, Svg};

#[cfg(feature = "cli")]
pub use record::{Machine, ReadRecordError, Record, Verdict};
