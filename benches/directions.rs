//! The Gauss-Newton directions on the same random J: normal equations, kernel and QR.

#[path = "support/flops.rs"]
mod flops;
#[path = "support/timing.rs"]
mod timing;

use flops::row;
use pushforward::num::{Purpose, Stream};
use pushforward::optim::{DampedSolver, Direction, DirectionWorkspace, Jacobian, Linearisation};
use timing::median_seconds;

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    for (n, p) in [(2000, 500), (1000, 1000), (2000, 7000)] {
        let mut stream = Stream::new(0, Purpose::Audit, 0);
        let jacobian = (0..n * p).map(|_| stream.normal()).collect();
        let residuals = (0..n).map(|_| stream.normal()).collect();
        let lin = Linearisation { residuals, jacobian };
        let mut memory = DirectionWorkspace::default();
        let (small, large) = (n.min(p) as f64, n.max(p) as f64);
        for direction in [Direction::Normal, Direction::Kernel, Direction::Qr] {
            let size = if direction == Direction::Normal { p as f64 } else { n as f64 };
            if direction != Direction::Qr && size > 2.0 * small {
                continue;
            }
            let flops = match direction {
                Direction::Qr => 2.0 * small * small * (large + 2.0 * small / 3.0),
                _ => size * size * (n + p) as f64 - size * size * size * 2.0 / 3.0,
            };
            let seconds = median_seconds(3, || {
                drop(DampedSolver::new(Jacobian::Matrix(&lin), direction, &mut memory).solve(1.0, &[]));
            });
            row(&format!("{direction:?} (residuals {n}, parameters {p})"), seconds, flops);
        }
    }
}
