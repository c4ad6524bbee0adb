//! Cells of the tables behind the figures: rounded numbers, bins of a histogram and the range that
//! they cover.

use crate::figure::axis::Range;

/// The number of times at which moving draws are shown.
pub const TIMES: usize = 40;

/// A number to six digits, which is more than a figure shows and a third of the bytes.
pub fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().expect("a number as Rust writes it")
}

/// The two edges of bin `k`, counted from 0, to six digits.
pub fn edges(range: Range, bins: usize, k: usize) -> (f64, f64) {
    let edge = |k: usize| rounded(range.low + range.width() * k as f64 / bins as f64);
    (edge(k), edge(k + 1))
}

/// The range from the 0.1 % to the 99.9 % quantile, at most twice as wide as the central 95 % and
/// slightly widened, so that tails do not squeeze the bulk.
pub fn central_range(values: &[f64]) -> Range {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 1000;
    let range = Range::of(sorted[cut..sorted.len() - cut].iter().copied());
    let cut = sorted.len() / 40;
    let bulk = Range::of(sorted[cut..sorted.len() - cut].iter().copied()).scaled(2.0);
    let range = Range { low: range.low.max(bulk.low), high: range.high.min(bulk.high) };
    range.scaled(1.06)
}

/// The bin of a value; none if the value lies outside the range.
pub fn bin(range: Range, value: f64, bins: usize) -> Option<usize> {
    let place = (value - range.low) / range.width() * bins as f64;
    range.contains(value).then(|| (place as usize).min(bins - 1))
}
