//! Inner products and lengths of vectors, summed by halving.

use super::pairwise_sum;

/// Σ_i a_i·b_i by [`pairwise_sum`]. The error is O(ε log n); the bits do not depend on threads.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "vectors of {} and {} numbers have no inner product", a.len(), b.len());
    pairwise_sum(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<f64>>())
}

/// |v| = √(v·v), the Euclidean length; +inf if a square overflows.
pub fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_vectors_are_exact() {
        assert_eq!(dot(&[1.0, -2.0, 3.0], &[4.0, 5.0, 6.0]), 12.0);
        assert_eq!(norm(&[3.0, 0.0, -4.0]), 5.0);
        assert_eq!((dot(&[], &[]), norm(&[])), (0.0, 0.0));
    }

    /// Beside 2⁵³ ones are lost one by one: all 31 in a row, and 7 where eight are added in a row
    /// at most.
    #[test]
    fn sums_are_halved() {
        let (mut a, b) = (vec![1.0; 32], vec![1.0; 32]);
        a[0] = 2f64.powi(53);
        assert_eq!(dot(&a, &b), 2f64.powi(53) + 24.0);
        assert_eq!(a.iter().sum::<f64>(), 2f64.powi(53));
    }

    #[test]
    #[should_panic(expected = "vectors of 2 and 3 numbers have no inner product")]
    fn lengths_must_agree() {
        dot(&[0.0; 2], &[0.0; 3]);
    }
}
