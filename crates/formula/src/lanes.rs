//! Sums over slices in eight lanes, which give the same order and bits on any width of vectors.

/// The sum Σ f(a_i) over a slice.
#[inline(always)]
pub(super) fn sum1(a: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let (chunks, rest) = a.as_chunks::<8>();
    for chunk in chunks {
        for k in 0..8 {
            lanes[k] += f(chunk[k]);
        }
    }
    joined(lanes) + rest.iter().map(|v| f(*v)).sum::<f64>()
}

/// The sum Σ f(a_i, b_i) over two slices.
///
/// # Panics
/// If the lengths of the slices differ.
#[inline(always)]
pub(super) fn sum2(a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) -> f64 {
    assert_eq!(a.len(), b.len(), "sums over two slices of one length");
    let mut lanes = [0.0; 8];
    let ((ca, ra), (cb, rb)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in ca.iter().zip(cb) {
        for k in 0..8 {
            lanes[k] += f(a[k], b[k]);
        }
    }
    joined(lanes) + ra.iter().zip(rb).map(|(a, b)| f(*a, *b)).sum::<f64>()
}

fn joined(lanes: [f64; 8]) -> f64 {
    let pairs = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
    (pairs[0] + pairs[2]) + (pairs[1] + pairs[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_every_length() {
        for n in 0..20u32 {
            let a: Vec<f64> = (0..n).map(f64::from).collect();
            let exact = f64::from(n) * (f64::from(n) - 1.0) / 2.0;
            assert_eq!(sum1(&a, |v| v), if n == 0 { 0.0 } else { exact });
            assert_eq!(sum2(&a, &a, |v, w| v + 2.0 * w), if n == 0 { 0.0 } else { 3.0 * exact });
        }
    }
}
