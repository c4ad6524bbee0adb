//! From draws and log weights to figures with error bars, and from the figures to a verdict.

mod assignment;
mod bracket;
mod distances;
mod estimates;
mod missed_modes;
mod mmd;
mod modes;
mod moments;
mod pareto;
mod points;
mod reason;
mod sinkhorn;
mod sliced;
mod verdict;
mod wasserstein;
mod weights;

pub use bracket::Bracket;
pub use distances::{Distances, distances_to_exact, floors};
pub use estimates::Estimates;
pub use missed_modes::missed_modes;
pub use mmd::mmd;
pub use modes::{mode_shares, mode_weight_error, weighted_mode_shares};
pub use moments::{Moments, delta_std, moments, weighted_moments};
pub use pareto::{pareto_k, tail_excess, tail_threshold};
pub use reason::Reason;
pub use sinkhorn::sinkhorn_w1;
pub use sliced::{DIRECTIONS, sliced_w2};
pub use verdict::{Bounds, Evidence, Verdict, judge};
pub use wasserstein::w2;
pub use weights::{NotFinite, ess, log_mean_weight, max_weight_share, normalised_weights, not_finite};
