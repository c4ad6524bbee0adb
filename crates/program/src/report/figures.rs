//! The figures of a run, from the numbers in its files.

use crate::figure::axis::Range;
use crate::figure::contour::Grid;
use crate::figure::corner_plot::{CornerPlot, Marginal, Pair};
use crate::figure::density_plot::PlanePlot;
use crate::figure::log_z_plot::{LogZPlot, LogZRow};
use crate::figure::loss_plot::{EquationLoss, LossPlot, LossPoint};
use crate::figure::residual_plot::ResidualPlot;
use crate::figure::trajectory_plot::TrajectoryPlot;
use crate::figure::weight_plot::WeightPlot;
use crate::page::animation::Animation;
use crate::report::report_data::{PAIR_BINS, equation_column};
use crate::report::report_files::{ReportError, ReportFiles};
use crate::report::report_text::bound;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// All figures of a run; one without numbers is missing.
pub struct Figures {
    /// The target with draws: contours in the plane, or a corner plot.
    pub density: Option<String>,
    /// The history of the fit.
    pub loss: String,
    /// The values of log Z.
    pub log_z: String,
    /// The spread of the log weights.
    pub weights: Option<String>,
    /// The residual over time and one coordinate.
    pub residual: Option<String>,
    /// The trajectories of some draws.
    pub trajectories: Option<String>,
    /// The same trajectories as an animation, if two quantities are shown.
    pub animation: Option<Animation>,
}

impl Figures {
    /// Draws all figures.
    ///
    /// # Errors
    /// [`ReportError`] if a table lacks a column.
    pub fn of(files: &ReportFiles) -> Result<Figures, ReportError> {
        let has_draws = files.record.n_draws > 0;
        let density = if files.record.is_planar() { plane(files)? } else { corner(files)? };
        Ok(Figures {
            density: density.filter(|_| has_draws || files.record.is_planar()),
            loss: loss(files)?,
            log_z: log_z(files)?,
            weights: weights(files)?,
            residual: residual(files)?,
            trajectories: trajectories(files)?,
            animation: animation(files)?,
        })
    }
}

fn title(files: &ReportFiles) -> String {
    format!("{}, {}", files.record.target, files.record.evolution)
}

fn note(files: &ReportFiles) -> String {
    let record = &files.record;
    let exact = record.log_z_exact.map_or(String::new(), |z| format!(" (exact {})", bound(z, 0.0)));
    format!("ESS {:.3} · log Z = {}{exact}", record.ess, bound(record.log_z, record.log_z_se))
}

fn plane(files: &ReportFiles) -> Result<Option<String>, ReportError> {
    let table = "figure-density.csv";
    let (x, y) = (files.column(table, "x")?, files.column(table, "y")?);
    let values = files.column(table, "log_density")?;
    let columns = x.windows(2).position(|pair| pair[1] < pair[0]).map_or(x.len(), |k| k + 1);
    let ends = |v: &[f64]| Some(Range { low: *v.first()?, high: *v.last()? });
    let (Some(x), Some(y)) = (ends(x), ends(y)) else { return Ok(None) };
    // A table that was shortened by hand is not a full grid.
    if columns < 2 || !values.len().is_multiple_of(columns) || !(x.width() > 0.0 && y.width() > 0.0) {
        return Ok(None);
    }
    let grid = Grid { x, y, columns, values };
    let names = [files.record.names[0].as_str(), files.record.names[1].as_str()];
    let (title, note) = (title(files), note(files));
    Ok(Some(PlanePlot { title: &title, note: &note, names, grid, draws: &files.draws }.svg()))
}

/// The indices from 0 of the quantities in figure-marginals.csv.
pub fn quantities_shown(files: &ReportFiles) -> Result<Vec<usize>, ReportError> {
    if files.record.is_planar() {
        return Ok(vec![0, 1]);
    }
    let numbers = files.column("figure-marginals.csv", "quantity")?.iter();
    let mut shown: Vec<usize> = numbers.map(|c| (*c as usize).saturating_sub(1)).collect();
    shown.dedup();
    shown.retain(|i| *i < files.record.names.len());
    Ok(shown)
}

