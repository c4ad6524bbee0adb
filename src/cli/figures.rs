//! The figures of a run, from its record and draws.

use super::run::Subject;
use crate::density::{self, Target};
use crate::fitting::{Draws, HistoryRow};
use crate::report::{Grid, LossPlot, LossPoint, MarginalsPlot, PlanePlot, Range, Record, Sample};

/// Grid points along each side of a contour figure.
const SIDE: usize = 201;

/// Contours with draws in two dimensions, marginals in any other.
pub fn density_figure(subject: &Subject<'_>, record: &Record, draws: &Draws) -> String {
    let title = format!("{}, {}", record.target, record.evolution);
    let note = note(record);
    if let [first, second] = record.names.as_slice() {
        let (x, y) = frame(&draws.x, subject.facts.modes.as_ref().map_or(&[], |modes| &modes.centres));
        let values = values_on_grid(subject.target, x, y);
        let grid = Grid { x, y, columns: SIDE, values: &values };
        return PlanePlot { title: &title, note: &note, names: [first, second], grid, draws: &draws.x }.svg();
    }
    let largest = draws.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = draws.log_weights.iter().map(|w| libm::exp(w - largest)).collect();
    let sample = Sample { points: &draws.x, weights: Some(&weights) };
    let exact = subject.exact_draws.map(|points| Sample { points, weights: None });
    MarginalsPlot { title: &title, note: &note, names: &record.names, draws: sample, exact }.svg()
}

/// Loss and pilot ESS over the steps.
pub fn loss_figure(record: &Record, history: &[HistoryRow]) -> String {
    let title = format!("{}, {}", record.target, record.evolution);
    let note = format!("{} parameters, {} points", record.n_params, record.n_points);
    let point =
        |row: &HistoryRow| LossPoint { step: row.step, loss: row.record.loss, pilot_ess: row.pilot_ess };
    let points: Vec<LossPoint> = history.iter().map(point).collect();
    LossPlot { title: &title, note: &note, points: &points }.svg()
}

fn note(record: &Record) -> String {
    let exact = record.log_z_exact.map_or(String::new(), |z| format!(" (exact {z:.4})"));
    format!("ESS {:.3} · log Z = {:.4} ± {:.0e}{exact}", record.ess, record.log_z, record.log_z_se)
}

/// Ranges that hold 99 % of the draws and every known mode, so that a mode without draws is seen.
fn frame(draws: &[f64], centres: &[f64]) -> (Range, Range) {
    let along = |axis: usize| {
        let column = |points: &[f64]| -> Vec<f64> { points.iter().skip(axis).step_by(2).copied().collect() };
        let mut sorted = column(draws);
        sorted.retain(|v| v.is_finite());
        sorted.sort_by(f64::total_cmp);
        let cut = sorted.len() / 200;
        let bulk = sorted[cut..sorted.len() - cut].iter().copied();
        Range::of(bulk.chain(column(centres))).scaled(1.25)
    };
    let (x, y) = (along(0), along(1));
    // Beyond 2:1 the shorter side is opened: equal aspect would leave a ribbon.
    let least = 0.5 * x.width().max(y.width());
    let opened =
        |range: Range| if range.width() < least { range.scaled(least / range.width()) } else { range };
    (opened(x), opened(y))
}

/// log ρ over the frame; where the density fails, which the fit never met, the figure stays empty.
fn values_on_grid(target: &dyn Target, x: Range, y: Range) -> Vec<f64> {
    let at = |range: Range, k: usize| range.low + range.width() * k as f64 / (SIDE - 1) as f64;
    let mut values = vec![f64::NEG_INFINITY; SIDE * SIDE];
    for (row, values) in values.chunks_exact_mut(SIDE).enumerate() {
        let points: Vec<f64> = (0..SIDE).flat_map(|column| [at(x, column), at(y, row)]).collect();
        if let Ok(found) = density::values(target, &points) {
            values.copy_from_slice(&found);
        }
    }
    values
}
