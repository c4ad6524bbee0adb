//! The numbers of the residual figure, for the factor with the largest residual along the
//! trajectories.

use crate::folder::record::Record;
use crate::format::csv::Csv;
use crate::report::cells::{TIMES, bin, central_range, edges, rounded};
use pushforward::density::Target;
use pushforward::num::Points;
use pushforward::sampling::{ResidualsAt, Trajectories, Transport};

/// The number of bins of the coordinate.
const BINS: usize = 48;
/// A coordinate whose explained part of the variance is at least this share of the largest counts
/// as good as the best.
const NEARLY: f64 = 0.9;

/// figure-residual.csv has root mean square residuals of one factor in cells of time and one
/// coordinate, and the number of evaluations in each cell; figure-points.csv has collocation points
/// of that factor.
///
/// A factor of one dimension is evaluated at the middle of every cell. In more dimensions the
/// residual is that at the draws that pass the cell, at every second time, which is the middle of a
/// cell. Both tables are empty if draws cannot be moved or the density fails.
pub fn residual_tables(
    target: &dyn Target,
    record: &Record,
    fit: &Transport<'_>,
    trajectories: Option<&Trajectories>,
    shown: &[usize],
) -> [(&'static str, String); 2] {
    let mut cells = Csv::new(&["block", "coordinate", "time", "x_low", "x_high", "residual", "evaluations"]);
    let mut dots = Csv::new(&["time", "x", "residual"]);
    if let Some(map) = trajectories.and_then(|trajectories| Map::of(target, fit, trajectories, shown)) {
        map.write(&mut cells);
        if let Ok(points) = fit.residuals_at_collocation(map.block, record.n_points) {
            let x = Points::new(&points.x, target.dim()).coordinate(map.coordinate);
            for ((t, x), size) in points.times.iter().zip(x).zip(&points.sizes) {
                dots.row(&[rounded(*t), rounded(x), rounded(*size)]);
            }
        }
    }
    [("figure-points.csv", dots.text().to_string()), ("figure-residual.csv", cells.text().to_string())]
}

/// Sums of squares and counts in cells of time and of a coordinate, from low to high.
struct Map {
    block: usize,
    coordinate: usize,
    range: crate::figure::axis::Range,
    cells: Vec<(f64, usize)>,
}

impl Map {
    fn of(
        target: &dyn Target,
        fit: &Transport<'_>,
        trajectories: &Trajectories,
        shown: &[usize],
    ) -> Option<Map> {
        let (times, x) = at_middles(trajectories, target.dim());
        let (block, at) = worst_block(fit, &times, &x)?;
        let of_block = Points::new(&at.x, target.dim());
        let coordinate = coordinate_of(of_block, Points::new(&x, target.dim()), shown);
        let passed: Vec<f64> = of_block.coordinate(coordinate).collect();
        let range = central_range(&passed);
        let mut map = Map { block, coordinate, range, cells: vec![(0.0, 0); TIMES * BINS] };
        if fit.factorisation.ranges[block].len() == 1 {
            map.fill_everywhere(fit)?;
        } else {
            map.fill_where_draws_pass(&passed, &at.sizes);
        }
        Some(map)
    }

    /// Fills the cells along the only direction of the factor, with all else at its middle.
    fn fill_everywhere(&mut self, fit: &Transport<'_>) -> Option<()> {
        let factorisation = &fit.factorisation;
        let direction = factorisation.matrix.column(factorisation.ranges[self.block].start);
        let height = self.range.width() / BINS as f64;
        let (mut times, mut x) = (Vec::new(), Vec::new());
        for k in 0..self.cells.len() {
            let value = self.range.low + ((k / TIMES) as f64 + 0.5) * height;
            let y = (value - factorisation.centre[self.coordinate]) / direction[self.coordinate];
            times.push(middle(k % TIMES));
            x.extend(factorisation.centre.iter().zip(direction.iter()).map(|(c, m)| c + m * y));
        }
        let at = fit.residuals_at(self.block, &times, &x).ok()?;
        for (cell, size) in self.cells.iter_mut().zip(&at.sizes).filter(|(_, size)| size.is_finite()) {
            *cell = (size * size, 1);
        }
        Some(())
    }

    fn fill_where_draws_pass(&mut self, passed: &[f64], sizes: &[f64]) {
        for (k, (x, size)) in passed.iter().zip(sizes).enumerate() {
            if let (true, Some(row)) = (size.is_finite(), bin(self.range, *x, BINS)) {
                let cell = &mut self.cells[row * TIMES + k % TIMES];
                *cell = (cell.0 + size * size, cell.1 + 1);
            }
        }
    }

    fn write(&self, csv: &mut Csv) {
        let (block, coordinate) = ((self.block + 1) as f64, (self.coordinate + 1) as f64);
        for (k, (sum, count)) in self.cells.iter().enumerate() {
            let (low, high) = edges(self.range, BINS, k / TIMES);
            let size = rounded((sum / *count as f64).sqrt());
            csv.row(&[block, coordinate, middle(k % TIMES), low, high, size, *count as f64]);
        }
    }
}

fn middle(column: usize) -> f64 {
    (column as f64 + 0.5) / TIMES as f64
}

/// Every second time of every draw, and the position of the draw at that time.
fn at_middles(trajectories: &Trajectories, dim: usize) -> (Vec<f64>, Vec<f64>) {
    let n_times = trajectories.times.len();
    let rows = trajectories.x.chunks_exact(dim).enumerate().filter(|(k, _)| (k % n_times) % 2 == 1);
    let (times, x): (Vec<f64>, Vec<&[f64]>) = rows.map(|(k, x)| (trajectories.times[k % n_times], x)).unzip();
    (times, x.concat())
}

/// The factor with the largest root mean square residual at these points, the first of equals, and
/// its residuals.
fn worst_block(fit: &Transport<'_>, times: &[f64], x: &[f64]) -> Option<(usize, ResidualsAt)> {
    let mut worst: Option<(f64, usize, ResidualsAt)> = None;
    for k in 0..fit.factors.len() {
        let at = fit.residuals_at(k, times, x).ok()?;
        let squares: Vec<f64> = at.sizes.iter().filter(|r| r.is_finite()).map(|r| r * r).collect();
        let mean = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
        if worst.as_ref().is_none_or(|(largest, ..)| mean > *largest) {
            worst = Some((mean, k, at));
        }
    }
    worst.map(|(_, k, at)| (k, at))
}

/// The coordinate with the largest part of its variance from the factor; the first coordinate shown
/// that nearly has it.
fn coordinate_of(of_block: Points<'_>, x: Points<'_>, shown: &[usize]) -> usize {
    let share = |i: usize| variance(of_block.coordinate(i)) / variance(x.coordinate(i));
    let shares: Vec<f64> = (0..x.dim()).map(share).collect();
    let largest = shares.iter().copied().fold(0.0, f64::max);
    let mut in_order = shown.iter().copied().chain(0..x.dim());
    in_order.find(|i| shares[*i] >= NEARLY * largest).unwrap_or(shown[0])
}

fn variance(values: impl Iterator<Item = f64>) -> f64 {
    let finite: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    let n = finite.len().max(1) as f64;
    let mean = finite.iter().sum::<f64>() / n;
    finite.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second coordinate moves with the factor, the first is constant, the third moves with it
    /// and with another.
    #[test]
    fn the_coordinate_shown_is_one_that_moves_with_the_block() {
        let of_block = [0.0, -1.0, -1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        let x = [-1.0, -1.0, -3.0, 0.0, 1.0, 4.0, 1.0, 0.0, 1.0];
        let (of_block, x) = (Points::new(&of_block, 3), Points::new(&x, 3));
        assert_eq!(coordinate_of(of_block, x, &[0, 1, 2]), 1);
        assert_eq!(coordinate_of(x, x, &[2, 0]), 2);
        assert_eq!(coordinate_of(of_block, of_block, &[0, 2, 1]), 2);
    }
}
