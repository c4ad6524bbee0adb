//! Timing for the benches by medians of whole calls; nothing is asserted.

use std::time::Instant;

/// The median seconds of `repeats` calls, after one call that warms up.
pub fn median_seconds(repeats: usize, mut work: impl FnMut()) -> f64 {
    work();
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[repeats / 2]
}
