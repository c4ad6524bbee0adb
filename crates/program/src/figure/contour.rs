//! Contours of a function on a grid by marching squares, and the levels that enclose given masses.
//!
//! Exact case: the contour of a plane is a straight line at its exact place, to round-off.

use crate::figure::axis::Range;
use std::collections::BTreeMap;

/// Values on a regular grid, `values[row * columns + column]`, row 0 at the low end of y.
#[derive(Clone, Copy, Debug)]
pub struct Grid<'a> {
    /// The interval of x from the first column to the last.
    pub x: Range,
    /// The interval of y from the first row to the last.
    pub y: Range,
    /// The number of points along x, at least 2.
    pub columns: usize,
    /// The values, row after row; −inf and NaN count as lower than any level.
    pub values: &'a [f64],
}

/// A corner of the grid widened by a ring of −inf; (0, 0) lies in the ring.
type Corner = (usize, usize);
/// The edge from a corner to the next in x (0) or in y (1).
type Edge = (usize, usize, u8);

impl Grid<'_> {
    /// The number of points along y.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    fn value(&self, (i, j): Corner) -> f64 {
        let inner = (1..=self.columns).contains(&i) && (1..=self.rows()).contains(&j);
        let value = if inner { self.values[(j - 1) * self.columns + i - 1] } else { f64::NEG_INFINITY };
        if value.is_nan() { f64::NEG_INFINITY } else { value }
    }

    fn place(&self, (i, j): Corner) -> (f64, f64) {
        let along = |range: Range, k: usize, n: usize| {
            range.low + range.width() * (k.clamp(1, n) - 1) as f64 / (n - 1).max(1) as f64
        };
        (along(self.x, i, self.columns), along(self.y, j, self.rows()))
    }

    /// The point at which a level is crossed on an edge, by linear interpolation.
    fn crossing(&self, (i, j, direction): Edge, level: f64) -> (f64, f64) {
        let (a, b) = ((i, j), if direction == 0 { (i + 1, j) } else { (i, j + 1) });
        let (a, b) = if self.value(a) >= level { (a, b) } else { (b, a) };
        let (high, low) = (self.value(a), self.value(b));
        // Beside −inf the level is crossed at the finite corner.
        let share = if high.is_finite() { (high - level) / (high - low) } else { 1.0 };
        let (from, to) = (self.place(a), self.place(b));
        (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
    }
}

/// The boundary of {value ≥ level} as closed loops with the higher side on the left. Loops that
/// reach the edge of the grid close along it.
///
/// # Panics
/// If `columns < 2`, or if the number of values is not a multiple of it.
pub fn closed_contours(grid: &Grid<'_>, level: f64) -> Vec<Vec<(f64, f64)>> {
    assert!(
        grid.columns >= 2 && grid.values.len().is_multiple_of(grid.columns),
        "contour: {} columns, {} values",
        grid.columns,
        grid.values.len()
    );
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for j in 0..=grid.rows() {
        for i in 0..=grid.columns {
            next.extend(segments(grid, (i, j), level));
        }
    }
    let mut loops = Vec::new();
    while let Some((&start, _)) = next.iter().next() {
        let mut points = Vec::new();
        let mut edge = start;
        while let Some(following) = next.remove(&edge) {
            points.push(grid.crossing(edge, level));
            edge = following;
        }
        points.dedup();
        if points.len() > 2 {
            loops.push(points);
        }
    }
    loops
}

/// The pieces of the contour in one cell: for each the edge where it enters and the edge where it
/// leaves.
fn segments(grid: &Grid<'_>, (i, j): Corner, level: f64) -> Vec<(Edge, Edge)> {
    // Corners and edges run counter-clockwise from the lower left; edge k joins corners k and k +
    // 1.
    let values = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)].map(|corner| grid.value(corner));
    let edges: [Edge; 4] = [(i, j, 0), (i + 1, j, 1), (i, j + 1, 0), (i, j, 1)];
    let high = values.map(|v| v >= level);
    // On the way round the cell the contour leaves where high turns low and enters where low turns
    // high.
    let out: Vec<usize> = (0..4).filter(|&k| high[k] && !high[(k + 1) % 4]).collect();
    let into: Vec<usize> = (0..4).filter(|&k| !high[k] && high[(k + 1) % 4]).collect();
    match (out.as_slice(), into.as_slice()) {
        ([a], [b]) => vec![(edges[*a], edges[*b])],
        ([a, b], [c, d]) => {
            // At a saddle the mean of the cell decides whether the two high corners are connected.
            let joined = values.iter().sum::<f64>() / 4.0 >= level;
            let next_in = |k: usize| if (k + 1) % 4 == *c { *c } else { *d };
            let other = |k: usize| if k == *c { *d } else { *c };
            let end = |k: usize| if joined { next_in(k) } else { other(next_in(k)) };
            vec![(edges[*a], edges[end(*a)]), (edges[*b], edges[end(*b)])]
        }
        _ => Vec::new(),
    }
}

