//! What a run leaves behind: arrays, tables, figures and a record, in a folder that is complete or absent.
//!
//! Imports nothing of ours: everything is handed over as plain numbers. The same numbers give the same
//! bytes, on any machine and any number of threads.

mod axis;
mod colour_map;
mod contour;
mod corner_plot;
mod csv;
mod density_plot;
mod durable;
mod film;
mod folder;
mod folder_error;
mod histogram;
mod log_z_plot;
mod loss_plot;
mod new_folder;
mod npy;
mod page;
mod panel;
mod png;
mod provenance;
mod residual_plot;
mod svg;
mod table;
mod trajectory_plot;
mod weight_plot;

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
pub use colour_map::{Rgb, Rgba, viridis};
pub use contour::{Grid, closed_contours, mass_levels};
pub use corner_plot::{CornerPlot, Marginal, Pair};
pub use csv::{Csv, quote};
pub use density_plot::PlanePlot;
pub use film::Film;
pub use folder::{IfExists, RUN_FILES, RunFolder};
pub use folder_error::FolderError;
pub use histogram::Histogram;
pub use log_z_plot::{LogZPlot, LogZRow};
pub use loss_plot::{EquationLoss, LossPlot, LossPoint};
pub use new_folder::NewFolder;
pub use npy::{Npy, NpyError, npy_bytes, read_npy};
pub use page::{Block, Page, Section};
use panel::Panel;
pub use png::{base64, indexed_png};
pub use provenance::Provenance;
pub use residual_plot::ResidualPlot;
pub use svg::{Anchor, Svg, figure_style, inline_figure};
pub use table::{Table, TableError};
pub use trajectory_plot::TrajectoryPlot;
pub use weight_plot::WeightPlot;

#[cfg(feature = "cli")]
pub use record::{Machine, ReadRecordError, Record, Verdict};
#[cfg(feature = "cli")]
pub use run_log::{RunLog, utc};
#[cfg(feature = "cli")]
pub use safetensors::{Safetensors, SafetensorsError};
#[cfg(feature = "cli")]
pub use zarr::{ZarrArray, ZarrGroup, ZarrValues, zarr_files, zarr_name};
