//! Draws that move from t = 0 to 1 on a page, by a script of its own; hidden where scripts do not
//! run.

use crate::figure::axis::Range;
use crate::figure::panel::{Labels, Panel};
use crate::figure::svg::escape;
use crate::figure::svg::{Anchor, Svg, inline_figure};

/// The positions of some draws in two coordinates at some times.
#[derive(Clone, Debug, PartialEq)]
pub struct Animation {
    /// The names of the two coordinates.
    pub names: [String; 2],
    /// The T times at which positions are given, increasing.
    pub times: Vec<f64>,
    /// The positions of n draws, n×T×2.
    pub x: Vec<f64>,
    /// The range of the first coordinate, on the horizontal axis.
    pub across: Range,
    /// The range of the second coordinate, on the vertical axis.
    pub up: Range,
    /// The caption below the animation.
    pub caption: String,
}

/// The duration of the motion from t = 0 to 1, in seconds.
const SECONDS: f64 = 5.0;
const SIDE: f64 = 420.0;
const AT: (f64, f64) = (62.0, 16.0);

/// The script that moves the dots. A reader who prefers reduced motion gets a button that advances
/// t by 0.1.
const SCRIPT: &str = r#"(() => {
const animation = document.querySelector(".animation");
const { times, paths, seconds } = JSON.parse(animation.querySelector("script[type='application/json']").textContent);
const svg = animation.querySelector("svg svg"), slider = animation.querySelector("input");
const button = animation.querySelector("button"), output = animation.querySelector("output");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dots = paths.map(() => {
  const dot = document.createElementNS(svg.namespaceURI, "circle");
  dot.setAttribute("r", "2.2");
  dot.setAttribute("class", "animation-dot");
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
animation.hidden = false;
label();
show(0);
})();"#;

impl Animation {
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
        let figure = inline_figure(&svg.finish(), "draws between t = 0 and 1, moved by the slider below");
        let (data, caption) = (self.data(&panel), escape(&self.caption));
        format!(
            "<figure class=\"animation\" hidden=\"hidden\">\n{figure}\
             <div class=\"controls\"><button type=\"button\">Play</button>\
             <input type=\"range\" min=\"0\" max=\"1\" step=\"0.005\" value=\"0\" aria-label=\"time t\"/>\
             <output>t = 0.00</output></div>\n<figcaption>{caption}</figcaption>\n\
             <script type=\"application/json\">{data}</script>\n</figure>\n<script>\n{SCRIPT_START}{SCRIPT}{SCRIPT_END}\n</script>\n"
        )
    }

    /// The data of the script as JSON: the times, and for every draw its pixels at every time. A
    /// position that is not finite is placed outside the frame.
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

/// The script contains < and &, which XML accepts in a CDATA section; to a browser these marks are
/// comments.
const SCRIPT_START: &str = "//<![CDATA[\n";
const SCRIPT_END: &str = "\n//]]>";
