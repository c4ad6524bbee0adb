//! From draws and log weights to figures with error bars, and from the figures to a verdict.

mod bracket;
mod estimate;
mod estimates;
mod missed_modes;
mod modes;
mod moments;
mod pareto;
mod reason;
mod verdict;
mod weights;

pub use bracket::Bracket;
pub use estimate::Estimate;
pub use estimates::Estimates;
pub use missed_modes::missed_modes;
pub use modes::{mode_shares, mode_weight_error, weighted_mode_shares};
pub use moments::{Moments, delta_std, moments, weighted_moments};
pub use pareto::{pareto_k, tail_excess, tail_threshold};
pub use reason::Reason;
pub use verdict::{Bounds, Evidence, Verdict, judge};
pub use weights::{NotFinite, ess, log_mean_weight, max_weight_share, normalised_weights, not_finite};
