//! Reports in a browser: no error in its console, every figure drawn, dots that move, in light and in dark.
//!
//! Chromium is looked for in the path, or is what `PUSHFORWARD_CHROMIUM` says. Without it the test says so and passes,
//! unless `PUSHFORWARD_NEEDS_CHROMIUM` is set, as `.ci/run` does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Put at the end of a page: writes into it what the browser made of its figures.
const PROBE: &str = r#"<script>
const small = [...document.querySelectorAll("figure > svg, figure image")].filter(e => {
  const box = e.getBoundingClientRect();
  return !(box.width > 5 && box.height > 5);
});
const animation = document.querySelector(".animation");
let moved = "no animation";
if (animation) {
  const at = () => animation.querySelector("circle").getAttribute("cx");
  const before = at();
  const slider = animation.querySelector("input");
  slider.value = 1;
  slider.dispatchEvent(new Event("input"));
  moved = at() !== before && animation.querySelector("output").textContent === "t = 1.00" && !animation.hidden;
}
const wide = document.documentElement.scrollWidth > innerWidth;
const paper = getComputedStyle(document.querySelector(".pf-paper")).fill;
document.body.setAttribute("data-probe",
  `figures ${document.querySelectorAll("figure").length}; small ${small.length}; moved ${moved}; wide ${wide}; paper ${paper}`);
</script>"#;

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("PUSHFORWARD_CHROMIUM").map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&paths).flat_map(|path| names.map(|name| path.join(name)));
    let found = named.into_iter().chain(found).find(|path| path.is_file());
    assert!(
        found.is_some() || std::env::var_os("PUSHFORWARD_NEEDS_CHROMIUM").is_none(),
        "no chromium in the path, and PUSHFORWARD_NEEDS_CHROMIUM is set"
    );
    found
}

fn browse(chromium: &Path, home: &Path, is_dark: bool, words: &[&str], page: &Path) -> Output {
    // 0 is dark, 1 is light in blink's own numbers.
    let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!is_dark));
    let profile = format!("--user-data-dir={}", home.join("profile").display());
    Command::new(chromium)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ])
        .args(["--no-first-run", "--virtual-time-budget=3000", "--window-size=960,1400", &scheme, &profile])
        .args(words)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap()
}

#[test]
fn a_browser_draws_every_figure() {
    let Some(chromium) = chromium() else {
        eprintln!("SKIPPED: no chromium in the path, so no report was looked at in a browser");
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let small = "--set steps=12 --set points=64 --set width=8 --set depth=1 --draws 600 --quiet --out";
    for (name, line, figures) in [
        ("plane", "run gmm9", 7),
        ("line", "run gauss --set dim=1", 6),
        ("many", "run many-well --set dim=8 --set wells=2 --evolution optimal-transport", 7),
        ("noise", "run banana --evolution annealed-sde --set time_steps=16", 7),
        ("constrained", "run examples/eight_schools.toml", 7),
    ] {
        let place = home.path().join(name);
        let mut run = Command::new(env!("CARGO_BIN_EXE_pushforward"));
        run.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        run.args(line.split(' ')).args(small.split(' ')).arg(&place).output().unwrap();
        let report = place.join("report.html");
        let page = fs::read_to_string(&report).unwrap();
        let probed = place.join("probed.html");
        fs::write(&probed, page.replace("</body>", &format!("{PROBE}</body>"))).unwrap();
        for is_dark in [false, true] {
            let seen = browse(&chromium, home.path(), is_dark, &["--dump-dom"], &probed);
            let (dom, log) = (String::from_utf8_lossy(&seen.stdout), String::from_utf8_lossy(&seen.stderr));
            let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
            assert!(console.is_empty(), "{name}: {console:?}");
            let moved = if name == "line" { "no animation" } else { "true" };
            let paper = if is_dark { "rgb(13, 17, 23)" } else { "rgb(255, 255, 255)" };
            let expected = format!("figures {figures}; small 0; moved {moved}; wide false; paper {paper}");
            let probe = dom.split("data-probe=\"").nth(1).and_then(|rest| rest.split('"').next());
            assert_eq!(probe, Some(expected.as_str()), "{name}, dark {is_dark}: {log}");
        }
        // The probe can fail: a page without its figures' sizes is not taken for a drawn one.
        let broken = page.replace("<svg role", "<svg style=\"display:none\" role").replace("</body>", PROBE);
        fs::write(&probed, broken + "</body>").unwrap();
        let seen = browse(&chromium, home.path(), false, &["--dump-dom"], &probed);
        assert!(
            !String::from_utf8_lossy(&seen.stdout).contains("small 0;"),
            "{name}: the probe sees nothing"
        );
        let picture = place.join("report.png");
        let word = format!("--screenshot={}", picture.display());
        browse(&chromium, home.path(), false, &[&word], &report);
        assert!(fs::metadata(&picture).unwrap().len() > 10_000, "{name}: an empty picture");
    }
}
