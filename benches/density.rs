//! Values and scores of the named targets, through the checked evaluation that a fit uses.

#[path = "support/timing.rs"]
mod timing;

use pushforward::density::{named_target, targets, values, values_and_scores};
use pushforward::num::{Purpose, Stream};
use std::collections::BTreeMap;
use timing::median_seconds;

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let n = 20_000;
    println!("{:<16} {:>14} {:>24}", "target", "values ns each", "values and scores ns each");
    for entry in targets() {
        let target = named_target(entry.name, &BTreeMap::new()).expect("defaults are allowed");
        let mut stream = Stream::new(0, Purpose::Audit, 0);
        let mut points = vec![0.0; n * target.dim()];
        stream.fill_normal(&mut points);
        let each = |seconds: f64| 1e9 * seconds / n as f64;
        let plain = median_seconds(5, || drop(values(&*target, &points).expect("finite")));
        let scored = median_seconds(5, || drop(values_and_scores(&*target, &points).expect("finite")));
        println!("{:<16} {:>14.0} {:>24.0}", entry.name, each(plain), each(scored));
    }
}
