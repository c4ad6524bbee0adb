//! How draws are spread over known modes.

use super::points::squared_distance;
use super::weights::normalised_weights;
use crate::num::pairwise_sum;
use rayon::prelude::*;

/// The share of draws (n×d) that is nearest each centre (modes×d); the first wins a tie.
///
/// Without draws: NaN. A draw with a NaN coordinate is nearest none, and the shares sum to less than 1.
///
/// # Panics
/// If the lengths are no multiples of `dim`, or `dim == 0`.
///
/// # Cost
/// N × modes × d, parallel over draws.
#[track_caller]
pub fn mode_shares(draws: &[f64], centres: &[f64], dim: usize) -> Vec<f64> {
    let nearest = nearest_centres(draws, centres, dim);
    let weights = vec![1.0 / nearest.len() as f64; nearest.len()];
    shares(&nearest, &weights, centres.len() / dim)
}

/// The same under the draws' weights. All weights 0: zeros. Any NaN or +inf: NaN wherever a draw falls.
///
/// # Panics
/// As [`mode_shares`], and if there is not one log weight per draw.
///
/// # Cost
/// As [`mode_shares`].
#[track_caller]
pub fn weighted_mode_shares(draws: &[f64], centres: &[f64], dim: usize, log_weights: &[f64]) -> Vec<f64> {
    let nearest = nearest_centres(draws, centres, dim);
    assert_eq!(nearest.len(), log_weights.len(), "one log weight per draw");
    shares(&nearest, &normalised_weights(log_weights), centres.len() / dim)
}

/// Total variation ½ Σ |share − weight| between shares of draws and the true masses: 0 to 1.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn mode_weight_error(shares: &[f64], weights: &[f64]) -> f64 {
    assert_eq!(shares.len(), weights.len(), "mode_weight_error: lengths differ");
    0.5 * shares.iter().zip(weights).map(|(a, b)| (a - b).abs()).sum::<f64>()
}

#[track_caller]
fn nearest_centres(draws: &[f64], centres: &[f64], dim: usize) -> Vec<Option<usize>> {
    assert!(
        dim > 0 && draws.len().is_multiple_of(dim) && centres.len().is_multiple_of(dim),
        "{} and {} numbers are not whole draws and centres of dimension {dim}",
        draws.len(),
        centres.len()
    );
    draws.par_chunks(dim).map(|x| nearest_centre(x, centres)).collect()
}

fn nearest_centre(x: &[f64], centres: &[f64]) -> Option<usize> {
    let mut best = (f64::INFINITY, None);
    for (k, centre) in centres.chunks_exact(x.len()).enumerate() {
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
        assert_eq!(mode_shares(&DRAWS, &CENTRES, 2), vec![0.5, 0.25, 0.25]);
        let logs = [0.0, 3.0f64.ln(), f64::NEG_INFINITY, 0.0];
        let weighted = weighted_mode_shares(&DRAWS, &CENTRES, 2, &logs);
        assert!(weighted.iter().zip([0.4, 0.6, 0.0]).all(|(a, b)| (a - b).abs() < 1e-15), "{weighted:?}");
        assert!((mode_weight_error(&weighted, &[0.2, 0.3, 0.5]) - 0.5).abs() < 1e-15);
    }

    #[test]
    fn edges() {
        assert!(mode_shares(&[], &CENTRES, 2).iter().all(|s| s.is_nan()));
        assert_eq!(mode_shares(&[f64::NAN, 0.0, 4.0, 0.0], &CENTRES, 2), vec![0.0, 0.5, 0.0]);
    }
}
