//! The density figure in the plane: contours with draws.

use crate::figure::contour::{Grid, closed_contours, mass_levels};
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::{Anchor, Svg};

/// The number of dots beyond which a figure becomes heavier, but not clearer.
const MOST_DOTS: usize = 4000;
/// Shares of the target's mass that the contours enclose.
const SHARES: [f64; 6] = [0.99, 0.95, 0.8, 0.6, 0.4, 0.2];

/// A target in the plane with draws scattered over it, at equal aspect.
#[derive(Clone, Copy, Debug)]
pub struct PlanePlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The names of the two coordinates.
    pub names: [&'a str; 2],
    /// The log density of the target up to a constant, −inf outside the support; its ranges are
    /// those of the figure.
    pub grid: Grid<'a>,
    /// The draws, N×2. Of more than 4000 draws every k-th is shown.
    pub draws: &'a [f64],
}

impl PlanePlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If the grid has fewer than 2 columns, or if its last row is not full.
    pub fn svg(&self) -> String {
        // The longer side of the frame in pixels; the other side follows from equal aspect.
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

/// Draws title and note at the upper left of a figure.
pub(crate) fn header(svg: &mut Svg, left: f64, title: &str, note: &str) {
    svg.text("pf-title", Anchor::Start, (left, 24.0), title);
    svg.text("pf-note", Anchor::Start, (left, 42.0), note);
}
