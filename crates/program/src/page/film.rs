//! Draws that move from t = 0 to 1 on a page, by a script of its own; hidden where scripts do not run.

use crate::figure::axis::Range;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::escape;
use crate::figure::svg::{Anchor, Svg, inline_figure};

/// Positions of some draws in two coordinates at some times.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// Names of the coordinates.
    pub names: [String; 2],
    /// T times, increasing.
    pub times: Vec<f64>,
    /// n×T×2.
    pub x: Vec<f64>,
    /// What the frame shows of the first coordinate.
    pub across: Range,
    /// And of the second.
    pub up: Range,
    /// What is seen.
    pub caption: String,
}

/// Seconds from t = 0 to 1.
const SECONDS: f64 = 5.0;
const SIDE: f64 = 420.0;
const AT: (f64, f64) = (62.0, 16.0);

/// Moves the dots; a reader who wants no motion gets a button that goes on by one frame.
const SCRIPT: &str = r#"(() => {
const film = document.querySelector(".film");
const { times, paths, seconds } = JSON.parse(film.querySelector("script[type='application/json']").textContent);
const svg = film.querySelector("svg svg"), slider = film.querySelector("input");
const button = film.querySelector("button"), output = film.querySelector("output");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dots = paths.map(() => {
  const dot = document.createElementNS(svg.namespaceURI, "circle");
  dot.setAttribute("r", "2.2");
  dot.setAttribute("class", "film-dot");
  svg.appendChild(dot);
  return dot;
});
let before = null;
const show = t => {
  let k = times.findIndex(s => s > t);
  k = k < 1 ? (k === 0 ? 1 : times.length - 1) : k;
  const part = Math.min(1, Math.max(0, (t - times[k - 1]) / (times[k] - times[k - 1])));
  paths.forEach((path, i) => {
    const at = j => path[2 * (k - 1) + j] + part * (path[2 * k + j] - path[2 * (k - 1) + j]);
    dots[i].setAttribute("cx", at(0).toFixed(1));
    dots[i].setAttribute("cy", at(1).toFixed(1));
  });
  slider.value = t;
  output.textContent = "t = " + t.toFixed(2);
};
const label = () => { button.textContent = still.matches ? "Next" : before === null ? "Play" : "Pause"; };
const pause = () => { before = null; label(); };
const tick = now => {
  if (before === null) return;
  const t = Math.min(1, Number(slider.value) + (now - before) / 1000 / seconds);
  before = now;
  show(t);
  if (t < 1) requestAnimationFrame(tick); else pause();
};
button.addEventListener("click", () => {
  const t = Number(slider.value);
  if (still.matches) return show(t >= 1 ? 0 : Math.min(1, t + 0.1));
  if (before !== null) return pause();
  if (t >= 1) show(0);
  before = performance.now();
  label();
  requestAnimationFrame(tick);
});
slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
still.addEventListener("change", pause);
film.hidden = false;
label();
show(0);
})();"#;

impl Film {
    pub(crate) fn html(&self) -> String {
        let panel = Panel::new(AT, (SIDE, SIDE), self.across, self.up);
        let mut svg = Svg::new(AT.0 + SIDE + 20.0, AT.1 + SIDE + 48.0);
        panel.grid(&mut svg, Labels::Numbers, Labels::Numbers);
        panel.frame(&mut svg);
        let below = (AT.0 + 0.5 * SIDE, AT.1 + SIDE + 36.0);
        svg.text("pf-text", Anchor::Middle, below, &self.names[0]);
        svg.upward_text("pf-text", Anchor::Middle, (16.0, AT.1 + 0.5 * SIDE), &self.names[1]);
        // The script puts its dots into this inner svg, which clips them.
        panel.clipped(&mut svg, |_| ());
        let figure = inline_figure(&svg.finish(), "draws on their way, moved by the slider below");
        let (data, caption) = (self.data(&panel), escape(&self.caption));
        format!(
            "<figure class=\"film\" hidden=\"hidden\">\n{figure}\
             <div class=\"controls\"><button type=\"button\">Play</button>\
             <input type=\"range\" min=\"0\" max=\"1\" step=\"0.005\" value=\"0\" aria-label=\"time t\"/>\
             <output>t = 0.00</output></div>\n<figcaption>{caption}</figcaption>\n\
             <script type=\"application/json\">{data}</script>\n</figure>\n<script>\n{SCRIPT_START}{SCRIPT}{SCRIPT_END}\n</script>\n"
        )
    }

    /// Times, and for every draw its pixels, time after time; a place that is not finite is put outside the frame.
    fn data(&self, panel: &Panel) -> String {
        let n_times = self.times.len();
        let tenth = |pixel: f64| if pixel.is_finite() { (pixel * 10.0).round() / 10.0 } else { -99.0 };
        let path = |path: &[f64]| {
            let pixels = path.chunks_exact(2).map(|x| panel.place((x[0], x[1])));
            let numbers: Vec<String> = pixels.map(|(x, y)| format!("{},{}", tenth(x), tenth(y))).collect();
            format!("[{}]", numbers.join(","))
        };
        let paths: Vec<String> = self.x.chunks_exact(2 * n_times.max(1)).map(path).collect();
        let times: Vec<String> = self.times.iter().map(f64::to_string).collect();
        format!("{{\"seconds\":{SECONDS},\"times\":[{}],\"paths\":[{}]}}", times.join(","), paths.join(","))
    }
}

/// The script holds < and &, which XML wants wrapped; to a browser these are comments.
const SCRIPT_START: &str = "//<![CDATA[\n";
const SCRIPT_END: &str = "\n//]]>";
