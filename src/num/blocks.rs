//! Sums whose order is fixed by the data alone, never by the number of threads.

/// Points in a block: a constant of the method, never of the machine, since it fixes the order of sums.
pub const BLOCK: usize = 64;

/// Σ values by halving: error O(ε log n), the same bits whoever computes it.
pub fn pairwise_sum(values: &[f64]) -> f64 {
    match values.len() {
        0 => 0.0,
        n if n <= 8 => values.iter().sum(),
        n => {
            let (left, right) = values.split_at(n / 2);
            pairwise_sum(left) + pairwise_sum(right)
        }
    }
}

/// Adds equally long vectors, one per block, through a fixed binary tree; empty input gives zeros.
///
/// # Panics
/// If a part is not `len` long.
pub fn sum_blocks(parts: &[Vec<f64>], len: usize) -> Vec<f64> {
    match parts {
        [] => vec![0.0; len],
        [one] => {
            assert_eq!(one.len(), len, "sum_blocks: a part has the wrong length");
            one.clone()
        }
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            let mut sum = sum_blocks(left, len);
            for (a, b) in sum.iter_mut().zip(sum_blocks(right, len)) {
                *a += b;
            }
            sum
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree_with_whole_numbers() {
        let values: Vec<f64> = (1..=1001).map(f64::from).collect();
        assert_eq!(pairwise_sum(&values), 501_501.0);
        let parts: Vec<Vec<f64>> = (0..7).map(|k| vec![f64::from(k), 1.0]).collect();
        assert_eq!(sum_blocks(&parts, 2), vec![21.0, 7.0]);
        assert_eq!(sum_blocks(&[], 2), vec![0.0, 0.0]);
    }
}
