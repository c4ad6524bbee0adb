//! Fitting: points, the least-squares problem they make, and its solution.

mod assemble;
mod collocation;
mod draws;
mod fit;
mod fit_error;
mod frame;
mod hierarchy;
mod inspect;
mod pilot;
mod points;
mod sampler;
mod set_size;
mod settings;
mod split;
mod tempering;
mod training;

pub use assemble::Assembler;
pub use collocation::{Collocation, PointSet};
pub use draws::{DrawError, Draws};
pub use fit::{Fit, fit};
pub use fit_error::FitError;
pub use frame::{Frame, Framed};
pub use inspect::{Journeys, ResidualsAt};
pub use pilot::Pilot;
pub use points::Points;
pub use settings::{FitSettings, Sampler};
pub use split::{ActivePart, Split};
pub use tempering::{Ladder, Population, Tempering};
use training::Training;
pub use training::{Control, HistoryRow, Progress, StopReason};
