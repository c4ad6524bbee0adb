//! The residual over time and one coordinate as a heat map, with the collocation points on it.

use crate::figure::axis::{Axis, Range, Spacing};
use crate::figure::colour_map::{colour_index, palette};
use crate::figure::density_plot::header;
use crate::figure::panel::{Labels, Panel};
use crate::figure::png::indexed_png;
use crate::figure::svg::{Anchor, Svg};

/// Sizes of the residual on a grid over [0, 1] × one coordinate.
#[derive(Clone, Copy, Debug)]
pub struct ResidualPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The name of the coordinate.
    pub name: &'a str,
    /// The range of the coordinate from the first edge of its bins to the last.
    pub range: Range,
    /// The number of bins of time.
    pub columns: usize,
    /// Root mean square residuals, `sizes[row * columns + column]`, row 0 at the low end of the
    /// coordinate; NaN where nothing was evaluated.
    pub sizes: &'a [f64],
    /// Collocation points (t, coordinate).
    pub points: &'a [(f64, f64)],
}

/// The colours begin at this quantile: one cell that happens to be near 0 would otherwise take up
/// most of the range.
const LOWEST: f64 = 0.02;
/// The largest number of decades shown below the largest residual; smaller residuals do not matter
/// for the fit.
const DECADES: f64 = 5.0;
/// The number of points beyond which they would hide the map.
const MOST_POINTS: usize = 400;

impl ResidualPlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If there are no columns, or if the number of sizes is not a multiple of the columns.
    pub fn svg(&self) -> String {
        const AT: (f64, f64) = (68.0, 58.0);
        const SIZE: (f64, f64) = (480.0, 300.0);
        assert!(
            self.columns > 0 && self.sizes.len().is_multiple_of(self.columns),
            "residual plot: {} columns, {} sizes",
            self.columns,
            self.sizes.len()
        );
        let mut svg = Svg::new(AT.0 + SIZE.0 + 110.0, AT.1 + SIZE.1 + 72.0);
        header(&mut svg, AT.0, self.title, self.note);
        let panel = Panel::new(AT, SIZE, Range { low: 0.0, high: 1.0 }, self.range);
        panel.grid(&mut svg, Labels::Numbers, Labels::Numbers);
        let scale = self.scale();
        if let Some(scale) = scale {
            svg.png(AT, SIZE, &self.picture(scale));
            colour_bar(&mut svg, (AT.0 + SIZE.0 + 18.0, AT.1), SIZE.1, scale);
        }
        let stride = self.points.len().div_ceil(MOST_POINTS).max(1);
        let shown: Vec<(f64, f64)> = self.points.iter().copied().step_by(stride).collect();
        panel.clipped(&mut svg, |svg| {
            svg.dots("pf-ring", &panel.places(&shown));
            svg.dots("pf-core", &panel.places(&shown));
        });
        panel.frame(&mut svg);
        svg.text("pf-text", Anchor::Middle, (AT.0 + 0.5 * SIZE.0, AT.1 + SIZE.1 + 36.0), "time t");
        svg.upward_text("pf-text", Anchor::Middle, (16.0, AT.1 + 0.5 * SIZE.1), self.name);
        let caption = match (scale, self.points.len()) {
            (None, _) => "no residual could be evaluated".to_string(),
            (_, n) => format!("dots: {} of {n} collocation points", shown.len()),
        };
        svg.text("pf-note", Anchor::Start, (AT.0, AT.1 + SIZE.1 + 58.0), &caption);
        svg.finish()
    }

    /// The residuals at the two ends of the colours; none if no residual is positive and finite.
    fn scale(&self) -> Option<Range> {
        let mut sizes: Vec<f64> = self.sizes.iter().copied().filter(|s| *s > 0.0 && s.is_finite()).collect();
        sizes.sort_by(f64::total_cmp);
        let high = *sizes.last()?;
        let low = sizes[(LOWEST * sizes.len() as f64) as usize].max(high / libm::pow(10.0, DECADES));
        Some(if low < high { Range { low, high } } else { Range { low: low / 2.0, high: high * 2.0 } })
    }

    fn picture(&self, scale: Range) -> Vec<u8> {
        let (low, high) = (libm::log10(scale.low), libm::log10(scale.high));
        // The upper row of a picture comes first.
        let rows = self.sizes.chunks(self.columns).rev();
        let pixel = |size: &f64| {
            // A residual of 0 takes the lowest colour, +inf the highest.
            colour_index(if *size == 0.0 { low } else { libm::log10(*size) }, low, high)
        };
        let pixels: Vec<u8> = rows.flatten().map(pixel).collect();
        indexed_png(self.columns, self.sizes.len() / self.columns, &pixels, &palette())
    }
}

/// Draws the colours with their numbers, upright at the right of a figure.
fn colour_bar(svg: &mut Svg, at: (f64, f64), height: f64, range: Range) {
    const WIDTH: f64 = 14.0;
    let pixels: Vec<u8> = (1..=255).rev().collect();
    svg.png(at, (WIDTH, height), &indexed_png(1, 255, &pixels, &palette()));
    svg.rect("pf-frame", at.0, at.1, WIDTH, height);
    let axis = Axis { range, spacing: Spacing::Logarithmic, from: at.1 + height, to: at.1 };
    for (value, label) in axis.ticks(6) {
        let y = axis.pixel(value);
        svg.line("pf-frame", (at.0 + WIDTH, y), (at.0 + WIDTH + 4.0, y));
        svg.text("pf-text", Anchor::Start, (at.0 + WIDTH + 8.0, y + 4.0), &label);
    }
    svg.upward_text("pf-text", Anchor::Middle, (at.0 + 74.0, at.1 + 0.5 * height), "residual |R|, nats");
}
