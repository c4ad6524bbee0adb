//! The numbers of every figure that need the fit or the density, as a run writes them for its
//! report.

use crate::figure::axis::Range;
use crate::figure::histogram::Histogram;
use crate::folder::record::Record;
use crate::format::csv::Csv;
use crate::report::cells::{TIMES, bin, central_range, edges, rounded};
use crate::report::fitted::Fitted;
use crate::report::quantities::on_the_users_scale;
use crate::report::residual_tables::residual_tables;
use crate::report::shown_coordinates::shown_coordinates;
use crate::settings::problem::Problem;
use pushforward::density::{self, Target};
use pushforward::diagnostics::{Bracket, log_mean_weight, tail_threshold};
use pushforward::num::Points;
use pushforward::sampling::{Draws, Trajectories, Transport};
use pushforward::training::{HistoryRow, Sampler};
use pushforward::transport::Tolerance;

/// The number of grid points along each side of a contour figure.
const SIDE: usize = 201;
/// The number of draws that are integrated again at a tighter tolerance, to measure the error of
/// log Z.
const REDRAWN: usize = 1024;
/// At most one draw in this many is integrated again, so that a report costs less than a third of
/// the draws.
const REDRAWN_PART: usize = 16;
/// The least number of draws that are integrated again, or of exact draws.
const FEWEST: usize = 64;
/// The ratio of the tighter tolerance to the default one.
const TIGHTER: f64 = 0.01;
/// The number of exact draws for the upper bound of log Z: its error is then about a third of that
/// of the lower bound.
const EXACT_FOR_BOUND: usize = 2000;
/// At most one exact draw for this many draws.
const EXACT_PART: usize = 10;
/// The number of draws whose trajectories are recorded.
pub const WATCHED: usize = 512;
/// The number of those draws whose trajectories are written.
const KEPT: usize = 250;
/// The number of bins of a marginal.
pub const MARGINAL_BINS: usize = 48;
/// The number of bins along each side of a pair.
pub const PAIR_BINS: usize = 36;
/// The number of bins of the log weights.
const WEIGHT_BINS: usize = 60;

/// The names and texts of the CSV files of the figures.
pub fn report_tables(
    problem: &Problem<'_>,
    record: &Record,
    fitted: &Fitted<'_>,
) -> Vec<(&'static str, String)> {
    let Fitted { fit, draws, quantities, .. } = fitted;
    let weights = scaled_weights(&draws.log_weights);
    let shown = shown_coordinates(quantities.points(), &weights);
    let first_two = &shown[..shown.len().min(2)];
    let mut tables = vec![
        ("figure-log_z.csv", log_z_table(problem, record, fitted)),
        ("figure-weights.csv", weight_table(record, draws)),
    ];
    if record.is_planar() {
        tables.push(("figure-density.csv", density_table(problem, draws)));
    } else {
        let sample = Weighted { points: quantities.points(), weights: &weights };
        let exact = problem.exact_draws.map(|exact| on_the_users_scale(problem.target, exact));
        let exact = exact.as_ref().map(|values| Points::new(values, quantities.names.len()));
        let marginals = marginals_of(sample, exact, &shown);
        tables.push(("figure-pairs.csv", pair_table(sample, &shown, &marginals)));
        tables.push(("figure-marginals.csv", marginal_table(&shown, &marginals)));
    }
    let times: Vec<f64> = (0..=2 * TIMES).map(|k| k as f64 / (2 * TIMES) as f64).collect();
    let watched = record.n_draws.min(WATCHED);
    let trajectories = (watched > 0).then(|| fit.trajectories(watched, &times, record.seed));
    let trajectories = trajectories.and_then(Result::ok);
    tables.push((
        "figure-trajectories.csv",
        trajectory_table(problem.target, trajectories.as_ref(), first_two),
    ));
    // The equation is in the coordinates of the fit, and so is its residual.
    let shown = shown_coordinates(Points::new(&draws.x, record.dim), &weights);
    tables.extend(residual_tables(problem.target, record, fit, trajectories.as_ref(), &shown));
    tables
}

/// The columns of losses.csv before those of the equations.
const LOSS_COLUMNS: [&str; 9] =
    ["block", "step", "points", "loss_before", "loss", "scale", "damping", "solve_residual", "pilot_ess"];
/// The least number of columns for equations: a table of one equation has them too, empty.
const EQUATION_COLUMNS: usize = 2;

/// The column of losses.csv with the loss of equation `k`, counted from 0.
pub fn equation_column(k: usize) -> String {
    format!("loss_{}", k + 1)
}