fn corner(files: &ReportFiles) -> Result<Option<String>, ReportError> {
    let shown = quantities_shown(files)?;
    let table = "figure-marginals.csv";
    let [quantity, low, high, draws, exact] =
        ["quantity", "low", "high", "draws", "exact"].map(|c| files.column(table, c));
    let (quantity, low, high, draws, exact) = (quantity?, low?, high?, draws?, exact?);
    let marginal = |i: &usize| {
        let rows: Vec<usize> = (0..quantity.len()).filter(|k| quantity[*k] == (i + 1) as f64).collect();
        let of = |column: &[f64]| -> Vec<f64> { rows.iter().map(|k| column[*k]).collect() };
        let exact = Some(of(exact)).filter(|exact| exact.iter().all(|v| !v.is_nan()));
        let range = Range { low: low[rows[0]], high: high[rows[rows.len() - 1]] };
        Marginal { name: files.record.names[*i].clone(), range, draws: of(draws), exact }
    };
    let marginals: Vec<Marginal> = shown.iter().map(marginal).collect();
    let pairs = pairs(files, &shown)?;
    let (title, note) = (title(files), note(files));
    Ok(Some(CornerPlot { title: &title, note: &note, marginals: &marginals, pairs: &pairs }.svg()))
}

fn pairs(files: &ReportFiles, shown: &[usize]) -> Result<Vec<Pair>, ReportError> {
    let table = "figure-pairs.csv";
    let [across, up, column, row, share] =
        ["across", "up", "column", "row", "share"].map(|c| files.column(table, c));
    let (across, up, column, row, share) = (across?, up?, column?, row?, share?);
    let mut pairs: Vec<Pair> = (0..shown.len())
        .flat_map(|up| (0..up).map(move |across| (across, up)))
        .map(|(across, up)| Pair { across, up, shares: vec![0.0; PAIR_BINS * PAIR_BINS] })
        .collect();
    let place = |quantity: f64| shown.iter().position(|i| (i + 1) as f64 == quantity);
    for k in 0..share.len() {
        let (Some(a), Some(b)) = (place(across[k]), place(up[k])) else { continue };
        let pair = pairs.iter_mut().find(|pair| (pair.across, pair.up) == (a, b));
        let cell = row[k] as usize * PAIR_BINS + column[k] as usize;
        if let Some(place) = pair.and_then(|pair| pair.shares.get_mut(cell)) {
            *place = share[k];
        }
    }
    Ok(pairs)
}

fn loss(files: &ReportFiles) -> Result<String, ReportError> {
    let of = |column| files.column("losses.csv", column);
    let (block, step, loss, damping) = (of("block")?, of("step")?, of("loss")?, of("damping")?);
    let ess = of("pilot_ess")?;
    let timed = |column| files.column("seconds.csv", column);
    let (timed_block, timed_step, seconds) = (timed("block")?, timed("step")?, timed("seconds")?);
    let places: BTreeMap<(u64, u64), f64> = (0..seconds.len())
        .map(|k| ((timed_block[k].to_bits(), timed_step[k].to_bits()), seconds[k]))
        .collect();
    // Factors are fitted in a round robin and shown one after another, with steps numbered through:
    // the seconds would go back.
    let is_whole = block.last() == block.first();
    let point = |k: usize| LossPoint {
        step: k + 1,
        loss: loss[k],
        damping: damping[k],
        validation_ess: Some(ess[k]).filter(|ess| !ess.is_nan()),
        seconds: places.get(&(block[k].to_bits(), step[k].to_bits())).copied().filter(|_| is_whole),
    };
    let points: Vec<LossPoint> = (0..step.len()).map(point).collect();
    let title = title(files);
    let note = format!("{} parameters, {} points", files.record.n_params, files.record.n_points);
    let equations = equations(files)?;
    Ok(LossPlot { title: &title, note: &note, points: &points, equations: &equations }.svg())
}

