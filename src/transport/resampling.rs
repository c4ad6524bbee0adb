//! Resampling before t = 1: copies of particles with large weights replace particles with small
//! ones.

use super::velocity_field::MarginalAt;
use crate::num::{Stream, effective_fraction, log_sum_exp};
use crate::particles::{systematic_resample, take_rows};

/// Resamples a block if its weights exp(V(x) − log q) have an effective fraction below `below` (Del
/// Moral, Doucet & Jasra 2006). Resampling is systematic and in random order, so that the
/// distribution of a particle does not depend on its index.
///
/// Afterwards all weights equal the mean M of the old ones: log q = V(x) − log M. The mean of
/// exp(log ρ − log q) at t = 1 stays Z for every V. An offset of V that depends on t alone cancels.
/// Weights are left alone if one is NaN or all are 0.
pub(super) fn resample(
    below: f64,
    x: &mut [f64],
    marginal: &mut MarginalAt,
    log_q: &mut [f64],
    stream: &mut Stream,
) {
    if below <= 0.0 {
        return;
    }
    let n = log_q.len();
    let log_weights: Vec<f64> = marginal.log_density.iter().zip(&*log_q).map(|(v, q)| v - q).collect();
    let fraction = effective_fraction(&log_weights);
    if fraction.is_nan() || fraction >= below {
        return;
    }
    let mut indices = systematic_resample(&log_weights, n, stream.uniform());
    for last in (1..n).rev() {
        indices.swap(last, stream.index(last + 1));
    }
    let log_mean = log_sum_exp(&log_weights) - libm::log(n as f64);
    let dim = x.len() / n;
    take_rows(x, &indices, dim);
    take_rows(&mut marginal.velocity, &indices, dim);
    take_rows(&mut marginal.gradient, &indices, dim);
    take_rows(&mut marginal.divergence, &indices, 1);
    take_rows(&mut marginal.log_density, &indices, 1);
    for (log_q, v) in log_q.iter_mut().zip(&marginal.log_density) {
        *log_q = v - log_mean;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Purpose;

    /// Particle k at (k, −k), with V = −k/10 and log weights that the test sets.
    fn block(log_weights: &[f64]) -> (Vec<f64>, MarginalAt, Vec<f64>) {
        let numbers: Vec<f64> = (0..log_weights.len()).map(|k| k as f64).collect();
        let pairs: Vec<f64> = numbers.iter().flat_map(|k| [*k, -k]).collect();
        let log_density: Vec<f64> = numbers.iter().map(|k| -0.1 * k).collect();
        let log_q = log_density.iter().zip(log_weights).map(|(v, w)| v - w).collect();
        let marginal =
            MarginalAt { velocity: pairs.clone(), gradient: pairs.clone(), divergence: numbers, log_density };
        (pairs, marginal, log_q)
    }

    #[test]
    fn weights_become_their_mean_and_everything_moves_along() {
        let log_weights: Vec<f64> = [1.0f64, 4.0, 2.0, 1.0].iter().map(|w| w.ln() - 500.0).collect();
        let mut times = [0; 4];
        let mut first = [0i32; 4];
        for round in 0..400 {
            let (mut x, mut marginal, mut log_q) = block(&log_weights);
            resample(1.0, &mut x, &mut marginal, &mut log_q, &mut Stream::new(2, Purpose::Audit, round));
            for p in 0..4 {
                let k = x[2 * p];
                assert_eq!(
                    (
                        x[2 * p + 1],
                        marginal.divergence[p],
                        marginal.velocity[2 * p],
                        marginal.gradient[2 * p + 1]
                    ),
                    (-k, k, k, -k)
                );
                assert!((marginal.log_density[p] - log_q[p] - (2.0f64.ln() - 500.0)).abs() < 1e-12);
                times[k as usize] += 1;
            }
            first[x[0] as usize] += 1;
        }
        // Shares 1/8, 4/8, 2/8, 1/8: of all, and of whatever stands first; binomial deviations at
        // most 10.
        assert_eq!(times[1..3], [800, 400]);
        for (k, share) in [50, 200, 100, 50].iter().enumerate() {
            assert!((first[k] - share).abs() < 40, "{first:?}");
        }
    }

    #[test]
    fn good_weights_and_bad_numbers_are_left_alone() {
        let uneven = [0.0, 1.0, 0.0, 0.0];
        let half_known = [0.0, f64::NAN, 0.0, 0.0];
        for (below, log_weights) in
            [(0.5, uneven), (0.0, uneven), (1.0, half_known), (1.0, [f64::NEG_INFINITY; 4])]
        {
            let (mut x, mut marginal, mut log_q) = block(&log_weights);
            let before = (x.clone(), log_q.iter().map(|q| q.to_bits()).collect::<Vec<_>>());
            resample(below, &mut x, &mut marginal, &mut log_q, &mut Stream::new(2, Purpose::Audit, 0));
            assert_eq!(before, (x, log_q.iter().map(|q| q.to_bits()).collect()));
        }
    }
}