/// The text of losses.csv from the histories of the factors. It does not depend on clock or
/// machine.
pub fn loss_table(histories: &[&[HistoryRow]]) -> String {
    let widths = histories.iter().flat_map(|rows| rows.iter()).map(|row| row.equation_losses.len());
    let width = widths.max().unwrap_or(0).max(EQUATION_COLUMNS);
    let equations: Vec<String> = (0..width).map(equation_column).collect();
    let columns: Vec<&str> = LOSS_COLUMNS.into_iter().chain(equations.iter().map(String::as_str)).collect();
    let mut losses = Csv::new(&columns);
    for (k, row) in histories.iter().enumerate().flat_map(|(k, rows)| rows.iter().map(move |row| (k, row))) {
        let r = &row.record;
        let mut cells = vec![
            (k + 1) as f64,
            row.step as f64,
            row.n_points as f64,
            r.loss_before,
            r.loss,
            r.scale,
            r.damping,
            r.solve_residual,
            row.validation_ess.unwrap_or(f64::NAN),
        ];
        cells.extend(&row.equation_losses);
        cells.resize(columns.len(), f64::NAN);
        losses.row(&cells);
    }
    losses.text().to_string()
}

/// The text of seconds.csv: wall time after every step, in seconds.
pub fn seconds_table(seconds: &[(usize, usize, f64)]) -> String {
    let mut csv = Csv::new(&["block", "step", "seconds"]);
    for (block, step, seconds) in seconds {
        csv.row(&[*block as f64, *step as f64, rounded(*seconds)]);
    }
    csv.text().to_string()
}

/// The weights relative to the largest, exp(log w − max log w); NaN stays NaN.
pub fn scaled_weights(log_weights: &[f64]) -> Vec<f64> {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    log_weights.iter().map(|w| libm::exp(w - largest)).collect()
}

/// The text of figure-log_z.csv: the estimate of log Z, its errors, and the values beside it; NaN
/// if a value is missing.
fn log_z_table(problem: &Problem<'_>, record: &Record, fitted: &Fitted<'_>) -> String {
    let mut csv = Csv::new(&[
        "log_z",
        "log_z_se",
        "integration_shift",
        "integration_largest",
        "redrawn",
        "along_flow",
        "elbo",
        "elbo_se",
        "eubo",
        "eubo_se",
        "exact_draws",
        "learned",
        "exact",
        "tail_threshold",
    ]);
    let Fitted { fit, draws, .. } = fitted;
    let (shift, largest, redrawn) = integration_error(record, fit, draws);
    let at_exact = at_exact_draws(problem, record, fit);
    let bracket = Bracket::new(&draws.log_weights, &at_exact);
    csv.row(&[
        record.log_z,
        record.log_z_se,
        shift,
        largest,
        redrawn as f64,
        if fit.sampler() == Sampler::Flow { 1.0 } else { 0.0 },
        bracket.elbo,
        bracket.elbo_se,
        bracket.eubo,
        bracket.eubo_se,
        at_exact.len() as f64,
        record.log_z_learned.unwrap_or(f64::NAN),
        record.log_z_exact.unwrap_or(f64::NAN),
        tail_threshold(&draws.log_weights) - record.log_z,
    ]);
    csv.text().to_string()
}

/// The change of log Z of the first draws at a tighter tolerance, the largest change of one log
/// weight, and the number of draws integrated again. With noise nothing is integrated: both changes
/// are NaN and the number is 0.
fn integration_error(record: &Record, fit: &Transport<'_>, draws: &Draws) -> (f64, f64, usize) {
    let n = REDRAWN.min(record.n_draws / REDRAWN_PART).max(FEWEST).min(record.n_draws);
    if fit.sampler() == Sampler::Noise || n == 0 {
        return (f64::NAN, f64::NAN, 0);
    }
    let usual = Tolerance::default();
    let tolerance = Tolerance { absolute: usual.absolute * TIGHTER, relative: usual.relative * TIGHTER };
    let Ok(again) = fit.draw_within(tolerance, n, record.seed) else {
        return (f64::NAN, f64::NAN, 0);
    };
    let (before, after) = (&draws.log_weights[..n], &again.log_weights);
    let changes = before.iter().zip(after).map(|(a, b)| (a - b).abs());
    // Two draws outside the support agree, though their difference is NaN.
    let largest = changes.filter(|change| !change.is_nan()).fold(0.0, f64::max);
    (log_mean_weight(before) - log_mean_weight(after), largest, n)
}

