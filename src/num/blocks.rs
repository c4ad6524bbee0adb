//! Sums whose order is fixed by the data alone, never by the number of threads.

use std::sync::Mutex;

/// The number of points in a block. It is a constant of the method, never of the machine, since it
/// fixes the order of sums.
pub const BLOCK: usize = 64;

/// Σ values by recursive halving. The error is O(ε log n); the bits do not depend on threads.
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

/// The largest depth of the tree of [`sum_blocks`]: it has up to 128 leaves, two for each of 64
/// threads. It is a constant of the method, never of the machine, since it fixes the order of sums.
const HALVINGS: u32 = 7;

/// The sum over blocks of vectors of `len` numbers; `add` adds the vector of one block to the sum
/// that it is given. Without blocks the sum is 0.
///
/// The list of blocks is halved `HALVINGS` times at most. Each piece that is left is a leaf; its
/// blocks are added one after the other to one vector, and the vectors of two halves are added
/// entry by entry. Leaves run in parallel. Each has a workspace `M`, which may have been used
/// before; what it holds must not change what `add` computes.
///
/// # Cost
/// One vector for each sum that waits for its neighbour: at most `HALVINGS` + 1 on one thread,
/// about as many on each of several, and never more than 128 together, for any number of blocks.
pub fn sum_blocks<B: Send, M: Default + Send>(
    blocks: &mut [B],
    len: usize,
    add: impl Fn(&mut M, &mut B, &mut [f64]) + Sync,
) -> Vec<f64> {
    sum_halves(blocks, HALVINGS, len, &Mutex::default(), &add)
}

fn sum_halves<B: Send, M: Default + Send>(
    blocks: &mut [B],
    halvings: u32,
    len: usize,
    idle: &Mutex<Vec<M>>,
    add: &(impl Fn(&mut M, &mut B, &mut [f64]) + Sync),
) -> Vec<f64> {
    if halvings == 0 || blocks.len() < 2 {
        // The lock is released before the work begins.
        let taken = idle.lock().expect("no panic while locked").pop();
        let mut memory = taken.unwrap_or_default();
        let mut sum = vec![0.0; len];
        blocks.iter_mut().for_each(|block| add(&mut memory, block, &mut sum));
        idle.lock().expect("no panic while locked").push(memory);
        return sum;
    }
    let (left, right) = blocks.split_at_mut(blocks.len() / 2);
    let half = |part| move || sum_halves(part, halvings - 1, len, idle, add);
    let (mut sum, other) = rayon::join(half(left), half(right));
    sum.iter_mut().zip(&other).for_each(|(a, b)| *a += b);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree_with_whole_numbers() {
        let values: Vec<f64> = (1..=1001).map(f64::from).collect();
        assert_eq!(pairwise_sum(&values), 501_501.0);
        let add = |_: &mut (), k: &mut u32, sum: &mut [f64]| {
            sum[0] += f64::from(*k);
            sum[1] += 1.0;
        };
        for n in [0, 1, 7, 128, 129, 1001] {
            let mut blocks: Vec<u32> = (0..n).collect();
            let n = f64::from(n);
            assert_eq!(sum_blocks(&mut blocks, 2, add), vec![n * (n - 1.0).max(0.0) / 2.0, n]);
        }
    }

    /// Numbers of very unequal size, whose sum depends on its order.
    fn rough(n: usize) -> Vec<f64> {
        (0..n).map(|k| libm::sin(k as f64) * libm::exp(20.0 * libm::cos(3.0 * k as f64))).collect()
    }

    #[test]
    fn order_of_sums_does_not_depend_on_threads() {
        let sum = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let add = |_: &mut (), x: &mut f64, sum: &mut [f64]| sum[0] += *x;
            pool.install(|| sum_blocks(&mut rough(1001), 1, add)[0].to_bits())
        };
        assert_eq!(sum(1), sum(2));
        assert_eq!(sum(1), sum(5));
        let in_a_row: f64 = rough(1001).iter().sum();
        assert_ne!(sum(1), in_a_row.to_bits(), "the check cannot fail");
    }

    #[test]
    fn few_blocks_are_summed_by_halving_alone() {
        fn halved(values: &[f64]) -> f64 {
            match values {
                [one] => *one,
                _ => {
                    let (left, right) = values.split_at(values.len() / 2);
                    halved(left) + halved(right)
                }
            }
        }
        for n in [1, 2, 5, 100, 128] {
            let add = |_: &mut (), x: &mut f64, sum: &mut [f64]| sum[0] += *x;
            assert_eq!(sum_blocks(&mut rough(n), 1, add), vec![halved(&rough(n))]);
        }
    }

    #[test]
    fn vectors_are_no_more_than_leaves() {
        for (n, leaves) in [(5, 5), (128, 128), (200, 128), (5000, 128)] {
            // A block that finds zeros has begun a leaf.
            let mut blocks = vec![false; n];
            sum_blocks(&mut blocks, 1, |_: &mut (), first, sum| {
                *first = sum[0] == 0.0;
                sum[0] += 1.0;
            });
            assert_eq!(blocks.iter().filter(|first| **first).count(), leaves);
        }
    }
}
