//! A framed rectangle of a figure with its axes, for shapes given in units of the data.

use crate::figure::axis::{Axis, Range, Spacing};
use crate::figure::svg::{Anchor, Svg};

/// One pair of axes in a figure.
pub struct Panel {
    /// The horizontal axis, which runs to the right.
    pub x: Axis,
    /// The vertical axis, which runs upwards.
    pub y: Axis,
}

/// What an axis shows at its ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Ticks, grid lines and numbers.
    Numbers,
    /// As `Numbers`, without the numbers of a horizontal axis that would stick out into the panel
    /// beside it.
    Within,
    /// Grid lines without ticks and numbers.
    Lines,
    /// Neither ticks nor grid lines nor numbers.
    Nothing,
}

/// Pixels of a digit of a tick, and by how many a number may stick out.
const DIGIT: f64 = 6.7;
const OVERHANG: f64 = 4.0;

impl Panel {
    /// A panel with linear axes over these ranges; `at` is its upper left corner, both in pixels.
    pub fn new(at: (f64, f64), size: (f64, f64), x: Range, y: Range) -> Panel {
        let spacing = Spacing::Linear;
        Panel {
            x: Axis { range: x, spacing, from: at.0, to: at.0 + size.0 },
            y: Axis { range: y, spacing, from: at.1 + size.1, to: at.1 },
        }
    }

    /// The upper left corner in pixels.
    pub fn corner(&self) -> (f64, f64) {
        (self.x.from, self.y.to)
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (f64, f64) {
        (self.x.to - self.x.from, self.y.from - self.y.to)
    }

    /// The pixels of a point of the data.
    pub fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.pixel(x), self.y.pixel(y))
    }

    /// The pixels of several points of the data.
    pub fn places(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points.iter().map(|&p| self.place(p)).collect()
    }

    /// Draws grid lines and numbers. They belong before the data, so that they lie beneath.
    pub fn grid(&self, svg: &mut Svg, x: Labels, y: Labels) {
        // One number per 65 pixels keeps labels apart, and makes the steps of x and y equal at
        // equal aspect.
        let wanted = |size: f64, least: f64| (size / 65.0).max(least) as usize;
        for (value, label) in self.x.ticks(wanted(self.size().0, 3.0)) {
            let at = self.x.pixel(value);
            if x != Labels::Nothing {
                svg.line("pf-grid", (at, self.y.from), (at, self.y.to));
            }
            if x == Labels::Numbers || (x == Labels::Within && self.holds(at, &label)) {
                svg.text("pf-text", Anchor::Middle, (at, self.y.from + 16.0), &label);
            }
        }
        for (value, label) in self.y.ticks(wanted(self.size().1, 2.0)) {
            let at = self.y.pixel(value);
            if y != Labels::Nothing {
                svg.line("pf-grid", (self.x.from, at), (self.x.to, at));
            }
            if matches!(y, Labels::Numbers | Labels::Within) {
                svg.text("pf-text", Anchor::End, (self.x.from - 6.0, at + 4.0), &label);
            }
        }
    }

    /// Whether a number centred at pixel `at` stays under the panel.
    fn holds(&self, at: f64, label: &str) -> bool {
        let half = 0.5 * DIGIT * label.chars().count() as f64 - OVERHANG;
        at - half >= self.x.from && at + half <= self.x.to
    }

    /// Draws shapes and cuts away what lies outside the panel.
    pub fn clipped(&self, svg: &mut Svg, draw: impl FnOnce(&mut Svg)) {
        svg.clipped(self.corner(), self.size(), draw);
    }

    /// Draws the frame. It belongs after the data, so that it lies on top.
    pub fn frame(&self, svg: &mut Svg) {
        let ((x, y), (width, height)) = (self.corner(), self.size());
        svg.rect("pf-frame", x, y, width, height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers at both edges: the last of one panel and the first of the next would overlap.
    #[test]
    fn numbers_do_not_reach_into_the_next_panel() {
        let numbers = |labels: Labels| {
            let mut svg = Svg::new(200.0, 100.0);
            let range = Range { low: 0.0, high: 20.0 };
            let panel = Panel::new((20.0, 10.0), (80.0, 80.0), range, range);
            panel.grid(&mut svg, labels, Labels::Nothing);
            let text = svg.finish();
            ["0", "10", "20"].map(|number| text.contains(&format!(">{number}<")))
        };
        assert_eq!(numbers(Labels::Numbers), [true, true, true]);
        // Half of "20" is 6.7 wide and sticks out by more than 4; half of "0" by less.
        assert_eq!(numbers(Labels::Within), [true, true, false]);
        assert_eq!(numbers(Labels::Lines), [false; 3]);
    }
}
