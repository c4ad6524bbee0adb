//! The corner plot: histograms of single coordinates on the diagonal, of pairs below it.

use crate::figure::axis::Range;
use crate::figure::colour_map::{colour_index, shades};
use crate::figure::density_plot::header;
use crate::figure::histogram::Histogram;
use crate::figure::panel::{Labels, Panel};
use crate::figure::png::indexed_png;
use crate::figure::svg::{Anchor, Svg};

/// Histograms of one coordinate.
#[derive(Clone, Debug, PartialEq)]
pub struct Marginal {
    /// The name of the coordinate, as it is shown.
    pub name: String,
    /// The range of the bins, also in the panels of pairs.
    pub range: Range,
    /// Densities of the weighted draws.
    pub draws: Vec<f64>,
    /// Densities of exact draws, if there are any.
    pub exact: Option<Vec<f64>>,
}

/// The histogram of two coordinates together.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The coordinate on the horizontal axis, by its place among the marginals.
    pub across: usize,
    /// The coordinate on the vertical axis, which comes later among the marginals.
    pub up: usize,
    /// Shares of the weight, row after row from the low end of `up`, with as many rows as columns.
    pub shares: Vec<f64>,
}

/// A corner plot of up to six coordinates and their pairs.
#[derive(Clone, Copy, Debug)]
pub struct CornerPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The histograms on the diagonal.
    pub marginals: &'a [Marginal],
    /// The histograms of pairs below the diagonal.
    pub pairs: &'a [Pair],
}

const LEFT: f64 = 68.0;
const TOP: f64 = 66.0;
const GAP: f64 = 10.0;
/// The side of all panels and gaps together in pixels; a single panel is no larger than `LARGEST`.
const WHOLE: f64 = 640.0;
const LARGEST: f64 = 260.0;

impl CornerPlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If the number of shares of a pair is not a square, or if a pair names a marginal that does
    /// not exist.
    pub fn svg(&self) -> String {
        let n = self.marginals.len().max(1);
        let side = ((WHOLE + GAP) / n as f64 - GAP).min(LARGEST);
        let whole = n as f64 * (side + GAP) - GAP;
        let mut svg = Svg::new((LEFT + whole + 26.0).max(480.0), TOP + whole + 66.0);
        header(&mut svg, LEFT, self.title, self.note);
        let corner = |column: usize, row: usize| {
            (LEFT + column as f64 * (side + GAP), TOP + row as f64 * (side + GAP))
        };
        for (k, marginal) in self.marginals.iter().enumerate() {
            self.marginal(&mut svg, marginal, corner(k, k), side, k + 1 == n);
        }
        for pair in self.pairs {
            self.pair(&mut svg, pair, corner(pair.across, pair.up), side, pair.up + 1 == n);
        }
        let exact = self.marginals.iter().any(|m| m.exact.is_some());
        let line = if exact { "; line: exact draws" } else { "" };
        let pairs =
            if self.pairs.is_empty() { "" } else { "; below: pairs, the fuller the colour, the more weight" };
        let caption = format!("bars: weighted draws{line}{pairs}");
        svg.text("pf-note", Anchor::Start, (LEFT, TOP + whole + 54.0), &caption);
        svg.finish()
    }

    fn marginal(&self, svg: &mut Svg, marginal: &Marginal, at: (f64, f64), side: f64, is_last: bool) {
        let Marginal { name, range, draws, exact } = marginal;
        let all = draws.iter().chain(exact.iter().flatten());
        let top = all.copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        let y = Range { low: 0.0, high: if top > 0.0 { 1.08 * top } else { 1.0 } };
        let panel = Panel::new(at, (side, side), *range, y);
        panel.grid(svg, if is_last { Labels::Within } else { Labels::Lines }, Labels::Nothing);
        let outline = |densities: &Vec<f64>| {
            let histogram = Histogram { range: *range, densities: densities.clone(), outside: 0.0 };
            panel.places(&histogram.outline())
        };
        panel.clipped(svg, |svg| {
            svg.loops("pf-bar", &[outline(draws)]);
            if let Some(exact) = exact {
                svg.polyline("pf-curve", &outline(exact));
            }
        });
        panel.frame(svg);
        svg.text("pf-text", Anchor::Start, (at.0 + 2.0, at.1 - 4.0), name);
        if is_last {
            svg.text("pf-text", Anchor::Middle, (at.0 + 0.5 * side, at.1 + side + 34.0), name);
        }
    }

    fn pair(&self, svg: &mut Svg, pair: &Pair, at: (f64, f64), side: f64, is_last: bool) {
        let (across, up) = (&self.marginals[pair.across], &self.marginals[pair.up]);
        let bins = (pair.shares.len() as f64).sqrt() as usize;
        assert_eq!(bins * bins, pair.shares.len(), "corner: {} shares are no square", pair.shares.len());
        let panel = Panel::new(at, (side, side), across.range, up.range);
        let y = if pair.across == 0 { Labels::Numbers } else { Labels::Lines };
        panel.grid(svg, if is_last { Labels::Within } else { Labels::Lines }, y);
        let most = pair.shares.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        if most > 0.0 {
            // The square root makes a cell visible that has a hundredth of the largest share.
            let pixel =
                |share: &f64| if *share > 0.0 { colour_index(share.sqrt(), 0.0, most.sqrt()) } else { 0 };
            let pixels: Vec<u8> = pair.shares.chunks(bins).rev().flatten().map(pixel).collect();
            svg.png(at, (side, side), &indexed_png(bins, bins, &pixels, &shades()));
        }
        panel.frame(svg);
        if is_last {
            svg.text("pf-text", Anchor::Middle, (at.0 + 0.5 * side, at.1 + side + 34.0), &across.name);
        }
        if pair.across == 0 {
            svg.upward_text("pf-text", Anchor::Middle, (16.0, at.1 + 0.5 * side), &up.name);
        }
    }
}
