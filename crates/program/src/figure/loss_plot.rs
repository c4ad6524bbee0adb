//! The history of a fit: loss, damping and validation ESS against steps, with the seconds along the
//! top.

use crate::figure::axis::{Range, Spacing};
use crate::figure::density_plot::header;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::{Anchor, Svg};

/// The state of a fit after one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossPoint {
    /// The number of the step; 0 is the state before the first step.
    pub step: usize,
    /// The loss, ½ mean of squared residuals.
    pub loss: f64,
    /// The damping λ of the step; a value that is not positive is not shown.
    pub damping: f64,
    /// The normalised ESS of the validation draws after this step, if there were any.
    pub validation_ess: Option<f64>,
    /// Seconds of wall time since the first step began, if known.
    pub seconds: Option<f64>,
}

/// The share of one equation in the loss, where there are several.
#[derive(Clone, Copy, Debug)]
pub struct EquationLoss<'a> {
    /// The name of the equation.
    pub name: &'a str,
    /// The loss of the equation at every point of the plot.
    pub losses: &'a [f64],
}

/// Up to this number of steps each step is marked, because a line through one step would be
/// invisible.
const FEW_STEPS: usize = 20;
const LEFT: f64 = 68.0;
const WIDTH: f64 = 540.0;
const GAP: f64 = 18.0;
/// Classes of the lines of equations, in their order; a fourth line looks like the first.
const EQUATION_CLASSES: [&str; 3] = ["pf-first", "pf-other", "pf-third"];
/// The height of a line of the legend in pixels.
const LEGEND_LINE: f64 = 18.0;

fn equation_class(k: usize) -> &'static str {
    EQUATION_CLASSES[k % EQUATION_CLASSES.len()]
}

/// Loss, damping and validation ESS over the steps of a fit.
#[derive(Clone, Copy, Debug)]
pub struct LossPlot<'a> {
    /// The first line above the figure.
    pub title: &'a str,
    /// The second line above the figure, in smaller type.
    pub note: &'a str,
    /// The points in the order of steps. A loss that is not positive and finite breaks the line.
    pub points: &'a [LossPoint],
    /// The losses of the equations; empty if there is one equation.
    pub equations: &'a [EquationLoss<'a>],
}

impl LossPlot<'_> {
    /// The figure as SVG.
    ///
    /// # Panics
    /// If the number of losses of an equation differs from the number of points.
    pub fn svg(&self) -> String {
        let steps = Range::of(self.points.iter().map(|p| p.step as f64)).scaled(1.03);
        let validated: Vec<(f64, f64)> =
            self.points.iter().filter_map(|p| p.validation_ess.map(|ess| (p.step as f64, ess))).collect();
        let has_damping = self.points.iter().any(|p| shown(p.damping));
        let legend = self.legend().last().map_or(0.0, |entry| LEGEND_LINE * (entry.line + 1) as f64);
        let top = 76.0;
        let mut heights = vec![210.0];
        heights.extend(has_damping.then_some(100.0));
        heights.extend((!validated.is_empty()).then_some(100.0));
        let height = heights.iter().sum::<f64>() + GAP * (heights.len() - 1) as f64;
        let mut svg = Svg::new(LEFT + WIDTH + 26.0, top + height + 48.0 + legend);
        header(&mut svg, LEFT, self.title, self.note);
        let mut tops = heights.iter().scan(top, |at, height| {
            let here = *at;
            *at += height + GAP;
            Some((here, *height))
        });
        let mut left = heights.len();
        let mut next = || {
            left -= 1;
            let (at, height) = tops.next().expect("a height for every panel");
            ((LEFT, at), (WIDTH, height), if left == 0 { Labels::Numbers } else { Labels::Lines })
        };
        self.losses(&mut svg, next(), steps);
        if has_damping {
            let line: Vec<(f64, f64)> = self.points.iter().map(|p| (p.step as f64, p.damping)).collect();
            logarithmic_panel(&mut svg, next(), steps, "damping λ", &[("pf-curve", line)]);
        }
        if !validated.is_empty() {
            validation_panel(&mut svg, next(), steps, &validated);
        }
        svg.text("pf-text", Anchor::Middle, (LEFT + 0.5 * WIDTH, top + height + 36.0), "step");
        self.draw_legend(&mut svg, top + height + 54.0);
        svg.finish()
    }

    fn losses(&self, svg: &mut Svg, place: Place, steps: Range) {
        let step = |k: usize| self.points[k].step as f64;
        let mut lines = Vec::new();
        for (k, equation) in self.equations.iter().enumerate() {
            let (found, expected) = (equation.losses.len(), self.points.len());
            assert_eq!(found, expected, "loss plot: {found} losses of an equation for {expected} points");
            let line = equation.losses.iter().enumerate().map(|(k, loss)| (step(k), *loss)).collect();
            lines.push((equation_class(k), line));
        }
        lines.push(("pf-line", self.points.iter().map(|p| (p.step as f64, p.loss)).collect()));
        let panel = logarithmic_panel(svg, place, steps, "loss", &lines);
        self.seconds(svg, &panel);
    }

    /// Draws ticks at round times along the top, each at the step at which that time was reached.
    fn seconds(&self, svg: &mut Svg, panel: &Panel) {
        let timed: Vec<(f64, f64)> =
            self.points.iter().filter_map(|p| Some((p.step as f64, p.seconds?))).collect();
        let Some(&(_, last)) = timed.last().filter(|p| p.1 > 0.0) else { return };
        let mut axis = panel.x;
        axis.range = Range { low: 0.0, high: last };
        axis.spacing = Spacing::Linear;
        // Steps become slower as their batches grow: labels that would touch their neighbour are
        // left out.
        let mut free = f64::NEG_INFINITY;
        // The time before the end of the first step has no place on the axis.
        let ticks = axis.ticks(7).into_iter().filter(|tick| tick.0 >= timed[0].1);
        for (seconds, label) in ticks {
            let right = timed.partition_point(|p| p.1 < seconds).clamp(1, timed.len().max(2) - 1);
            let (Some(a), Some(b)) = (timed.get(right - 1), timed.get(right)) else { return };
            let part = ((seconds - a.1) / (b.1 - a.1)).clamp(0.0, 1.0);
            let x = panel.x.pixel(a.0 + part * (b.0 - a.0));
            svg.line("pf-frame", (x, panel.y.to - 4.0), (x, panel.y.to));
            if x - free > 34.0 {
                svg.text("pf-note", Anchor::Middle, (x, panel.y.to - 7.0), &label);
                free = x;
            }
        }
        svg.text("pf-note", Anchor::End, (panel.x.from - 6.0, panel.y.to - 7.0), "seconds");
    }

    /// The entries of the legend, as many on a line as fit under the panels; empty if there is one
    /// equation.
    fn legend(&self) -> Vec<LegendEntry<'_>> {
        if self.equations.is_empty() {
            return Vec::new();
        }
        let names = self.equations.iter().enumerate().map(|(k, e)| (equation_class(k), e.name));
        let (mut x, mut line) = (LEFT, 0);
        let mut entries = Vec::new();
        for (class, name) in std::iter::once(("pf-line", "sum")).chain(names) {
            // Letters are about six pixels wide.
            let width = 52.0 + 6.0 * name.chars().count() as f64;
            if x + width > LEFT + WIDTH + 26.0 && x > LEFT {
                (x, line) = (LEFT, line + 1);
            }
            entries.push(LegendEntry { class, name, x, line });
            x += width;
        }
        entries
    }

    fn draw_legend(&self, svg: &mut Svg, first: f64) {
        for LegendEntry { class, name, x, line } in self.legend() {
            let y = first + LEGEND_LINE * line as f64;
            svg.line(class, (x, y - 4.0), (x + 26.0, y - 4.0));
            svg.text("pf-note", Anchor::Start, (x + 31.0, y), name);
        }
    }
}

