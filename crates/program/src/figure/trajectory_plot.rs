//! Trajectories of draws from t = 0 to 1: lines over time, and snapshots of two coordinates.

use crate::figure::axis::Range;
use crate::figure::density_plot::header;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::{Anchor, Svg};

/// The positions of some draws at some times.
#[derive(Clone, Copy, Debug)]
pub struct TrajectoryPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The names of the coordinates shown, one or two.
    pub names: &'a [&'a str],
    /// The T times at which positions are given, increasing.
    pub times: &'a [f64],
    /// The positions, n×T×(number of coordinates shown).
    pub x: &'a [f64],
}

/// The number of lines beyond which they merge into one another.
const MOST_LINES: usize = 80;
const SNAPSHOTS: usize = 6;
const LEFT: f64 = 68.0;
const WIDTH: f64 = 640.0;

impl TrajectoryPlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If there are no times, if there are not one or two names, or if the number of positions does
    /// not fit them.
    pub fn svg(&self) -> String {
        let (k, n_times) = (self.names.len(), self.times.len());
        assert!((1..=2).contains(&k) && n_times > 0, "trajectories: {k} names, {n_times} times");
        assert!(self.x.len().is_multiple_of(k * n_times), "trajectories: {} numbers", self.x.len());
        let side = (WIDTH - 14.0 * (SNAPSHOTS - 1) as f64) / SNAPSHOTS as f64;
        let lower = if k == 2 { side + 92.0 } else { 0.0 };
        let mut svg = Svg::new(LEFT + WIDTH + 26.0, 58.0 + 230.0 + 48.0 + lower);
        header(&mut svg, LEFT, self.title, self.note);
        self.lines(&mut svg, (LEFT, 58.0), (WIDTH, 230.0));
        if k == 2 {
            self.snapshots(&mut svg, 58.0 + 230.0 + 76.0, side);
        }
        svg.finish()
    }

    /// The range of one coordinate that holds 99 % of all positions shown.
    pub fn range(&self, coordinate: usize) -> Range {
        central(self.x.iter().skip(coordinate).step_by(self.names.len()).copied(), 200)
    }

    fn lines(&self, svg: &mut Svg, at: (f64, f64), size: (f64, f64)) {
        let k = self.names.len();
        let panel = Panel::new(at, size, Range { low: 0.0, high: 1.0 }, self.range(0));
        panel.grid(svg, Labels::Numbers, Labels::Numbers);
        panel.clipped(svg, |svg| {
            for path in self.x.chunks_exact(self.times.len() * k).take(MOST_LINES) {
                let line: Vec<(f64, f64)> =
                    self.times.iter().zip(path.chunks_exact(k)).map(|(t, x)| (*t, x[0])).collect();
                svg.polyline("pf-path", &panel.places(&line));
            }
        });
        panel.frame(svg);
        svg.text("pf-text", Anchor::Middle, (at.0 + 0.5 * size.0, at.1 + size.1 + 36.0), "time t");
        svg.upward_text("pf-text", Anchor::Middle, (16.0, at.1 + 0.5 * size.1), self.names[0]);
    }

    fn snapshots(&self, svg: &mut Svg, top: f64, side: f64) {
        let (x, y) = (self.range(0), self.range(1));
        for shot in 0..SNAPSHOTS {
            let goal = shot as f64 / (SNAPSHOTS - 1) as f64;
            let row = nearest(self.times, goal);
            let at = (LEFT + shot as f64 * (side + 14.0), top);
            let panel = Panel::new(at, (side, side), x, y);
            panel.grid(svg, Labels::Within, if shot == 0 { Labels::Numbers } else { Labels::Lines });
            let places: Vec<(f64, f64)> =
                self.x.chunks_exact(self.times.len() * 2).map(|p| (p[2 * row], p[2 * row + 1])).collect();
            panel.clipped(svg, |svg| svg.dots("pf-small", &panel.places(&places)));
            panel.frame(svg);
            let name = format!("t = {:.1}", self.times[row]);
            svg.text("pf-note", Anchor::Middle, (at.0 + 0.5 * side, at.1 - 6.0), &name);
        }
        let middle = (LEFT + 0.5 * WIDTH, top + side + 36.0);
        svg.text(
            "pf-text",
            Anchor::Middle,
            middle,
            &format!("{} across, {} up", self.names[0], self.names[1]),
        );
    }
}

fn nearest(times: &[f64], goal: f64) -> usize {
    let distance = |k: &usize| (times[*k] - goal).abs();
    (0..times.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
}

/// The range without the smallest and largest 1/`part` of the values, slightly widened.
pub(crate) fn central(values: impl Iterator<Item = f64>, part: usize) -> Range {
    let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / part;
    Range::of(sorted[cut..sorted.len() - cut].iter().copied()).scaled(1.06)
}