/// The losses of the equations if there are several; empty if one of them was never finite.
fn equations(files: &ReportFiles) -> Result<Vec<EquationLoss<'_>>, ReportError> {
    let names = &files.record.equations;
    if names.len() < 2 {
        return Ok(Vec::new());
    }
    let mut equations = Vec::new();
    for (k, name) in names.iter().enumerate() {
        equations.push(EquationLoss { name, losses: files.column("losses.csv", &equation_column(k))? });
    }
    let are_known = equations.iter().all(|equation| equation.losses.iter().any(|v| v.is_finite()));
    Ok(if are_known { equations } else { Vec::new() })
}

fn log_z(files: &ReportFiles) -> Result<String, ReportError> {
    let mut rows = Vec::new();
    for (name, value, error) in [
        ("ELBO, lower bound", "elbo", Some("elbo_se")),
        ("estimate", "log_z", Some("log_z_se")),
        ("EUBO, upper bound", "eubo", Some("eubo_se")),
        ("learned", "learned", None),
    ] {
        let error = error.map(|column| files.log_z(column)).transpose()?;
        let value = files.log_z(value)?;
        if !value.is_nan() {
            rows.push(LogZRow { name, value, error });
        }
    }
    let note = "whiskers: two standard errors of the Monte Carlo";
    let exact = Some(files.log_z("exact")?).filter(|z| !z.is_nan());
    Ok(LogZPlot { title: &title(files), note, rows: &rows, exact }.svg())
}

fn weights(files: &ReportFiles) -> Result<Option<String>, ReportError> {
    let of = |column| files.column("figure-weights.csv", column);
    let (low, high, draws, weight) = (of("low")?, of("high")?, of("draws")?, of("weight")?);
    let (Some(&low), Some(&high)) = (low.first(), high.last()) else { return Ok(None) };
    let threshold = files.log_z("tail_threshold")?;
    let title = title(files);
    let (ess, k) = (files.record.ess, files.record.pareto_k);
    let plot = WeightPlot {
        title: &title,
        note: &format!("ESS {ess:.3} · Pareto k {k:.2}"),
        range: Range { low, high },
        draws,
        weight,
        tail_from: Some(threshold).filter(|t| t.is_finite()),
    };
    Ok(Some(plot.svg()))
}

/// The part of a target that the residual figure shows.
pub struct ResidualShown {
    /// The number of the factor, from 1.
    pub block: usize,
    /// The dimension of the factor.
    pub dim: usize,
    /// The number of factors of the target.
    pub blocks: usize,
    /// The name of the coordinate.
    pub name: String,
    /// The name, with a remark if it is a coordinate of the fit and the user's quantities differ.
    pub label: String,
}

/// The part that the residual figure shows; none if there is no such figure.
///
/// # Errors
/// [`ReportError`] if a table lacks a column.
pub fn residual_shown(files: &ReportFiles) -> Result<Option<ResidualShown>, ReportError> {
    let first = |column| Ok(files.column("figure-residual.csv", column)?.first().map(|v| *v as usize));
    let (Some(block), Some(coordinate)) = (first("block")?, first("coordinate")?) else { return Ok(None) };
    let record = &files.record;
    let is_changed = !record.coordinates.is_empty();
    let names = if is_changed { &record.coordinates } else { &record.names };
    let Some(name) = names.get(coordinate.wrapping_sub(1)) else { return Ok(None) };
    let sizes = record.settings.get("blocks").and_then(|sizes| sizes.as_array());
    let dim = sizes.and_then(|sizes| sizes.get(block.wrapping_sub(1))).and_then(|dim| dim.as_u64());
    Ok(Some(ResidualShown {
        block,
        dim: dim.map_or(record.dim, |dim| dim as usize),
        blocks: sizes.map_or(1, Vec::len),
        name: name.clone(),
        label: if is_changed { format!("{name}, unconstrained") } else { name.clone() },
    }))
}

