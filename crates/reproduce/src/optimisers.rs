//! Every pair of direction and step rule on the same fits: seconds to an effective fraction.

use crate::comparison::{Comparison, note_first, seconds};
use crate::session::Session;
use crate::timed::timed_fit;
use pushforward::density::named_target;
use pushforward::evolution::GeneralOde;
use pushforward::optim::{Direction, GaussNewton, Method, Optimiser, StepRule};
use pushforward::training::{FitError, FitSettings, Progress};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::Ordering;

const TARGETS: [(&str, &[(&str, f64)]); 2] = [("gmm9", &[]), ("many-well", &[("dim", 5.0), ("wells", 5.0)])];
/// The effective fractions whose times are reported.
const FRACTIONS: [f64; 3] = [0.9, 0.95, 0.99];
/// The default limit of a row in seconds, twice the time of the defaults on the harder target.
const SECONDS: f64 = 60.0;
/// The number of steps for which methods that learn a matrix or moments from gradients keep their
/// points.
const KEPT: usize = 20;
/// The number of steps of Adam in the row that warms up.
const WARM_UP: usize = 200;

const CAPTION: &str = "Seconds of the fit, validation draws included, until 1024 draws reach an effective fraction; defaults \
but for what the row says, each target fitted whole.";

/// A fit with its settings.
struct Row {
    name: String,
    settings: FitSettings,
}

/// Fits both targets with every pair, or with those whose names contain `filter`, each for at most
/// `limit` seconds.
pub fn optimisers(
    filter: Option<&str>,
    limit: Option<f64>,
    session: &mut Session<'_>,
) -> Result<Comparison, FitError> {
    let limit = limit.unwrap_or(SECONDS);
    let mut rows = Vec::new();
    for row in all_rows() {
        if !filter.is_none_or(|part| row.name.contains(part)) {
            continue;
        }
        let mut cells = vec![row.name.clone()];
        for (target, parameters) in TARGETS {
            if session.stop.load(Ordering::Relaxed) {
                return Ok(table(rows));
            }
            cells.extend(measured(&row, target, parameters, limit, session)?);
        }
        rows.push(cells);
    }
    Ok(table(rows))
}

fn table(rows: Vec<Vec<String>>) -> Comparison {
    let header =
        vec!["optimiser", "gmm9 0.9", "0.95", "0.99", "best", "many-well 0.9", "0.95", "0.99", "best"];
    Comparison { name: "optimisers", caption: CAPTION, header, rows }
}

fn all_rows() -> Vec<Row> {
    let with = |name: String, method: Method| {
        let optimiser = Optimiser { method, ..Optimiser::default() };
        // Validation draws of one factor say nothing of the others: the whole target is one factor.
        let whole = FitSettings { factorise: false, ..FitSettings::default() };
        let settings = FitSettings { optimiser, target_ess: 0.992, steps: 1_000_000, ..whole };
        Row { name, settings }
    };
    let mut rows = vec![with("defaults".to_string(), Optimiser::default().method)];
    for direction in Direction::ALL {
        for step_rule in StepRule::ALL {
            let pair = GaussNewton { direction: Some(direction), step_rule, ..GaussNewton::default() };
            rows.push(with(format!("{}, {}", direction.name(), step_rule.name()), Method::GaussNewton(pair)));
        }
    }
    let plain = GaussNewton { momentum: 0.0, ..GaussNewton::default() };
    rows.push(with("defaults without momentum".to_string(), Method::GaussNewton(plain)));
    let mut warm = with(format!("defaults after {WARM_UP} steps of adam"), Optimiser::default().method);
    warm.settings.optimiser.warm_up = WARM_UP;
    rows.push(warm);
    for name in ["broyden", "adam"] {
        let method = Method::named(name, GaussNewton::default()).expect("a name of the list");
        let mut row = with(format!("{name}, points kept for {KEPT} steps"), method);
        row.settings.steps_per_batch = KEPT;
        rows.push(row);
    }
    rows
}

/// The times to the fractions, and the best fraction reached.
fn measured(
    row: &Row,
    target: &str,
    parameters: &[(&str, f64)],
    limit: f64,
    session: &mut Session<'_>,
) -> Result<Vec<String>, FitError> {
    let parameters: BTreeMap<String, f64> = parameters.iter().map(|(k, v)| (k.to_string(), *v)).collect();
    let density = named_target(target, &parameters).expect("a target of the catalogue");
    let mut times: [Option<f64>; FRACTIONS.len()] = [None; FRACTIONS.len()];
    let (mut best, mut steps) = (0.0f64, 0);
    let mut tell = |progress: &Progress, _: &mut dyn Write| {
        let elapsed = progress.elapsed.as_secs_f64();
        steps = progress.step;
        if let Some(ess) = progress.validation_ess {
            best = best.max(ess);
            note_first(&mut times, FRACTIONS.iter().map(|fraction| ess >= *fraction), elapsed);
        }
    };
    timed_fit(&*density, (&GeneralOde, &row.settings), Some(limit), session, &mut tell)?;
    let cells: Vec<String> =
        times.map(seconds).into_iter().chain([format!("{best:.3} ({steps} steps)")]).collect();
    let _ = writeln!(session.err, "{}: {target} {}", row.name, cells.join(" / "));
    Ok(cells)
}
