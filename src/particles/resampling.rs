//! Systematic resampling: equal weights in place of unequal ones, with little noise.

use crate::num::log_sum_exp;

/// Returns the indices, ascending, of `n` equally weighted particles that represent weights
/// e^{v_i}.
///
/// Index i occurs n·w_i/Σw times, rounded up or down (Kitagawa 1996; Carpenter, Clifford &
/// Fearnhead 1999). `offset` is uniform on (0, 1). If no weight is positive, or one is NaN, all
/// indices are 0.
///
/// # Panics
/// If there are no weights and n > 0.
///
/// # Cost
/// One exponential per weight.
pub fn systematic_resample(log_weights: &[f64], n: usize, offset: f64) -> Vec<usize> {
    let total = log_sum_exp(log_weights);
    if n == 0 {
        return Vec::new();
    }
    let (mut k, mut reached) = (0, libm::exp(log_weights[0] - total));
    let index = |p: usize| {
        let pointer = (p as f64 + offset) / n as f64;
        while reached < pointer && k + 1 < log_weights.len() {
            k += 1;
            reached += libm::exp(log_weights[k] - total);
        }
        k
    };
    (0..n).map(index).collect()
}

/// Replaces row p of a matrix of rows of `width` numbers by its row `indices[p]`.
///
/// # Panics
/// If an index is not below the number of rows.
pub fn take_rows(rows: &mut [f64], indices: &[usize], width: usize) {
    let before = rows.to_vec();
    for (row, k) in rows.chunks_exact_mut(width).zip(indices) {
        row.copy_from_slice(&before[k * width..(k + 1) * width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resampling_gives_every_weight_its_share_rounded_up_or_down() {
        let weights = [0.05f64, 0.0, 0.6, 0.35];
        let logs = weights.map(|w| w.ln() - 700.0);
        for offset in [0.01, 0.5, 0.99] {
            let drawn = systematic_resample(&logs, 7, offset);
            assert!(drawn.is_sorted() && drawn.len() == 7);
            for (i, w) in weights.iter().enumerate() {
                let times = drawn.iter().filter(|k| **k == i).count() as f64;
                assert!(times == (7.0 * w).floor() || times == (7.0 * w).ceil(), "{offset} {i} {times}");
            }
        }
        // 7·0.05 = 0.35 of the offsets draw the first.
        assert_eq!((systematic_resample(&logs, 7, 0.3)[0], systematic_resample(&logs, 7, 0.4)[0]), (0, 2));
        assert_eq!(systematic_resample(&[f64::NEG_INFINITY; 2], 3, 0.5), [0, 0, 0]);
        assert!(systematic_resample(&[], 0, 0.5).is_empty());
    }

    #[test]
    fn rows_are_taken_whole_from_what_stood_there_before() {
        let mut rows = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        take_rows(&mut rows, &[2, 0, 2], 2);
        assert_eq!(rows, [5.0, 6.0, 1.0, 2.0, 5.0, 6.0]);
    }
}
