//! The former names of what is now in `coordinates`, `particles`, `locate`, `training` and `sampling`.

pub use crate::coordinates::{
    Factor as Block, Factorisation as Split, WhitenedFactor as Framed, Whitening as Frame,
};
pub use crate::locate::{LocatedBy as Located, LocatedFactor as BlockPilot, LocatedTarget as Pilot};
pub use crate::particles::{AnnealedSmc as Tempering, Population, PopulationPath as Ladder};
pub use crate::sampling::{
    DrawError, Draws, Fit, FittedFactor as BlockFit, Plan, ResidualsAt, Trajectories as Journeys, fit,
    fit_observed as fit_watched, plan,
};
pub use crate::training::{
    Assembler, Batch as PointSet, Checkpoint, CheckpointError, Collocation, Control, FitError, FitSettings,
    HistoryRow, Observer as Watcher, Points, Probe, Progress, Sampler, Snapshot, StopReason, TrainingState,
};
