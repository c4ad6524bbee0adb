//! The density figure: contours with draws in the plane, marginal histograms in any other dimension.

use super::panel::{Labels, Panel};
use super::{Anchor, Grid, Histogram, Range, Svg, closed_contours, mass_levels};

/// Dots beyond which a figure gets heavier, but not clearer.
const MOST_DOTS: usize = 4000;
/// Shares of the target's mass that the contours enclose.
const SHARES: [f64; 6] = [0.99, 0.95, 0.8, 0.6, 0.4, 0.2];
/// Panels of marginals at most, and how many stand side by side.
const MOST_MARGINALS: usize = 12;
const MARGINALS_PER_ROW: usize = 4;
const BINS: usize = 48;
/// The share of the draws outside a panel from which on it is said.
const MENTIONED: f64 = 0.01;

/// A target in the plane with draws scattered over it; equal aspect.
#[derive(Clone, Copy, Debug)]
pub struct PlanePlot<'a> {
    /// First line above the figure.
    pub title: &'a str,
    /// Second line, smaller.
    pub note: &'a str,
    /// Names of the two coordinates.
    pub names: [&'a str; 2],
    /// log density of the target, any constant left out; its ranges are the figure's. −inf outside the support.
    pub grid: Grid<'a>,
    /// Draws, N×2. Of more than 4000, every k-th is shown.
    pub draws: &'a [f64],
}

impl PlanePlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If the grid has fewer than 2 columns or is not full.
    pub fn svg(&self) -> String {
        // The longer side of the frame; the other follows from equal aspect.
        const LONG: f64 = 520.0;
        let (width, height) = (self.grid.x.width(), self.grid.y.width());
        let scale = LONG / width.max(height);
        let size = (width * scale, height * scale);
        let panel = Panel::new((62.0, 58.0), size, self.grid.x, self.grid.y);
        let mut svg = Svg::new(size.0.max(360.0) + 80.0, size.1 + 146.0);
        header(&mut svg, panel.x.from, self.title, self.note);
        panel.grid(&mut svg, Labels::Numbers, Labels::Numbers);
        let draws: Vec<(f64, f64)> = self.draws.chunks_exact(2).map(|x| (x[0], x[1])).collect();
        let stride = draws.len().div_ceil(MOST_DOTS).max(1);
        let shown: Vec<(f64, f64)> = draws.iter().copied().step_by(stride).collect();
        panel.clipped(&mut svg, |svg| {
            for level in mass_levels(self.grid.values, &SHARES) {
                let loops = closed_contours(&self.grid, level);
                svg.loops("pf-region", &loops.iter().map(|l| panel.places(l)).collect::<Vec<_>>());
            }
            svg.dots("pf-dot", &panel.places(&shown));
        });
        panel.frame(&mut svg);
        let (left, bottom) = (panel.x.from, panel.y.from);
        svg.text("pf-text", Anchor::Middle, (left + 0.5 * size.0, bottom + 36.0), self.names[0]);
        svg.upward_text("pf-text", Anchor::Middle, (16.0, bottom - 0.5 * size.1), self.names[1]);
        let contours = "contours: 20, 40, 60, 80, 95, 99 % of the target";
        svg.text("pf-note", Anchor::Start, (left, bottom + 58.0), contours);
        svg.text("pf-note", Anchor::Start, (left, bottom + 74.0), &self.dots_caption(&draws, shown.len()));
        svg.finish()
    }

    fn dots_caption(&self, draws: &[(f64, f64)], shown: usize) -> String {
        let inside = |p: &&(f64, f64)| self.grid.x.contains(p.0) && self.grid.y.contains(p.1);
        let outside = draws.len() - draws.iter().filter(inside).count();
        let outside = if outside == 0 { String::new() } else { format!(", {outside} outside the frame") };
        let number = draws.len();
        format!("dots: {shown} of {number} unweighted draws{outside}")
    }
}

/// Points with weights, as many as points, or equal ones.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// N×d.
    pub points: &'a [f64],
    /// N, not normalised; `None` for equal weights.
    pub weights: Option<&'a [f64]>,
}