/// A line of the figure and its name, at pixel `x` on line `line` of the legend.
struct LegendEntry<'a> {
    class: &'static str,
    name: &'a str,
    x: f64,
    line: usize,
}

/// Upper left corner and size of a panel in pixels, and the labels below it.
type Place = ((f64, f64), (f64, f64), Labels);

fn shown(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

/// Draws lines on a logarithmic scale; points are marked if there are few.
fn logarithmic_panel(
    svg: &mut Svg,
    (at, size, under): Place,
    steps: Range,
    name: &str,
    lines: &[(&str, Vec<(f64, f64)>)],
) -> Panel {
    let positive = lines.iter().flat_map(|(_, line)| line).map(|p| p.1).filter(|v| shown(*v));
    let (low, high) = positive.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let range =
        if low <= high { Range { low: low / 1.5, high: high * 1.5 } } else { Range { low: 0.1, high: 10.0 } };
    let mut panel = Panel::new(at, size, steps, range);
    panel.x.spacing = Spacing::Whole;
    panel.y.spacing = Spacing::Logarithmic;
    panel.grid(svg, under, Labels::Numbers);
    panel.clipped(svg, |svg| {
        for (class, line) in lines {
            svg.polyline(class, &panel.places(line));
            if line.len() <= FEW_STEPS {
                svg.dots(if *class == "pf-line" { "pf-step" } else { "pf-mark" }, &panel.places(line));
            }
        }
    });
    panel.frame(svg);
    svg.upward_text("pf-text", Anchor::Middle, (18.0, at.1 + 0.5 * size.1), name);
    panel
}

fn validation_panel(svg: &mut Svg, (at, size, under): Place, steps: Range, validated: &[(f64, f64)]) {
    // A margin of 0.04 keeps dots at 0 and 1 whole.
    let mut panel = Panel::new(at, size, steps, Range { low: -0.04, high: 1.04 });
    panel.x.spacing = Spacing::Whole;
    panel.grid(svg, under, Labels::Numbers);
    panel.clipped(svg, |svg| {
        svg.polyline("pf-curve", &panel.places(validated));
        svg.dots("pf-mark", &panel.places(validated));
    });
    panel.frame(svg);
    svg.upward_text("pf-text", Anchor::Middle, (18.0, at.1 + 0.5 * size.1), "validation ESS");
}
