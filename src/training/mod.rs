//! Training: points, the least-squares problem they make, and its solution.

mod assemble;
mod batch_size;
mod checkpoint;
mod collocation;
mod coverage;
mod fit_error;
mod observer;
mod points;
mod schedule;
mod selection;
mod settings;
mod state;
mod training_loop;

pub use assemble::Assembler;
pub(crate) use batch_size::LARGEST;
pub(crate) use checkpoint::of_factor;
pub use checkpoint::{Checkpoint, CheckpointError, Probe, Snapshot};
pub use collocation::{Batch, Collocation};
pub use fit_error::FitError;
pub(crate) use observer::ClosureObserver;
pub use observer::{Control, Observer};
pub use points::Points;
pub(crate) use schedule::train;
pub use settings::{FitSettings, Sampler};
pub(crate) use state::FIRST_DAMPING;
pub use state::{HistoryRow, TrainingState};
pub use training_loop::{Progress, StopReason};