/// Weighted marginal histograms of the first 12 coordinates, with another sample's outlines over them.
#[derive(Clone, Copy, Debug)]
pub struct MarginalsPlot<'a> {
    /// First line above the figure.
    pub title: &'a str,
    /// Second line, smaller.
    pub note: &'a str,
    /// Names of the d coordinates.
    pub names: &'a [String],
    /// The draws: bars.
    pub draws: Sample<'a>,
    /// Exact draws: an outline.
    pub exact: Option<Sample<'a>>,
}

impl MarginalsPlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If there are no names, or weights but not as many as points.
    pub fn svg(&self) -> String {
        const SIZE: (f64, f64) = (196.0, 130.0);
        const PITCH: (f64, f64) = (SIZE.0 + 22.0, SIZE.1 + 52.0);
        let shown = self.names.len().min(MOST_MARGINALS);
        assert!(shown > 0, "marginals: no coordinates");
        let columns = shown.min(MARGINALS_PER_ROW);
        let rows = shown.div_ceil(columns);
        let width = (24.0 + columns as f64 * PITCH.0).max(480.0);
        let mut svg = Svg::new(width, 72.0 + rows as f64 * PITCH.1);
        header(&mut svg, 24.0, self.title, self.note);
        for i in 0..shown {
            let at = (24.0 + (i % columns) as f64 * PITCH.0, 74.0 + (i / columns) as f64 * PITCH.1);
            self.marginal(&mut svg, i, at, SIZE);
        }
        let foot = (24.0, 60.0 + rows as f64 * PITCH.1);
        svg.text("pf-note", Anchor::Start, foot, &self.caption(shown));
        svg.finish()
    }

    fn marginal(&self, svg: &mut Svg, i: usize, at: (f64, f64), size: (f64, f64)) {
        let column = |sample: &Sample<'_>| -> Vec<f64> {
            sample.points.iter().skip(i).step_by(self.names.len()).copied().collect()
        };
        let values = column(&self.draws);
        let exact = self.exact.map(|sample| (column(&sample), sample.weights));
        let range = central_range(exact.as_ref().map_or(&values, |e| &e.0));
        let bars = Histogram::new(&values, self.draws.weights, range, BINS);
        let outline = exact.map(|(values, weights)| Histogram::new(&values, weights, range, BINS));
        let both = bars.densities.iter().chain(outline.iter().flat_map(|h| &h.densities));
        let top = both.copied().fold(0.0, f64::max);
        let y = Range { low: 0.0, high: if top > 0.0 { 1.08 * top } else { 1.0 } };
        let panel = Panel::new(at, size, range, y);
        panel.grid(svg, Labels::Numbers, Labels::Nothing);
        panel.clipped(svg, |svg| {
            svg.loops("pf-bar", &[panel.places(&bars.outline())]);
            if let Some(outline) = outline {
                svg.polyline("pf-curve", &panel.places(&outline.outline()));
            }
        });
        panel.frame(svg);
        svg.text("pf-text", Anchor::Start, (at.0, at.1 - 6.0), &self.names[i]);
        if bars.outside >= MENTIONED {
            let outside = format!("{:.0} % of the draws outside", 100.0 * bars.outside);
            svg.text("pf-note", Anchor::End, (at.0 + size.0, at.1 - 6.0), &outside);
        }
    }

    fn caption(&self, shown: usize) -> String {
        let all = self.names.len();
        let part = if shown < all { format!("first {shown} of {all} coordinates; ") } else { String::new() };
        let (line, whose) =
            if self.exact.is_some() { ("; line: exact draws", " of the exact draws") } else { ("", "") };
        format!("{part}bars: weighted draws{line}; central 99.8 %{whose} shown")
    }
}

/// From the 0.1 % to the 99.9 % quantile, a little widened: tails do not squeeze the bulk.
fn central_range(values: &[f64]) -> Range {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 1000;
    Range::of(sorted[cut..sorted.len() - cut].iter().copied()).scaled(1.06)
}

/// Title and note at the upper left.
pub(super) fn header(svg: &mut Svg, left: f64, title: &str, note: &str) {
    svg.text("pf-title", Anchor::Start, (left, 24.0), title);
    svg.text("pf-note", Anchor::Start, (left, 42.0), note);
}
