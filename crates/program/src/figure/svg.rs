//! A small builder of SVG with a few shapes and one style sheet for light and dark, without scripts
//! and ids.
//!
//! Coordinates are pixels from the top left, rounded to hundredths, so that the same figure gives
//! the same bytes everywhere. Colours come from classes alone; `prefers-color-scheme` chooses the
//! sheet.

use crate::figure::png::base64;
use std::fmt::Write;

/// The place of a text relative to its coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text starts at the coordinate.
    Start,
    /// The text is centred at the coordinate.
    Middle,
    /// The text ends at the coordinate.
    End,
}

/// A figure under construction; later shapes lie on earlier ones.
#[derive(Clone, Debug)]
pub struct Svg {
    width: f64,
    height: f64,
    body: String,
}

/// Class names start with `pf-`, so that a figure can be pasted into a page with other styles.
const STYLE: &str = "\
.pf-paper{fill:#fff}\
.pf-text{fill:#1f2328;font:12px Helvetica,Arial,'DejaVu Sans',sans-serif}\
.pf-title{fill:#1f2328;font:600 14px Helvetica,Arial,'DejaVu Sans',sans-serif}\
.pf-note{fill:#59636e;font:11px Helvetica,Arial,'DejaVu Sans',sans-serif}\
.pf-frame{fill:none;stroke:#59636e;stroke-width:1}\
.pf-grid{fill:none;stroke:#8c959f;stroke-opacity:.22;stroke-width:1}\
.pf-region{fill:#2166ac;fill-opacity:.13;stroke:#2166ac;stroke-opacity:.55;stroke-width:.8;stroke-linejoin:round}\
.pf-dot{fill:none;stroke:#c2410c;stroke-opacity:.5;stroke-width:2.4;stroke-linecap:round}\
.pf-bar{fill:#c2410c;fill-opacity:.3;stroke:#c2410c;stroke-opacity:.75;stroke-width:.8}\
.pf-curve{fill:none;stroke:#2166ac;stroke-width:1.6;stroke-linejoin:round}\
.pf-line{fill:none;stroke:#c2410c;stroke-width:1.6;stroke-linejoin:round}\
.pf-step{fill:none;stroke:#c2410c;stroke-width:5;stroke-linecap:round}\
.pf-mark{fill:none;stroke:#2166ac;stroke-width:5;stroke-linecap:round}\
.pf-path{fill:none;stroke:#c2410c;stroke-opacity:.3;stroke-width:1;stroke-linejoin:round}\
.pf-small{fill:none;stroke:#c2410c;stroke-opacity:.55;stroke-width:2;stroke-linecap:round}\
.pf-exact{fill:none;stroke:#1f2328;stroke-width:1.3;stroke-dasharray:5 4}\
.pf-first{fill:none;stroke:#2166ac;stroke-width:1.4;stroke-dasharray:6 3}\
.pf-other{fill:none;stroke:#1b7837;stroke-width:1.4;stroke-dasharray:2 3}\
.pf-third{fill:none;stroke:#7b3294;stroke-width:1.4;stroke-dasharray:8 3 2 3}\
.pf-ring{fill:none;stroke:#1b1f24;stroke-opacity:.8;stroke-width:3.6;stroke-linecap:round}\
.pf-core{fill:none;stroke:#fff;stroke-width:2;stroke-linecap:round}\
@media (prefers-color-scheme:dark){\
.pf-paper{fill:#0d1117}\
.pf-text,.pf-title{fill:#e6edf3}\
.pf-note{fill:#9198a1}\
.pf-frame{stroke:#9198a1}\
.pf-region{fill:#58a6ff;fill-opacity:.16;stroke:#58a6ff}\
.pf-dot{stroke:#ffa657}\
.pf-bar{fill:#ffa657;stroke:#ffa657}\
.pf-curve,.pf-mark{stroke:#58a6ff}\
.pf-line,.pf-step,.pf-path,.pf-small{stroke:#ffa657}\
.pf-exact{stroke:#e6edf3}\
.pf-first{stroke:#58a6ff}\
.pf-other{stroke:#7ee787}\
.pf-third{stroke:#d2a8ff}\
}";

/// The style sheet that every figure carries, for a page that holds several figures.
pub fn figure_style() -> &'static str {
    STYLE
}

/// A finished figure for a page that has [`figure_style`]: without a sheet of its own, and with a
/// label for readers who cannot see it.
pub fn inline_figure(figure: &str, label: &str) -> String {
    let sheet = format!("<style>{STYLE}</style>\n");
    let label = escape(label);
    let figure = figure.replacen(&sheet, "", 1);
    figure.replacen(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"",
        &format!("<svg role=\"img\" aria-label=\"{label}\""),
        1,
    )
}

impl Svg {
    /// An empty figure of this size in pixels.
    pub fn new(width: f64, height: f64) -> Svg {
        let mut svg = Svg { width, height, body: String::new() };
        svg.rect("pf-paper", 0.0, 0.0, width, height);
        svg
    }

    /// Draws a rectangle; (`x`, `y`) is its upper left corner, in pixels.
    pub fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let (x, y, width, height) = (number(x), number(y), number(width), number(height));
        self.push(&format!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#));
    }

