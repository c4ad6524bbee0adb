//! Timing for the benches: medians of whole calls, nothing asserted.

use std::time::Instant;

/// Median seconds of `repeats` calls after one that warms up.
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

/// Prints one row: what, milliseconds, GFLOP/s.
pub fn row(what: &str, seconds: f64, flops: f64) {
    println!("{what:<58} {:>9.2} ms {:>8.1} GFLOP/s", seconds * 1e3, flops / seconds / 1e9);
}
