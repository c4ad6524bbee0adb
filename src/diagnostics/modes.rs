//! How draws are distributed over known modes.

use super::weights::normalised_weights;
use crate::num::{Points, pairwise_sum, squared_distance};
use rayon::prelude::*;

/// Share of the draws nearest to each centre, one number per centre. The first centre wins a tie.
///
/// Without draws every share is NaN. A draw with a NaN coordinate is nearest no centre, and the
/// shares then sum to less than 1.
///
/// ```
/// use pushforward::diagnostics::{mode_shares, mode_weight_error};
/// use pushforward::num::Points;
///
/// // Two modes on a line, at −2 and 2, and four draws.
/// let centres = Points::new(&[-2.0, 2.0], 1);
/// let shares = mode_shares(Points::new(&[-1.7, -2.4, -1.9, 2.2], 1), centres);
/// assert_eq!(shares, [0.75, 0.25]);
/// // The modes have equal masses: a quarter of the mass is in the wrong one.
/// assert_eq!(mode_weight_error(&shares, &[0.5, 0.5]), 0.25);
/// ```
///
/// # Panics
/// If draws and centres have different dimensions.
///
/// # Cost
/// n × modes × d, parallel over the draws.
#[track_caller]
pub fn mode_shares(draws: Points<'_>, centres: Points<'_>) -> Vec<f64> {
    let nearest = nearest_centres(draws, centres);
    let weights = vec![1.0 / nearest.len() as f64; nearest.len()];
    shares(&nearest, &weights, centres.len())
}

/// Share of the importance weights w, given as log w, whose draws are nearest to each centre.
///
/// Every share is 0 if all weights are 0. If a log weight is NaN or +inf, every mode with a draw
/// has the share NaN.
///
/// # Panics
/// If draws and centres have different dimensions, or the numbers of draws and of log weights
/// differ.
///
/// # Cost
/// The cost of [`mode_shares`].
#[track_caller]
pub fn weighted_mode_shares(draws: Points<'_>, centres: Points<'_>, log_weights: &[f64]) -> Vec<f64> {
    let (n, m) = (draws.len(), log_weights.len());
    assert_eq!(n, m, "{n} draws have {m} log weights: one belongs to each draw");
    shares(&nearest_centres(draws, centres), &normalised_weights(log_weights), centres.len())
}

/// Total variation ½ Σ |share − weight| between shares of draws and true masses, from 0 to 1.
///
/// # Panics
/// If `shares` and `weights` have different lengths.
#[track_caller]
pub fn mode_weight_error(shares: &[f64], weights: &[f64]) -> f64 {
    let (n, m) = (shares.len(), weights.len());
    assert_eq!(n, m, "the shares of {n} modes stand beside the masses of {m}");
    0.5 * shares.iter().zip(weights).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

#[track_caller]
fn nearest_centres(draws: Points<'_>, centres: Points<'_>) -> Vec<Option<usize>> {
    draws.common_dim(centres);
    draws.par_iter().map(|x| nearest_centre(x, centres)).collect()
}

fn nearest_centre(x: &[f64], centres: Points<'_>) -> Option<usize> {
    let mut best = (f64::INFINITY, None);
    for (k, centre) in centres.iter().enumerate() {
        let distance = squared_distance(x, centre);
        if distance < best.0 {
            best = (distance, Some(k));
        }
    }
    best.1
}

fn shares(nearest: &[Option<usize>], weights: &[f64], n_modes: usize) -> Vec<f64> {
    if nearest.is_empty() {
        return vec![f64::NAN; n_modes];
    }
    let mut by_mode = vec![Vec::new(); n_modes];
    for (mode, weight) in nearest.iter().zip(weights) {
        if let Some(mode) = mode {
            by_mode[*mode].push(*weight);
        }
    }
    by_mode.iter().map(|weights| pairwise_sum(weights)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENTRES: [f64; 6] = [0.0, 0.0, 4.0, 0.0, 0.0, 6.0];
    const DRAWS: [f64; 8] = [0.5, 0.1, 2.5, 0.3, -1.0, 4.0, 0.2, 0.2];

    #[test]
    fn shares_of_four_draws() {
        let (draws, centres) = (Points::new(&DRAWS, 2), Points::new(&CENTRES, 2));
        assert_eq!(mode_shares(draws, centres), vec![0.5, 0.25, 0.25]);
        let logs = [0.0, 3.0f64.ln(), f64::NEG_INFINITY, 0.0];
        let weighted = weighted_mode_shares(draws, centres, &logs);
        assert!(weighted.iter().zip([0.4, 0.6, 0.0]).all(|(a, b)| (a - b).abs() < 1e-15), "{weighted:?}");
        assert!((mode_weight_error(&weighted, &[0.2, 0.3, 0.5]) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn edges() {
        let centres = Points::new(&CENTRES, 2);
        assert!(mode_shares(Points::new(&[], 2), centres).iter().all(|s| s.is_nan()));
        let one_lost = Points::new(&[f64::NAN, 0.0, 4.0, 0.0], 2);
        assert_eq!(mode_shares(one_lost, centres), vec![0.0, 0.5, 0.0]);
    }

    #[test]
    #[should_panic(expected = "points of dimension 4 stand beside points of dimension 2")]
    fn centres_have_the_dimension_of_draws() {
        mode_shares(Points::new(&DRAWS, 4), Points::new(&CENTRES, 2));
    }
}
