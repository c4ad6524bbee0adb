//! Gradient and Jacobian of the residual of a variance-preserving diffusion, compared with the
//! limit of the machine, and with JAX and PyTorch for the same work just after.
//!
//! `cargo bench --bench engine -- 10,64,4,2048` runs the rows (d, width, layers, points) named, or
//! all rows without a name.

#[path = "support/diffusion.rs"]
mod diffusion;
#[path = "support/flops.rs"]
mod flops;
#[path = "support/peers.rs"]
mod peers;
#[path = "support/table.rs"]
mod table;
#[path = "support/timing.rs"]
mod timing;

use diffusion::{Problem, Size};
use flops::row;
use peers::{Figure, Peers};
use pushforward::num::{Mat, Purpose, Stream, gram};
use pushforward::optim::{
    DampedSolver, Direction, DirectionWorkspace, Jacobian, LeastSquares, Linearisation,
};
use table::Entry;
use timing::median_seconds;

const SIZES: [(usize, usize, usize, usize); 5] =
    [(2, 64, 4, 2048), (10, 64, 4, 2048), (50, 64, 4, 1024), (2, 32, 3, 2048), (10, 128, 4, 4096)];

/// The scripts of the peers, each with the number of gradients that it prints before its
/// Gauss-Newton step.
const SCRIPTS: [(&str, usize); 2] = [("residual_jax.py", 2), ("residual_torch.py", 1)];
const GEMM: &str = "gemm_peak.py";

/// The side of the matrices of dgemm.
const SQUARE: usize = 1536;

fn main() {
    // `cargo test` also runs bench targets, with this flag; there is nothing to test here.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut peers = Peers::find(&[GEMM, SCRIPTS[0].0, SCRIPTS[1].0]);
    let mut entries = vec![against_numpy(&mut peers)];
    for (dim, width, layers, points) in SIZES {
        let name = format!("{dim},{width},{layers},{points}");
        if asked.is_empty() || asked.contains(&name) {
            let size = Size { dim, width, layers, points };
            let mut ours = measure(size, &name);
            beside(size, &mut ours, &mut peers);
            entries.extend(ours);
        }
    }
    table::print(&entries);
}

/// Our own figures for one size.
fn measure(size: Size, name: &str) -> Vec<Entry> {
    let parts = Problem::new(size);
    let (problem, theta) = (parts.assembler(), &parts.theta);
    let Size { dim, width, layers, points } = size;
    let label = |what: &str| format!("{what} (d {dim}, width {width}, layers {layers}, points {points})");
    let gradient = size.gradient_flops();
    // The limit is measured for every size, because on a shared machine it moves within minutes.
    let (seconds, flops) = dgemm();
    let peak = flops / seconds;
    let entry =
        |what, seconds, flops| Entry { size: name.to_owned(), what, seconds, flops, peak, peers: Vec::new() };

    let seconds = median_seconds(7, || drop(problem.residuals(theta)));
    row(&label("residuals"), seconds, gradient / 3.0);
    let seconds = median_seconds(7, || drop(problem.loss_and_gradient(theta)));
    row(&label("gradient"), seconds, gradient);
    let mut entries = vec![entry("gradient", seconds, gradient)];
    if points * theta.len() > 60_000_000 {
        return entries;
    }
    let mut lin = Linearisation::default();
    let seconds = median_seconds(5, || problem.linearise_into(theta, &mut lin));
    row(&label("J"), seconds, gradient);
    let mut memory = DirectionWorkspace::default();
    let seconds = median_seconds(3, || {
        problem.linearise_into(theta, &mut lin);
        drop(DampedSolver::new(Jacobian::Matrix(&lin), Direction::Kernel, &mut memory).solve(1e-2, &[]));
    });
    let flops = size.step_flops(theta.len());
    row(&label("kernel step"), seconds, flops);
    // The peers print this name for the step.
    entries.push(entry("gauss-newton", seconds, flops));
    entries
}

/// Adds to our entries the figures that the peers print for the same size.
fn beside(size: Size, entries: &mut [Entry], peers: &mut Peers) {
    let mut arguments: Vec<String> =
        [size.dim, size.width, size.layers, size.points].iter().map(usize::to_string).collect();
    // The number of threads, because PyTorch would not use all of them by default.
    arguments.push(rayon::current_num_threads().to_string());
    for (script, gradients) in SCRIPTS {
        let enough = gradients + entries.len() - 1;
        for figure in peers.run(script, &arguments, enough) {
            if let Some(same) = entries.iter_mut().find(|entry| entry.what == figure.what) {
                same.peers.push(figure);
            }
        }
    }
}

/// The entry that compares our dgemm with that of NumPy.
fn against_numpy(peers: &mut Peers) -> Entry {
    let (seconds, flops) = dgemm();
    let size = SQUARE.to_string();
    let named = |figure: Figure| Figure { name: "numpy".to_owned(), ..figure };
    let peers = peers.run(GEMM, std::slice::from_ref(&size), 1).into_iter().map(named).collect();
    Entry { size, what: "dgemm", seconds, flops, peak: flops / seconds, peers }
}

/// Seconds and flops of our own symmetric product; the flops are those of a full product by dgemm.
fn dgemm() -> (f64, f64) {
    let n = SQUARE;
    let mut stream = Stream::new(0, Purpose::Audit, 1);
    let a = Mat::from_fn(n, n, |_, _| stream.normal());
    let mut out = Mat::zeros(n, n);
    let seconds = median_seconds(7, || gram(a.as_ref(), out.as_mut()));
    let tiles = n.div_ceil(192) as f64;
    let flops = 2.0 * (n as f64).powi(3) * (tiles + 1.0) / (2.0 * tiles);
    row(&format!("dgemm peak (tiles of a symmetric product, {n})"), seconds, flops);
    (seconds, flops)
}