/// The log weights at exact draws; empty if there are no exact draws, or if draws are moved with
/// noise, where the weights belong to whole trajectories and not to points.
fn at_exact_draws(problem: &Problem<'_>, record: &Record, fit: &Transport<'_>) -> Vec<f64> {
    let Some(exact) = problem.exact_draws.filter(|_| fit.sampler() == Sampler::Flow) else {
        return Vec::new();
    };
    let n = EXACT_FOR_BOUND.min(record.n_draws / EXACT_PART).max(FEWEST);
    let some = Points::new(exact, record.dim).first(n);
    fit.flow_log_weights_at(some.as_slice()).unwrap_or_default()
}

/// The densities of draws and of weight over log w − log Z. The heavy side is whole, the light side
/// is cut at one in a thousand.
fn weight_table(record: &Record, draws: &Draws) -> String {
    let mut csv = Csv::new(&["low", "high", "draws", "weight", "outside"]);
    let logs: Vec<f64> = draws.log_weights.iter().map(|w| w - record.log_z).collect();
    let mut sorted: Vec<f64> = logs.iter().copied().filter(|w| w.is_finite()).collect();
    if sorted.is_empty() {
        return csv.text().to_string();
    }
    sorted.sort_by(f64::total_cmp);
    let range = Range::of(sorted[sorted.len() / 1000..].iter().copied()).scaled(1.04);
    let of_draws = Histogram::new(&logs, None, range, WEIGHT_BINS);
    let weights = scaled_weights(&draws.log_weights);
    let of_weight = Histogram::new(&logs, Some(&weights), range, WEIGHT_BINS);
    for (k, (draws, weight)) in of_draws.densities.iter().zip(&of_weight.densities).enumerate() {
        let (low, high) = edges(range, WEIGHT_BINS, k);
        csv.row(&[low, high, rounded(*draws), rounded(*weight), rounded(of_draws.outside)]);
    }
    csv.text().to_string()
}

/// The text of the table of log ρ over the frame of the contour figure.
fn density_table(problem: &Problem<'_>, draws: &Draws) -> String {
    let mut csv = Csv::new(&["x", "y", "log_density"]);
    let centres = problem.facts.modes.as_ref().map_or(&[][..], |modes| &modes.centres);
    let (x, y) = frame(Points::new(&draws.x, 2), Points::new(centres, 2));
    let at = |range: Range, k: usize| rounded(range.low + range.width() * k as f64 / (SIDE - 1) as f64);
    for row in 0..SIDE {
        let points: Vec<f64> = (0..SIDE).flat_map(|column| [at(x, column), at(y, row)]).collect();
        // If the density fails at a point that the fit never met, the figure stays empty.
        let values = density::values(problem.target, &points).unwrap_or(vec![f64::NEG_INFINITY; SIDE]);
        points.chunks_exact(2).zip(values).for_each(|(p, v)| csv.row(&[p[0], p[1], rounded(v)]));
    }
    csv.text().to_string()
}

/// The ranges that hold 99 % of the draws and every known mode, so that a mode without draws is
/// seen.
fn frame(draws: Points<'_>, centres: Points<'_>) -> (Range, Range) {
    let along = |axis: usize| {
        let mut sorted: Vec<f64> = draws.coordinate(axis).filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let cut = sorted.len() / 200;
        let bulk = sorted[cut..sorted.len() - cut].iter().copied();
        Range::of(bulk.chain(centres.coordinate(axis))).scaled(1.25)
    };
    let (x, y) = (along(0), along(1));
    // Beyond an aspect of 2:1 the shorter side is widened, because equal aspect would leave a
    // narrow strip.
    let least = 0.5 * x.width().max(y.width());
    let opened =
        |range: Range| if range.width() < least { range.scaled(least / range.width()) } else { range };
    (opened(x), opened(y))
}

/// Points, each with its weight.
#[derive(Clone, Copy)]
struct Weighted<'a> {
    points: Points<'a>,
    weights: &'a [f64],
}

/// Histograms of one quantity over the draws, and over exact draws with the same bins.
struct Bins {
    draws: Histogram,
    exact: Option<Histogram>,
}