/// The levels of a log density on a grid above which lie the given shares of its mass (highest
/// density regions). The result is empty if no value is finite.
pub fn mass_levels(log_density: &[f64], shares: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = log_density.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let Some(&largest) = sorted.first() else {
        return Vec::new();
    };
    let mass: Vec<f64> = sorted
        .iter()
        .scan(0.0, |sum, v| {
            *sum += libm::exp(v - largest);
            Some(*sum)
        })
        .collect();
    let total = mass[mass.len() - 1];
    let level = |share: f64| {
        let index = mass.partition_point(|m| *m < share * total);
        sorted[index.min(sorted.len() - 1)]
    };
    shares.iter().map(|&share| level(share)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(f: impl Fn(f64, f64) -> f64, n: usize) -> Vec<f64> {
        let at = |k: usize| -2.0 + 4.0 * k as f64 / (n - 1) as f64;
        (0..n * n).map(|k| f(at(k % n), at(k / n))).collect()
    }

    fn grid(values: &[f64], columns: usize) -> Grid<'_> {
        let range = Range { low: -2.0, high: 2.0 };
        Grid { x: range, y: range, columns, values }
    }

    /// The signed area of a loop, positive if its inside lies on the left.
    fn area(points: &[(f64, f64)]) -> f64 {
        let following = points.iter().cycle().skip(1);
        points.iter().zip(following).map(|(a, b)| 0.5 * (a.0 * b.1 - b.0 * a.1)).sum()
    }

    #[test]
    fn a_plane_is_cut_exactly() {
        let values = sampled(|x, y| x + 0.5 * y, 9);
        let loops = closed_contours(&grid(&values, 9), 0.3);
        assert_eq!(loops.len(), 1);
        // {x > 0.3 − y/2} in the square has half of its area 16, less a strip 0.3 wide and 4 high.
        assert!((area(&loops[0]) - (8.0 - 1.2)).abs() < 1e-12, "{}", area(&loops[0]));
    }

    #[test]
    fn a_ring_has_a_hole_and_saddles_close() {
        let values = sampled(|x, y| -((x * x + y * y).sqrt() - 1.2).abs(), 41);
        let mut areas: Vec<f64> = closed_contours(&grid(&values, 41), -0.4).iter().map(|l| area(l)).collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas.len(), 2);
        let disc = |r: f64| std::f64::consts::PI * r * r;
        // Chords of cells 0.1 wide have a relative error of about (0.1/r)²/6.
        assert!((areas[0] + disc(0.8)).abs() < 0.02, "{areas:?}");
        assert!((areas[1] - disc(1.6)).abs() < 0.02, "{areas:?}");
        let checks = sampled(|x, y| x * y, 8);
        assert_eq!(closed_contours(&grid(&checks, 8), 0.01).len(), 2);
        let holes = sampled(|x, y| if x * y > 0.5 { f64::NAN } else { 1.0 }, 20);
        assert_eq!(closed_contours(&grid(&holes, 20), 0.0).len(), 1);
    }

    #[test]
    fn levels_of_a_gaussian_enclose_their_mass() {
        // The region of mass m of a standard normal in the plane is r² < −2 ln(1 − m), and the log
        // density is −r²/2.
        let values = sampled(|x, y| -8.0 * (x * x + y * y), 201);
        for (level, share) in mass_levels(&values, &[0.2, 0.5, 0.9]).into_iter().zip([0.2f64, 0.5, 0.9]) {
            assert!((level - (1.0 - share).ln()).abs() < 0.02, "{level}");
        }
        assert!(mass_levels(&[f64::NEG_INFINITY, f64::NAN], &[0.5]).is_empty());
    }
}
