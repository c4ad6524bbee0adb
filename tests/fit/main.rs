//! Whole fits: checkpoints and interruption, and what draws do not cover.

mod checkpoints;
mod coverage;
