//! Values of log Z on one axis: the estimate with its error, its bounds, the learned and the exact
//! value.

use crate::figure::axis::Range;
use crate::figure::density_plot::header;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::{Anchor, Svg};

/// One value of log Z with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogZRow<'a> {
    /// What the value is, as the row is labelled.
    pub name: &'a str,
    /// The value in nats; one that is not finite is printed and not drawn.
    pub value: f64,
    /// The standard error of the value in nats, if it has one.
    pub error: Option<f64>,
}

/// Rows of values of log Z, with a dashed line at the exact value.
#[derive(Clone, Copy, Debug)]
pub struct LogZPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The rows from top to bottom.
    pub rows: &'a [LogZRow<'a>],
    /// The exact log Z, if known.
    pub exact: Option<f64>,
}

const LEFT: f64 = 150.0;
const WIDTH: f64 = 400.0;
const PITCH: f64 = 30.0;

impl LogZPlot<'_> {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        let reach = |row: &LogZRow<'_>| {
            let error = row.error.filter(|e| e.is_finite()).unwrap_or(0.0);
            [row.value - 2.0 * error, row.value + 2.0 * error]
        };
        let range = Range::of(self.rows.iter().flat_map(reach).chain(self.exact)).scaled(1.15);
        let height = PITCH * self.rows.len() as f64;
        let foot = if self.exact.is_some_and(f64::is_finite) { 18.0 } else { 0.0 };
        let mut svg = Svg::new(LEFT + WIDTH + 26.0, 58.0 + height + 48.0 + foot);
        header(&mut svg, 24.0, self.title, self.note);
        let y = Range { low: 0.0, high: self.rows.len().max(1) as f64 };
        let panel = Panel::new((LEFT, 58.0), (WIDTH, height), range, y);
        panel.grid(&mut svg, Labels::Numbers, Labels::Nothing);
        if let Some(exact) = self.exact.filter(|z| z.is_finite()) {
            let x = panel.x.pixel(exact);
            svg.line("pf-exact", (x, panel.y.to), (x, panel.y.from));
            svg.line("pf-exact", (LEFT, 58.0 + height + 53.0), (LEFT + 24.0, 58.0 + height + 53.0));
            let at = (LEFT + 30.0, 58.0 + height + 57.0);
            svg.text("pf-note", Anchor::Start, at, "exact log Z");
        }
        for (k, row) in self.rows.iter().enumerate() {
            row_of(&mut svg, &panel, row, 58.0 + (k as f64 + 0.5) * PITCH);
        }
        panel.frame(&mut svg);
        let under = (LEFT + 0.5 * WIDTH, 58.0 + height + 36.0);
        svg.text("pf-text", Anchor::Middle, under, "log Z, nats");
        svg.finish()
    }
}

/// Draws a row: the name at the left, whiskers of two standard errors, a dot.
fn row_of(svg: &mut Svg, panel: &Panel, row: &LogZRow<'_>, y: f64) {
    svg.text("pf-text", Anchor::End, (LEFT - 10.0, y + 4.0), row.name);
    if !row.value.is_finite() {
        svg.text(
            "pf-note",
            Anchor::Start,
            (LEFT + 8.0, y + 4.0),
            &format!("{}: not on this axis", row.value),
        );
        return;
    }
    if let Some(error) = row.error.filter(|e| e.is_finite()) {
        let ends = [row.value - 2.0 * error, row.value + 2.0 * error].map(|v| panel.x.pixel(v));
        svg.line("pf-line", (ends[0], y), (ends[1], y));
        ends.iter().for_each(|x| svg.line("pf-line", (*x, y - 5.0), (*x, y + 5.0)));
    }
    svg.dots("pf-step", &[(panel.x.pixel(row.value), y)]);
}
