//! The solver alone on published PDEs: root mean square error against time.

use crate::comparison::{Comparison, note_first, seconds};
use crate::session::Session;
use std::sync::atomic::Ordering;

/// The benchmarks as a user writes them, with public traits only: the example is compiled here
/// unchanged.
#[path = "../../../examples/published_pdes/equations.rs"]
mod equations;

use equations::{Problem, Reached};

/// The errors whose times are reported.
const DIGITS: [f64; 6] = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8];

/// Seconds between two lines of progress.
const SECONDS_PER_LINE: f64 = 5.0;

/// A published run of another solver.
#[derive(Clone, Copy)]
struct Published {
    /// Seconds to errors of 1e-3 / 1e-4 / 1e-5 / 1e-6.
    times: &'static str,
    /// The error at the end of the run.
    end: f64,
    /// The time of the end, and the optimiser.
    how: &'static str,
}

/// The best published run of each problem, in the order of [`Problem::all`].
const PUBLISHED: [Published; 4] = [
    Published { times: "31 / 41 / 59 / 94", end: 6.2e-8, how: "1000 s, ENGD" },
    Published { times: "34 / 43 / 52 / 80", end: 5.6e-8, how: "ENGD" },
    Published { times: "42 / 90 / 224 / 1887", end: 2.6e-7, how: "SPRING" },
    Published { times: "–", end: 3.7e-3, how: "7000 s, SPRING, 118 145 parameters" },
];

const CAPTION: &str = "Seconds until the root mean square error over 4000 points that no step sees falls below a bound; \
published: logged runs in f64 on GPUs (arXiv 2405.15603, 2505.12149) with the same networks for Poisson, and 3000+500 \
points in five dimensions.";

/// Solves all problems, or those whose names contain `filter`, each for at most `limit` seconds if
/// that is given.
pub fn pde(filter: Option<&str>, limit: Option<f64>, session: &mut Session<'_>) -> Comparison {
    let mut rows = Vec::new();
    for (problem, published) in Problem::all().into_iter().zip(PUBLISHED) {
        let wanted = filter.is_none_or(|part| problem.name.contains(part));
        if wanted && !session.stop.load(Ordering::Relaxed) {
            rows.push(row(&problem, published, limit.unwrap_or(problem.seconds), session));
        }
    }
    let header = vec![
        "problem",
        "parameters",
        "points",
        "1e-3",
        "1e-4",
        "1e-5",
        "1e-6",
        "1e-7",
        "1e-8",
        "published end",
        "error at the end",
        "published 1e-3 / 1e-4 / 1e-5 / 1e-6",
        "published error at the end",
    ];
    Comparison { name: "pde", caption: CAPTION, header, rows }
}

fn row(problem: &Problem, published: Published, limit: f64, session: &mut Session<'_>) -> Vec<String> {
    let bounds: Vec<f64> = DIGITS.into_iter().chain([published.end]).collect();
    let mut times: Vec<Option<f64>> = vec![None; bounds.len()];
    let mut reported = 0.0;
    let end = problem.solve(|reached| {
        note_first(&mut times, bounds.iter().map(|bound| reached.error <= *bound), reached.seconds);
        if reached.seconds >= reported + SECONDS_PER_LINE {
            reported = reached.seconds;
            progress(problem, reached, session);
        }
        reached.seconds < limit && !session.stop.load(Ordering::Relaxed)
    });
    progress(problem, &end, session);
    let mut cells =
        vec![problem.name.to_string(), problem.n_params().to_string(), problem.points_as_text.to_string()];
    cells.extend(times.into_iter().map(seconds));
    cells.push(format!("{:.1e} ({:.0} s, {} steps)", end.error, end.seconds, end.steps));
    cells.extend([published.times.to_string(), format!("{:.1e} ({})", published.end, published.how)]);
    cells
}

fn progress(problem: &Problem, reached: &Reached, session: &mut Session<'_>) {
    let Reached { steps, seconds, error, loss, direction } = reached;
    let name = problem.name;
    let line =
        format!("{name}: {seconds:.0} s, step {steps} ({direction}), loss {loss:.1e}, error {error:.1e}");
    let _ = writeln!(session.err, "{line}");
}