    /// Draws a straight line between two points in pixels.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.polyline(class, &[from, to]);
    }

    /// Draws points joined by lines; a point that is not finite breaks the line.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let pieces = points.split(|p| !(p.0.is_finite() && p.1.is_finite()));
        let path: String = pieces.filter(|piece| piece.len() > 1).map(open_path).collect();
        self.path(class, &path);
    }

    /// Draws closed loops filled by the even-odd rule, so that a loop within a loop is a hole.
    /// Corners that are not finite are left out.
    pub fn loops(&mut self, class: &str, loops: &[Vec<(f64, f64)>]) {
        let finite = |points: &Vec<(f64, f64)>| -> Vec<(f64, f64)> {
            points.iter().copied().filter(|p| p.0.is_finite() && p.1.is_finite()).collect()
        };
        let loops = loops.iter().map(finite).filter(|points| !points.is_empty());
        let path: String = loops.map(|points| open_path(&points) + "Z").collect();
        self.path(class, &path);
    }

    /// Draws round dots as wide as the stroke of the class. Dots that are not finite are left out.
    ///
    /// The dots are divided into layers of at most 250, so that dots in different layers darken
    /// where they overlap.
    pub fn dots(&mut self, class: &str, points: &[(f64, f64)]) {
        let finite: Vec<_> = points.iter().filter(|p| p.0.is_finite() && p.1.is_finite()).collect();
        let layers = finite.len().div_ceil(250).max(1);
        for layer in 0..layers {
            let mut path = String::new();
            for (x, y) in finite.iter().skip(layer).step_by(layers) {
                let _ = write!(path, "M{} {}h0", number(*x), number(*y));
            }
            self.path(class, &path);
        }
    }

    /// Draws a PNG stretched over a rectangle, with sharp edges between its pixels.
    pub fn png(&mut self, at: (f64, f64), size: (f64, f64), png: &[u8]) {
        let (x, y, w, h) = (number(at.0), number(at.1), number(size.0), number(size.1));
        let data = base64(png);
        self.push(&format!(
            r#"<image x="{x}" y="{y}" width="{w}" height="{h}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>"#
        ));
    }

    /// Draws a line of text, escaped.
    pub fn text(&mut self, class: &str, anchor: Anchor, at: (f64, f64), text: &str) {
        self.turned_text(class, anchor, at, "", text);
    }

    /// Draws a line of text that reads upwards.
    pub fn upward_text(&mut self, class: &str, anchor: Anchor, at: (f64, f64), text: &str) {
        let turn = format!(r#" transform="rotate(-90 {} {})""#, number(at.0), number(at.1));
        self.turned_text(class, anchor, at, &turn, text);
    }

    /// Draws shapes and cuts away what lies outside a rectangle.
    pub fn clipped(&mut self, at: (f64, f64), size: (f64, f64), draw: impl FnOnce(&mut Svg)) {
        let (x, y, w, h) = (number(at.0), number(at.1), number(size.0), number(size.1));
        // An inner svg clips by itself and needs no id, which another figure on the page could
        // share.
        self.push(&format!(
            r#"<svg x="{x}" y="{y}" width="{w}" height="{h}" viewBox="{x} {y} {w} {h}" overflow="hidden">"#
        ));
        draw(self);
        self.push("</svg>");
    }

    /// The complete SVG file as text.
    pub fn finish(self) -> String {
        let (w, h) = (number(self.width), number(self.height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n\
             <style>{STYLE}</style>\n{}</svg>\n",
            self.body
        )
    }

    fn turned_text(&mut self, class: &str, anchor: Anchor, at: (f64, f64), turn: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, text) = (number(at.0), number(at.1), escape(text));
        self.push(&format!(
            r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}"{turn}>{text}</text>"#
        ));
    }

    fn path(&mut self, class: &str, path: &str) {
        if !path.is_empty() {
            self.push(&format!(r#"<path class="{class}" fill-rule="evenodd" d="{path}"/>"#));
        }
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

fn open_path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
    }
    path
}

/// A coordinate to hundredths of a pixel, without trailing zeros and without −0.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    format!("{rounded}")
}

/// Escapes text for a place between tags or within double quotes, in XML and in HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Control characters are not allowed in XML 1.0, not even as references.
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden() {
        let mut svg = Svg::new(20.0, 10.5);
        svg.polyline("pf-line", &[(0.0, -0.001), (1.2345, 2.0), (f64::NAN, 0.0), (3.0, 3.0), (4.0, 4.0)]);
        svg.text("pf-text", Anchor::Middle, (1.0, 2.0), "a<b & \"c\"\u{7}");
        svg.clipped((1.0, 1.0), (5.0, 5.0), |svg| svg.dots("pf-dot", &[(1.0, 2.0), (f64::INFINITY, 0.0)]));
        svg.loops("pf-region", &[vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]]);
        let expected = concat!(
            r#"<rect class="pf-paper" x="0" y="0" width="20" height="10.5"/>"#,
            "\n",
            r#"<path class="pf-line" fill-rule="evenodd" d="M0 0L1.23 2M3 3L4 4"/>"#,
            "\n",
            r#"<text class="pf-text" x="1" y="2" text-anchor="middle">a&lt;b &amp; &quot;c&quot;"#,
            "\u{fffd}</text>\n",
            r#"<svg x="1" y="1" width="5" height="5" viewBox="1 1 5 5" overflow="hidden">"#,
            "\n",
            r#"<path class="pf-dot" fill-rule="evenodd" d="M1 2h0"/>"#,
            "\n</svg>\n",
            r#"<path class="pf-region" fill-rule="evenodd" d="M0 0L1 0L0 1Z"/>"#,
            "\n</svg>\n"
        );
        let file = svg.finish();
        assert_eq!(file.split_once("</style>\n").unwrap().1, expected);
        assert!(!file.contains("<script"));
        assert!(file.contains("prefers-color-scheme:dark"));
    }
}
