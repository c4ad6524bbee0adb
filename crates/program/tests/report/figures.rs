//! The figures, made of exact draws: the same bytes twice, and everything in them that should be.
//!
//! They are left in the target folder's `tmp` for looking at.

use pushforward::num::{Purpose, Stream};
use pushforward_cli::figure::axis::Range;
use pushforward_cli::figure::contour::Grid;
use pushforward_cli::figure::corner_plot::{CornerPlot, Marginal, Pair};
use pushforward_cli::figure::density_plot::PlanePlot;
use pushforward_cli::figure::loss_plot::{EquationLoss, LossPlot, LossPoint};

const SIDE: usize = 161;

/// Nine equal Gaussians of variance 0.3 at {−5, 0, 5}².
fn mixture(x: f64, y: f64) -> f64 {
    let bump = |c: f64, v: f64| (-(v - c) * (v - c) / 0.6).exp();
    let sum = |v: f64| [-5.0, 0.0, 5.0].map(|c| bump(c, v)).iter().sum::<f64>();
    sum(x).ln() + sum(y).ln()
}

fn mixture_draws(n: usize) -> Vec<f64> {
    let mut stream = Stream::new(1, Purpose::Audit, 0);
    let one = |stream: &mut Stream| 5.0 * (stream.index(3) as f64 - 1.0) + 0.3f64.sqrt() * stream.normal();
    (0..2 * n).map(|_| one(&mut stream)).collect()
}

fn plane() -> String {
    let range = Range { low: -7.5, high: 7.5 };
    let at = |k: usize| range.low + range.width() * k as f64 / (SIDE - 1) as f64;
    let values: Vec<f64> = (0..SIDE * SIDE).map(|k| mixture(at(k % SIDE), at(k / SIDE))).collect();
    let grid = Grid { x: range, y: range, columns: SIDE, values: &values };
    let note = "ESS 0.989 · log Z = 0.0007 ± 0.0011 (exact 0)";
    let draws = mixture_draws(10_000);
    PlanePlot { title: "gmm9, general-ode", note, names: ["x1", "x2"], grid, draws: &draws }.svg()
}

fn corner() -> String {
    let range = Range { low: -3.0, high: 3.0 };
    let bump = |k: usize, n: usize| (-0.5 * (6.0 * (k as f64 + 0.5) / n as f64 - 3.0).powi(2)).exp();
    let marginal = |i: usize| Marginal {
        name: format!("x{i}"),
        range,
        draws: (0..30).map(|k| bump(k, 30)).collect(),
        exact: (i == 1).then(|| vec![0.2; 30]),
    };
    let marginals: Vec<Marginal> = (1..=4).map(marginal).collect();
    let shares: Vec<f64> = (0..400).map(|k| bump(k % 20, 20) * bump(k / 20, 20)).collect();
    let places = (0..4).flat_map(|up| (0..up).map(move |across| (across, up)));
    let pairs: Vec<Pair> = places.map(|(across, up)| Pair { across, up, shares: shares.clone() }).collect();
    CornerPlot { title: "many-well (4, 2, 4)", note: "ESS 0.64", marginals: &marginals, pairs: &pairs }.svg()
}

fn losses(equations: &[&str]) -> String {
    let point = |step: usize| LossPoint {
        step,
        loss: 40.0 * (-0.2 * step as f64).exp() + 3e-4 * (1.0 + 0.3 * (step as f64).sin()),
        damping: 0.1 + 1.0 / (1.0 + step as f64),
        validation_ess: (step.is_multiple_of(10)).then(|| 1.0 - (-0.08 * step as f64).exp()),
        seconds: Some(0.01 * (step * step) as f64),
    };
    let points: Vec<LossPoint> = (0..=60).map(point).collect();
    let n = equations.len() as f64;
    let shares: Vec<f64> = points.iter().map(|p| p.loss / n).collect();
    let equations: Vec<EquationLoss<'_>> =
        equations.iter().map(|name| EquationLoss { name, losses: &shares }).collect();
    let note = "1 984 parameters, 3 000 points";
    LossPlot { title: "gmm9, bridge", note, points: &points, equations: &equations }.svg()
}

fn two_losses() -> String {
    losses(&["mass", "momentum"])
}

/// Each equation has a line and an entry of the legend, which begins a new line where the figure ends.
#[test]
fn a_figure_of_losses_has_any_number_of_equations() {
    let names = ["conservation of mass", "Hamilton-Jacobi", "velocity is a gradient", "curl", "energy"];
    let of = |n: usize| losses(&names[..n]);
    for n in 2..=names.len() {
        let figure = of(n);
        assert!(names[..n].iter().all(|name| figure.contains(&format!(">{name}<"))), "{n}");
        let lines = ["pf-first", "pf-other", "pf-third"]
            .map(|class| figure.matches(&format!("class=\"{class}\"")).count());
        // One line in the panel and one in the legend for each equation.
        assert_eq!(lines.iter().sum::<usize>(), 2 * n, "{n}");
    }
    assert_eq!(of(3).matches("pf-third\"").count(), 2);
    let height = |figure: &str| -> f64 {
        let text = figure.split("viewBox=\"").nth(1).unwrap().split('"').next().unwrap();
        text.split(' ').nth(3).unwrap().parse().unwrap()
    };
    assert!(height(&of(5)) == height(&of(2)) + 18.0, "{} {}", height(&of(5)), height(&of(2)));
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    for (name, figure) in
        [("plane.svg", plane as fn() -> String), ("corner.svg", corner), ("losses.svg", two_losses)]
    {
        let text = figure();
        assert_eq!(text, figure(), "{name}");
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(name), &text).unwrap();
        assert!(!text.contains("NaN"), "{name}");
        assert!(!text.contains("inf\""), "{name}");
    }
}

#[test]
fn the_figures_hold_what_they_should() {
    let plane = plane();
    assert_eq!(plane.matches(r#"class="pf-region""#).count(), 6);
    assert_eq!(plane.matches("h0").count(), 3334);
    // The lowest contour has nine loops.
    let first = plane.split(r#"class="pf-region""#).nth(1).unwrap().split("/>").next().unwrap();
    assert_eq!(first.matches('Z').count(), 9);
    assert_eq!(corner().matches(r#"class="pf-bar""#).count(), 4);
    assert_eq!(corner().matches(r#"class="pf-curve""#).count(), 1);
    assert_eq!(corner().matches("<image").count(), 6);
    let losses = two_losses();
    assert_eq!(losses.matches("<rect class=\"pf-frame\"").count(), 3);
    // Seconds along the top: 0 to 35 in fives.
    for part in [">seconds<", ">35<", ">mass<", ">momentum<", r#"class="pf-other""#] {
        assert!(losses.contains(part), "{part}");
    }
}

#[test]
fn empty_and_broken_data_still_make_a_figure() {
    let range = Range { low: 0.0, high: 1.0 };
    let grid = Grid { x: range, y: range, columns: 2, values: &[f64::NAN; 4] };
    let draws = [f64::NAN, 1.0, 0.5, 0.5, 3.0, 3.0];
    let figure = PlanePlot { title: "", note: "", names: ["a", "b"], grid, draws: &draws }.svg();
    assert!(figure.contains("2 outside the frame"));
    assert!(!figure.contains("NaN"));
    let nan = f64::NAN;
    let points = [LossPoint { step: 0, loss: nan, damping: nan, validation_ess: None, seconds: Some(nan) }];
    assert!(!LossPlot { title: "", note: "", points: &points, equations: &[] }.svg().contains("NaN"));
    assert!(!LossPlot { title: "", note: "", points: &[], equations: &[] }.svg().contains("NaN"));
}
