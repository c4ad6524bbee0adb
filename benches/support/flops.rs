//! The rows of the benches that count floating-point operations.

/// Prints one row: `what`, milliseconds, GFLOP/s.
pub fn row(what: &str, seconds: f64, flops: f64) {
    println!("{what:<58} {:>9.2} ms {:>8.1} GFLOP/s", seconds * 1e3, flops / seconds / 1e9);
}
