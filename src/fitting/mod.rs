//! Fitting: points, the least-squares problem they make, and its solution.

mod assemble;
mod checkpoint;
mod collocation;
mod draws;
mod fit;
mod fit_error;
mod frame;
mod hierarchy;
mod pilot;
mod points;
mod sampler;
mod saved_pilot;
mod set_size;
mod settings;
mod split;
mod state;
mod tempering;
mod training;
mod watcher;

pub use assemble::Assembler;
pub use checkpoint::{Checkpoint, CheckpointError, Probe, Snapshot};
pub use collocation::{Collocation, PointSet};
pub use draws::{DrawError, Draws};
pub use fit::{Fit, fit, fit_watched};
pub use fit_error::FitError;
pub use frame::{Frame, Framed};
pub use pilot::Pilot;
pub use points::Points;
pub use settings::{FitSettings, Sampler};
pub use split::{ActivePart, Split};
pub use state::{HistoryRow, TrainingState};
pub use tempering::{Ladder, Population, Tempering};
use training::Training;
pub use training::{Progress, StopReason};
pub use watcher::{Control, Watcher};
