//! Fitting: points, the least-squares problem they make, and its solution.

mod assemble;
mod collocation;
mod fit;
mod pilot;
mod points;
mod settings;
mod tempering;
mod training;

pub use assemble::Assembler;
pub use collocation::{Collocation, Cover, PointSet};
pub use fit::{DrawError, Draws, Fit, FitError, fit};
pub use pilot::Pilot;
pub use points::Points;
pub use settings::FitSettings;
pub use tempering::{Ladder, Population, Tempering};
pub use training::{Control, HistoryRow, Progress, StopReason};
use training::Training;
