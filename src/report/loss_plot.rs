//! The course of a fit: loss against step on a logarithmic scale, and below it the ESS of pilot draws.

use super::density_plot::header;
use super::panel::{Labels, Panel};
use super::{Anchor, Range, Spacing, Svg};

/// What is known after one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossPoint {
    /// The step; 0 is before the first.
    pub step: usize,
    /// The loss, ½ mean of squared residuals.
    pub loss: f64,
    /// Normalised ESS of a pilot drawn after this step, if one was.
    pub pilot_ess: Option<f64>,
}

/// Up to so many steps each is marked: a line through one step would be none.
const FEW_STEPS: usize = 20;

/// Loss and pilot ESS over the steps of a fit.
#[derive(Clone, Copy, Debug)]
pub struct LossPlot<'a> {
    /// First line above the figure.
    pub title: &'a str,
    /// Second line, smaller.
    pub note: &'a str,
    /// Step after step. Losses that are not positive and finite break the line.
    pub points: &'a [LossPoint],
}

impl LossPlot<'_> {
    /// The figure as SVG.
    pub fn svg(&self) -> String {
        const LEFT: f64 = 68.0;
        const SIZE: (f64, f64) = (540.0, 230.0);
        let steps = Range::of(self.points.iter().map(|p| p.step as f64)).scaled(1.03);
        let pilots: Vec<(f64, f64)> =
            self.points.iter().filter_map(|p| p.pilot_ess.map(|ess| (p.step as f64, ess))).collect();
        let lower = if pilots.is_empty() { 0.0 } else { 130.0 };
        let mut svg = Svg::new(LEFT + SIZE.0 + 26.0, 58.0 + SIZE.1 + lower + 52.0);
        header(&mut svg, LEFT, self.title, self.note);
        let losses = self.loss_panel((LEFT, 58.0), SIZE, steps);
        let under = if pilots.is_empty() { Labels::Numbers } else { Labels::Lines };
        losses.grid(&mut svg, under, Labels::Numbers);
        let line: Vec<(f64, f64)> = self.points.iter().map(|p| (p.step as f64, p.loss)).collect();
        losses.clipped(&mut svg, |svg| {
            svg.polyline("pf-line", &losses.places(&line));
            if line.len() <= FEW_STEPS {
                svg.dots("pf-step", &losses.places(&line));
            }
        });
        losses.frame(&mut svg);
        svg.upward_text("pf-text", Anchor::Middle, (18.0, 58.0 + 0.5 * SIZE.1), "loss");
        let mut bottom = 58.0 + SIZE.1;
        if !pilots.is_empty() {
            let top = bottom + 18.0;
            bottom = top + lower - 18.0;
            pilot_panel(&mut svg, (LEFT, top), (SIZE.0, bottom - top), steps, &pilots);
        }
        svg.text("pf-text", Anchor::Middle, (LEFT + 0.5 * SIZE.0, bottom + 36.0), "step");
        svg.finish()
    }

    fn loss_panel(&self, at: (f64, f64), size: (f64, f64), steps: Range) -> Panel {
        let positive = self.points.iter().map(|p| p.loss).filter(|loss| *loss > 0.0 && loss.is_finite());
        let low = positive.clone().fold(f64::INFINITY, f64::min);
        let high = positive.fold(0.0, f64::max);
        let range = if low <= high {
            Range { low: low / 1.5, high: high * 1.5 }
        } else {
            Range { low: 0.1, high: 10.0 }
        };
        let mut panel = Panel::new(at, size, steps, range);
        panel.x.spacing = Spacing::Whole;
        panel.y.spacing = Spacing::Logarithmic;
        panel
    }
}

fn pilot_panel(svg: &mut Svg, at: (f64, f64), size: (f64, f64), steps: Range, pilots: &[(f64, f64)]) {
    // A little room so that dots at 0 and 1 are whole.
    let mut panel = Panel::new(at, size, steps, Range { low: -0.04, high: 1.04 });
    panel.x.spacing = Spacing::Whole;
    panel.grid(svg, Labels::Numbers, Labels::Numbers);
    panel.clipped(svg, |svg| {
        svg.polyline("pf-curve", &panel.places(pilots));
        svg.dots("pf-mark", &panel.places(pilots));
    });
    panel.frame(svg);
    svg.upward_text("pf-text", Anchor::Middle, (18.0, at.1 + 0.5 * size.1), "pilot ESS");
}
