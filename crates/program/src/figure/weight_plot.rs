//! The spread of the log weights, as the density of the draws and the density of the weight.

use crate::figure::axis::Range;
use crate::figure::density_plot::header;
use crate::figure::histogram::Histogram;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::{Anchor, Svg};

/// Histograms of log weights minus log Z.
#[derive(Clone, Copy, Debug)]
pub struct WeightPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The range of the bins, in nats from log Z.
    pub range: Range,
    /// The density of the draws over the bins.
    pub draws: &'a [f64],
    /// The density of the weight over the bins, also with total 1.
    pub weight: &'a [f64],
    /// The start of the tail whose shape is Pareto k, in nats from log Z.
    pub tail_from: Option<f64>,
}

impl WeightPlot<'_> {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        const SIZE: (f64, f64) = (540.0, 220.0);
        const AT: (f64, f64) = (68.0, 58.0);
        let mut svg = Svg::new(AT.0 + SIZE.0 + 26.0, AT.1 + SIZE.1 + 70.0);
        header(&mut svg, AT.0, self.title, self.note);
        let top = self.draws.iter().chain(self.weight).copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        let y = Range { low: 0.0, high: if top > 0.0 { 1.08 * top } else { 1.0 } };
        let panel = Panel::new(AT, SIZE, self.range, y);
        panel.grid(&mut svg, Labels::Numbers, Labels::Numbers);
        let outline = |densities: &[f64]| {
            let histogram = Histogram { range: self.range, densities: densities.to_vec(), outside: 0.0 };
            panel.places(&histogram.outline())
        };
        panel.clipped(&mut svg, |svg| {
            svg.loops("pf-bar", &[outline(self.draws)]);
            svg.polyline("pf-curve", &outline(self.weight));
            let zero = panel.x.pixel(0.0);
            svg.line("pf-frame", (zero, panel.y.from), (zero, panel.y.to));
            if let Some(x) = self.tail_from.filter(|x| self.range.contains(*x)).map(|x| panel.x.pixel(x)) {
                svg.line("pf-exact", (x, panel.y.from), (x, panel.y.to));
            }
        });
        panel.frame(&mut svg);
        let middle = (AT.0 + 0.5 * SIZE.0, AT.1 + SIZE.1 + 36.0);
        svg.text("pf-text", Anchor::Middle, middle, "log weight less log Z, nats");
        svg.upward_text("pf-text", Anchor::Middle, (18.0, AT.1 + 0.5 * SIZE.1), "density, 1/nat");
        let legend = "bars: draws; line: the weight they carry; dashed: where the tail of Pareto k begins";
        svg.text("pf-note", Anchor::Start, (AT.0, AT.1 + SIZE.1 + 58.0), legend);
        svg.finish()
    }
}
