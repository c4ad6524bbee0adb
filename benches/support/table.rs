//! The table at the end of the engine's bench: our figures, their fraction of our own dgemm, and
//! the best peer.

use crate::peers::Figure;

pub struct Entry {
    pub size: String,
    pub what: &'static str,
    pub seconds: f64,
    pub flops: f64,
    /// The rate of our own dgemm just before, in flops per second.
    pub peak: f64,
    /// The figures of the peers for the same work.
    pub peers: Vec<Figure>,
}

/// Prints the table. The ratio is our rate over that of the best peer, above 1 if we are faster;
/// both count the same flops for the same work.
pub fn print(entries: &[Entry]) {
    println!(
        "\n{:<14} {:<13} {:>9} {:>8} {:>8}   {:<22} {:>8} {:>6}",
        "size", "what", "ms", "GFLOP/s", "of dgemm", "best peer", "GFLOP/s", "ratio"
    );
    for Entry { size, what, seconds, flops, peak, peers } in entries {
        let ours = flops / seconds / 1e9;
        print!("{size:<14} {what:<13} {:>9.2} {ours:>8.1} {:>8.2}", seconds * 1e3, flops / seconds / peak);
        match peers.iter().max_by(|a, b| a.gflops.total_cmp(&b.gflops)) {
            Some(best) => println!("   {:<22} {:>8.1} {:>6.1}", best.name, best.gflops, ours / best.gflops),
            None => println!("   {:<22} {:>8} {:>6}", "none", "-", "-"),
        }
    }
}