fn marginals_of(sample: Weighted<'_>, exact: Option<Points<'_>>, shown: &[usize]) -> Vec<Bins> {
    let of_coordinate = |i: &usize| {
        let of = |points: Points<'_>| points.coordinate(*i).collect::<Vec<f64>>();
        let (values, exact) = (of(sample.points), exact.map(of));
        let range = central_range(exact.as_ref().unwrap_or(&values));
        Bins {
            draws: Histogram::new(&values, Some(sample.weights), range, MARGINAL_BINS),
            exact: exact.map(|values| Histogram::new(&values, None, range, MARGINAL_BINS)),
        }
    };
    shown.iter().map(of_coordinate).collect()
}

fn marginal_table(shown: &[usize], marginals: &[Bins]) -> String {
    let mut csv = Csv::new(&["quantity", "low", "high", "draws", "exact"]);
    for (i, bins) in shown.iter().zip(marginals) {
        for k in 0..MARGINAL_BINS {
            let (low, high) = edges(bins.draws.range, MARGINAL_BINS, k);
            let exact = bins.exact.as_ref().map_or(f64::NAN, |exact| rounded(exact.densities[k]));
            csv.row(&[(i + 1) as f64, low, high, rounded(bins.draws.densities[k]), exact]);
        }
    }
    csv.text().to_string()
}

/// Shares of the weight in the cells of pairs without empty cells; `column` and `row` count from 0
/// at the low ends.
fn pair_table(sample: Weighted<'_>, shown: &[usize], marginals: &[Bins]) -> String {
    let mut csv = Csv::new(&["across", "up", "column", "row", "share"]);
    let total: f64 = sample.weights.iter().filter(|w| w.is_finite()).sum();
    for (b, &up) in shown.iter().enumerate() {
        for (a, &across) in shown[..b].iter().enumerate() {
            let ranges = [marginals[a].draws.range, marginals[b].draws.range];
            let mut shares = vec![0.0; PAIR_BINS * PAIR_BINS];
            for (x, weight) in sample.points.iter().zip(sample.weights) {
                let cells = [bin(ranges[0], x[across], PAIR_BINS), bin(ranges[1], x[up], PAIR_BINS)];
                if let ([Some(column), Some(row)], true) = (cells, weight.is_finite()) {
                    shares[row * PAIR_BINS + column] += weight / total;
                }
            }
            for (k, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                let (column, row) = ((k % PAIR_BINS) as f64, (k / PAIR_BINS) as f64);
                csv.row(&[(across + 1) as f64, (up + 1) as f64, column, row, rounded(*share)]);
            }
        }
    }
    csv.text().to_string()
}

/// One or two quantities of some draws at every second time.
fn trajectory_table(target: &dyn Target, trajectories: Option<&Trajectories>, shown: &[usize]) -> String {
    let names = ["draw", "time", "x", "y"];
    let mut csv = Csv::new(&names[..2 + shown.len()]);
    let Some(trajectories) = trajectories else { return csv.text().to_string() };
    let (n_times, dim) = (trajectories.times.len(), target.dim());
    for (draw, path) in trajectories.x.chunks_exact(n_times * dim).take(KEPT).enumerate() {
        for (t, x) in trajectories.times.iter().zip(path.chunks_exact(dim)).step_by(2) {
            let x = target.constrain(x);
            let mut row = vec![draw as f64, *t];
            row.extend(shown.iter().map(|i| rounded(x[*i])));
            csv.row(&row);
        }
    }
    csv.text().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pushforward::optim::StepRecord;

    #[test]
    fn losses_have_a_column_for_each_equation_and_two_at_least() {
        let record = StepRecord {
            direction: "kernel",
            loss_before: 8.0,
            loss: 6.0,
            scale: 1.0,
            damping: 0.5,
            ratio: 1.0,
            solve_residual: 0.0,
            outcome: None,
        };
        let row = |equation_losses: &[f64]| HistoryRow {
            step: 1,
            n_points: 64,
            record,
            validation_ess: None,
            equation_losses: equation_losses.to_vec(),
        };
        let table = |losses: &[f64]| loss_table(&[&[row(losses)], &[]]);
        let before = "block,step,points,loss_before,loss,scale,damping,solve_residual,pilot_ess";
        let numbers = "1,1,64,8,6,1,0.5,0,NaN";
        for (losses, columns, cells) in [
            (&[][..], "loss_1,loss_2", "NaN,NaN"),
            (&[2.0, 4.0], "loss_1,loss_2", "2,4"),
            (&[1.0, 2.0, 3.0], "loss_1,loss_2,loss_3", "1,2,3"),
        ] {
            assert_eq!(table(losses), format!("{before},{columns}\n{numbers},{cells}\n"));
        }
    }
}
