//! Training: collocation points, the least-squares problem that they define, and its solution.
//!
//! The parameters θ minimise ½ (1/N) Σ_i w_i Σ_k R_k(t_i, x_i; θ)² over points that follow the flow
//! as it is learned. A step takes a batch of points, linearises the residuals and asks an optimiser
//! for a new θ. Every few steps, validation draws judge the flow.
//!
//! In reading order: [`FitSettings`]; the points ([`CollocationPoints`], `selection`,
//! [`Collocation`], `batch_size`) and how far a flow moves them (`coverage`); [`Assembler`], from
//! points to r and J; the state that passes from step to step ([`StopReason`], [`Phase`],
//! [`HistoryRow`], [`TrainingState`], [`Checkpoint`]); [`Observer`], which sees every step;
//! `unknowns`, the networks to be trained; `training_loop`, the steps of one factor; `schedule`,
//! all factors in rotation.

mod assemble;
mod batch_size;
mod checkpoint;
mod collocation;
mod collocation_points;
mod coverage;
mod fit_error;
mod observer;
mod phase;
mod record;
mod schedule;
mod selection;
mod settings;
mod state;
mod stop_reason;
mod training_loop;
mod unknowns;

pub use assemble::Assembler;
pub(crate) use batch_size::LARGEST;
pub use checkpoint::{Checkpoint, CheckpointError, Probe, Snapshot};
pub use collocation::{Batch, Collocation};
pub use collocation_points::CollocationPoints;
pub(crate) use coverage::{backward_log_weights, forward_log_weights, uncovered_fraction};
pub use fit_error::FitError;
pub(crate) use observer::ClosureObserver;
pub use observer::{Control, Observer};
pub use phase::Phase;
pub use record::{HistoryRow, Progress};
pub(crate) use schedule::train;
pub use settings::{FitSettings, OutOfRange, Sampler, SettingRange};
pub(crate) use state::FIRST_DAMPING;
pub use state::TrainingState;
pub use stop_reason::StopReason;
pub(crate) use unknowns::unknowns;
