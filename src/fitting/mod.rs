//! The former names of what is now in `coordinates`, `particles`, `locate`, `training` and `sampling`.

pub use crate::coordinates::{Block, Frame, Framed, Split};
pub use crate::locate::{BlockPilot, Located, Pilot};
pub use crate::particles::{Ladder, Population, Tempering};
pub use crate::sampling::{
    BlockFit, DrawError, Draws, Fit, Journeys, Plan, ResidualsAt, fit, fit_watched, plan,
};
pub use crate::training::{
    Assembler, Checkpoint, CheckpointError, Collocation, Control, FitError, FitSettings, HistoryRow,
    PointSet, Points, Probe, Progress, Sampler, Snapshot, StopReason, TrainingState, Watcher,
};
