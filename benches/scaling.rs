//! Growth of the time and memory of a gradient, of J and of a Gauss-Newton step with threads,
//! dimension, points and parameters.
//!
//! Each column ends in its exponent: the least-squares slope of log column over log size, over the
//! rows that have both.

#[path = "support/diffusion.rs"]
mod diffusion;
#[path = "support/timing.rs"]
mod timing;

use diffusion::{Problem, Size};
use pushforward::optim::{
    DampedSolver, Direction, DirectionWorkspace, Jacobian, LeastSquares, Linearisation,
};
use timing::median_seconds;

/// The quantities of a row, with the number of decimals shown. A step is linearisation and solve.
const COLUMNS: [(&str, usize); 6] = [
    ("gradient s", 5),
    ("gradient GFLOP/s", 1),
    ("J s", 5),
    ("step s", 5),
    ("step GFLOP/s", 1),
    ("bytes of J", 0),
];
type Columns = [Option<f64>; COLUMNS.len()];

/// J is formed up to this size, 1 GiB, and squared up to this side, so that the bench stays within
/// four minutes on two cores.
const LARGEST_J: usize = 1 << 30;
const LARGEST_SIDE: usize = 4000;

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let size = Size { dim: 10, width: 64, layers: 4, points: 2048 };
    let mut sweep = Sweep::new("threads", size);
    for threads in std::iter::successors(Some(1), |t| Some(2 * t)).take_while(|t| *t <= cores.max(2)) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads");
        pool.install(|| sweep.add(threads, size));
    }
    sweep.end();

    let size = Size { points: 1024, ..size };
    let mut sweep = Sweep::new("d", size);
    [2, 5, 10, 20, 50, 100, 200].iter().for_each(|&dim| sweep.add(dim, Size { dim, ..size }));
    sweep.end();

    // There are few parameters, so that J fits in memory for many points.
    let size = Size { width: 32, layers: 3, ..size };
    let mut sweep = Sweep::new("points", size);
    [1000, 3000, 10_000, 30_000, 100_000]
        .iter()
        .for_each(|&points| sweep.add(points, Size { points, ..size }));
    sweep.end();

    // These widths give about 1e3, 3e3, 1e4, 3e4 and 1e5 parameters.
    let size = Size { layers: 4, points: 1024, ..size };
    let mut sweep = Sweep::new("parameters", size);
    for width in [16, 29, 55, 98, 180] {
        let size = Size { width, ..size };
        sweep.add(Problem::new(size).theta.len(), size);
    }
    sweep.end();

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("\npeak memory of the process: {}", peak.map_or("unknown", str::trim));
}

/// Rows of growing size, and their measured values.
struct Sweep {
    sizes: Vec<f64>,
    rows: Vec<Columns>,
}

impl Sweep {
    fn new(over: &str, size: Size) -> Sweep {
        let Size { dim, width, layers, points } = size;
        println!("\nover {over}, from d {dim}, width {width}, layers {layers}, points {points}");
        print!("{over:<12} {:<10}", "direction");
        COLUMNS.iter().for_each(|(name, _)| print!(" {name:>16}"));
        println!();
        Sweep { sizes: Vec::new(), rows: Vec::new() }
    }

    fn add(&mut self, at: usize, size: Size) {
        let (direction, row) = measure(size);
        print!("{at:<12} {:<10}", direction.map_or("-".to_owned(), |d| format!("{d:?}").to_lowercase()));
        for (value, (_, decimals)) in row.iter().zip(COLUMNS) {
            print!(" {:>16}", value.map_or("-".to_owned(), |v| format!("{v:.decimals$}")));
        }
        println!();
        self.sizes.push(at as f64);
        self.rows.push(row);
    }

    fn end(&self) {
        print!("{:<23}", "exponent");
        for column in 0..COLUMNS.len() {
            let both = self.sizes.iter().zip(&self.rows);
            let logs: Vec<(f64, f64)> =
                both.filter_map(|(size, row)| Some((size.ln(), row[column]?.ln()))).collect();
            print!(" {:>16}", if logs.len() < 2 { "-".to_owned() } else { format!("{:.2}", slope(&logs)) });
        }
        println!();
    }
}

/// The least-squares slope of y over x.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum::<f64>()
}

/// Measures one row, and gives the direction of its step; what would not fit in memory is omitted.
fn measure(size: Size) -> (Option<Direction>, Columns) {
    let parts = Problem::new(size);
    let (problem, theta) = (parts.assembler(), &parts.theta);
    let (n, p) = (problem.n_residuals(), problem.n_params());
    let rate = |flops: f64, seconds: f64| Some(flops / seconds / 1e9);

    let gradient = median_seconds(7, || drop(problem.loss_and_gradient(theta)));
    let bytes = n * p * size_of::<f64>();
    let mut columns = [None; COLUMNS.len()];
    columns[0] = Some(gradient);
    columns[1] = rate(size.gradient_flops(), gradient);
    columns[5] = Some(bytes as f64);
    if bytes > LARGEST_J {
        return (None, columns);
    }
    let mut lin = Linearisation::default();
    columns[2] = Some(median_seconds(7, || problem.linearise_into(theta, &mut lin)));
    if n.min(p) > LARGEST_SIDE {
        return (None, columns);
    }
    let direction = Direction::cheapest(n, p);
    let mut memory = DirectionWorkspace::default();
    let step = median_seconds(7, || {
        problem.linearise_into(theta, &mut lin);
        let mut ready = DampedSolver::new(Jacobian::Matrix(&lin), direction, &mut memory);
        drop(ready.solve(1e-2, &[]).expect("the damping makes the squared matrix definite"));
    });
    columns[3] = Some(step);
    columns[4] = rate(size.step_flops(p), step);
    (Some(direction), columns)
}
