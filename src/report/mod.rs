//! What a run leaves behind: arrays, tables, figures and a record, in a folder that is complete or absent.
//!
//! Imports nothing of ours: everything is handed over as plain numbers. The same numbers give the same
//! bytes, on any machine and any number of threads.

mod axis;
mod contour;
mod csv;
mod density_plot;
mod durable;
mod folder;
mod folder_error;
mod histogram;
mod loss_plot;
mod new_folder;
mod npy;
mod panel;
mod provenance;
mod svg;

#[cfg(feature = "cli")]
mod fnv;
#[cfg(feature = "cli")]
mod json_number;
#[cfg(feature = "cli")]
mod record;
#[cfg(feature = "cli")]
mod run_log;
#[cfg(feature = "cli")]
mod safetensors;
#[cfg(feature = "cli")]
mod zarr;

pub use axis::{Axis, Range, Spacing};
pub use contour::{Grid, closed_contours, mass_levels};
pub use csv::{Csv, quote};
pub use density_plot::{MarginalsPlot, PlanePlot, Sample};
pub use folder::{IfExists, RUN_FILES, RunFolder};
pub use folder_error::FolderError;
pub use histogram::Histogram;
pub use loss_plot::{LossPlot, LossPoint};
pub use new_folder::NewFolder;
pub use npy::{Npy, NpyError, npy_bytes, read_npy};
pub use provenance::Provenance;
pub use svg::{Anchor, Svg};

#[cfg(feature = "cli")]
pub use record::{Machine, ReadRecordError, Record, Verdict};
#[cfg(feature = "cli")]
pub use run_log::{RunLog, utc};
#[cfg(feature = "cli")]
pub use safetensors::{Safetensors, SafetensorsError};
#[cfg(feature = "cli")]
pub use zarr::{ZarrArray, ZarrGroup, ZarrValues, zarr_files, zarr_name};