fn residual(files: &ReportFiles) -> Result<Option<String>, ReportError> {
    let Some(ResidualShown { block, blocks, label, .. }) = residual_shown(files)? else { return Ok(None) };
    let of = |column| files.column("figure-residual.csv", column);
    let (time, low, high, sizes) = (of("time")?, of("x_low")?, of("x_high")?, of("residual")?);
    let columns = time.windows(2).position(|pair| pair[1] < pair[0]).map_or(time.len(), |k| k + 1);
    let (Some(&low), Some(&high)) = (low.first(), high.last()) else { return Ok(None) };
    if !sizes.len().is_multiple_of(columns) || high.partial_cmp(&low) != Some(Ordering::Greater) {
        return Ok(None);
    }
    let (times, x) = (files.column("figure-points.csv", "time")?, files.column("figure-points.csv", "x")?);
    let points: Vec<(f64, f64)> = times.iter().copied().zip(x.iter().copied()).collect();
    let of_block = if blocks > 1 { format!(" · block {block} of {blocks}") } else { String::new() };
    let plot = ResidualPlot {
        title: &title(files),
        note: &format!("root mean square in every cell{of_block}"),
        name: &label,
        range: Range { low, high },
        columns,
        sizes,
        points: &points,
    };
    Ok(Some(plot.svg()))
}

/// T times, and positions n×T×k of the k quantities shown, k one or two.
type Paths = (Vec<f64>, Vec<f64>);

fn paths(files: &ReportFiles) -> Result<Option<Paths>, ReportError> {
    let table = "figure-trajectories.csv";
    let (draw, time, x) =
        (files.column(table, "draw")?, files.column(table, "time")?, files.column(table, "x")?);
    let y = if files.record.names.len() > 1 { Some(files.column(table, "y")?) } else { None };
    let n_times = draw.iter().take_while(|d| **d == draw[0]).count();
    if n_times == 0 || !draw.len().is_multiple_of(n_times) {
        return Ok(None);
    }
    let row = |k: usize| std::iter::once(x[k]).chain(y.map(|y| y[k]));
    Ok(Some((time[..n_times].to_vec(), (0..draw.len()).flat_map(row).collect())))
}

/// The names of the one or two quantities of the trajectories.
fn path_names(files: &ReportFiles) -> Result<Vec<&str>, ReportError> {
    let shown = quantities_shown(files)?;
    Ok(shown.iter().take(2).map(|i| files.record.names[*i].as_str()).collect())
}

fn trajectories(files: &ReportFiles) -> Result<Option<String>, ReportError> {
    let Some((times, x)) = paths(files)? else { return Ok(None) };
    let names = path_names(files)?;
    let note = format!("trajectories of {} draws", x.len() / times.len() / names.len());
    Ok(Some(TrajectoryPlot { title: &title(files), note: &note, names: &names, times: &times, x: &x }.svg()))
}

fn animation(files: &ReportFiles) -> Result<Option<Animation>, ReportError> {
    let names = path_names(files)?;
    let (Some((times, x)), [across, up]) = (paths(files)?, names.as_slice()) else { return Ok(None) };
    let plot = TrajectoryPlot { title: "", note: "", names: &names, times: &times, x: &x };
    let (range_x, range_y) = (plot.range(0), plot.range(1));
    let caption =
        "The same draws moving. Play runs through t = 0 to 1 in five seconds; the slider stops at any time.";
    Ok(Some(Animation {
        names: [(*across).to_string(), (*up).to_string()],
        across: range_x,
        up: range_y,
        caption: caption.to_string(),
        times,
        x,
    }))
}
