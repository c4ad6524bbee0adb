//! The figures, made of exact draws: the same bytes twice, and everything in them that should be.
//!
//! They are left in the target folder's `tmp` for looking at.

use pushforward::num::{Purpose, Stream};
use pushforward::report::{Grid, LossPlot, LossPoint, MarginalsPlot, PlanePlot, Range, Sample};

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

fn marginals() -> String {
    let mut stream = Stream::new(2, Purpose::Audit, 0);
    let mut drawn = |n: usize| -> Vec<f64> {
        (0..n * 14)
            .map(|k| stream.normal() * (1.0 + (k % 14) as f64) + 10.0 * stream.index(2) as f64)
            .collect()
    };
    let (points, exact) = (drawn(5000), drawn(5000));
    let names: Vec<String> = (1..=14).map(|i| format!("x{i}")).collect();
    let weights: Vec<f64> = (0..5000).map(|k| 1.0 + 0.2 * f64::from(k % 3)).collect();
    let draws = Sample { points: &points, weights: Some(&weights) };
    let exact = Some(Sample { points: &exact, weights: None });
    MarginalsPlot { title: "many-well (14, 7, 4)", note: "ESS 0.64", names: &names, draws, exact }.svg()
}

fn losses() -> String {
    let point = |step: usize| LossPoint {
        step,
        loss: 40.0 * (-0.2 * step as f64).exp() + 3e-4 * (1.0 + 0.3 * (step as f64).sin()),
        pilot_ess: (step.is_multiple_of(10)).then(|| 1.0 - (-0.08 * step as f64).exp()),
    };
    let points: Vec<LossPoint> = (0..=60).map(point).collect();
    LossPlot { title: "gmm9, general-ode", note: "1 984 parameters, 3 000 points", points: &points }.svg()
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    for (name, figure) in
        [("plane.svg", plane as fn() -> String), ("marginals.svg", marginals), ("losses.svg", losses)]
    {
        let text = figure();
        assert_eq!(text, figure(), "{name}");
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(folder.join(name), &text).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf\""), "{name}");
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
    assert_eq!(marginals().matches(r#"class="pf-bar""#).count(), 12);
    assert!(marginals().contains("first 12 of 14 coordinates"));
    assert_eq!(losses().matches(r#"class="pf-frame""#).count(), 2);
}

#[test]
fn empty_and_broken_data_still_make_a_figure() {
    let range = Range { low: 0.0, high: 1.0 };
    let grid = Grid { x: range, y: range, columns: 2, values: &[f64::NAN; 4] };
    let draws = [f64::NAN, 1.0, 0.5, 0.5, 3.0, 3.0];
    let figure = PlanePlot { title: "", note: "", names: ["a", "b"], grid, draws: &draws }.svg();
    assert!(figure.contains("2 outside the frame") && !figure.contains("NaN"));
    let names = ["a".to_string()];
    let draws = Sample { points: &[f64::NAN, 1.0], weights: Some(&[1.0, f64::NAN]) };
    assert!(!MarginalsPlot { title: "", note: "", names: &names, draws, exact: None }.svg().contains("NaN"));
    let points = [LossPoint { step: 0, loss: f64::NAN, pilot_ess: None }];
    assert!(!LossPlot { title: "", note: "", points: &points }.svg().contains("NaN"));
}
