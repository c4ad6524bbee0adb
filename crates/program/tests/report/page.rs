//! The page of a report: well-formed whatever its texts and numbers are, and readable without scripts.

use crate::html::fault;
use pushforward_cli::figure::axis::Range;
use pushforward_cli::figure::corner_plot::{CornerPlot, Marginal, Pair};
use pushforward_cli::figure::log_z_plot::{LogZPlot, LogZRow};
use pushforward_cli::figure::residual_plot::ResidualPlot;
use pushforward_cli::figure::trajectory_plot::TrajectoryPlot;
use pushforward_cli::figure::weight_plot::WeightPlot;
use pushforward_cli::page::animation::Animation;
use pushforward_cli::page::html::{Block, Page, Section};

/// Everything that means something to HTML, CSS, scripts or XML, and what XML does not allow at all.
const NASTY: &str = "<b onclick='x'>&amp; \"q\" </script> ]]> 𝛼β\u{7}\n-->";

fn figure(svg: String) -> Block {
    Block::Figure { svg, label: NASTY.into(), caption: NASTY.into(), files: vec![NASTY.into()] }
}

fn residual(sizes: &[f64]) -> String {
    let range = Range { low: -1.0, high: 1.0 };
    let points = [(0.5, 0.0), (f64::NAN, f64::INFINITY)];
    ResidualPlot { title: NASTY, note: NASTY, name: NASTY, range, columns: 2, sizes, points: &points }.svg()
}

fn trajectories(names: &[&str], x: &[f64]) -> String {
    TrajectoryPlot { title: NASTY, note: NASTY, names, times: &[0.0, 0.5, 1.0], x }.svg()
}

fn weights(densities: &[f64], tail_from: Option<f64>) -> String {
    let range = Range { low: -1.0, high: 2.0 };
    WeightPlot { title: NASTY, note: NASTY, range, draws: densities, weight: densities, tail_from }.svg()
}

fn log_z(value: f64) -> String {
    let row = |value, error| LogZRow { name: NASTY, value, error };
    let rows = [row(value, Some(0.1)), row(0.5, Some(f64::INFINITY)), row(f64::NEG_INFINITY, None)];
    LogZPlot { title: NASTY, note: NASTY, rows: &rows, exact: Some(value) }.svg()
}

fn corner(density: f64) -> String {
    let range = Range { low: -1.0, high: 1.0 };
    let marginal = |exact| Marginal { name: NASTY.into(), range, draws: vec![density; 4], exact };
    let marginals = [marginal(None), marginal(Some(vec![density; 4]))];
    let pairs = [Pair { across: 0, up: 1, shares: vec![density, 0.0, 0.25, 0.5] }];
    CornerPlot { title: NASTY, note: NASTY, marginals: &marginals, pairs: &pairs }.svg()
}

fn page(figures: Vec<Block>) -> Page {
    let animation = Animation {
        names: [NASTY.into(), NASTY.into()],
        times: vec![0.0, 1.0],
        x: vec![0.0, 0.0, 1.0, f64::NAN],
        across: Range { low: 0.0, high: 1.0 },
        up: Range { low: 0.0, high: 1.0 },
        caption: NASTY.into(),
    };
    let mut blocks = vec![
        Block::Text(NASTY.into()),
        Block::Badge { is_good: false, text: NASTY.into() },
        Block::Findings(vec![(NASTY.into(), Some(NASTY.into())), (NASTY.into(), None)]),
        Block::Table { head: vec![NASTY.into()], rows: vec![vec![NASTY.into()]] },
        Block::Command(NASTY.into()),
        Block::Animation(animation),
    ];
    blocks.extend(figures);
    let section = Section { id: "all", heading: NASTY.into(), blocks };
    Page { title: NASTY.into(), subtitle: NASTY.into(), sections: vec![section] }
}

#[test]
fn nasty_texts_leave_a_page_whole() {
    let figures = [residual(&[1.0, 2.0, f64::NAN, 0.0]), log_z(0.3), weights(&[1.0, 2.0], Some(0.5))];
    let html = page(figures.map(figure).to_vec()).html();
    assert_eq!(fault(&html), None);
    assert!(!html.contains("<b onclick"));
    assert!(html.contains("&lt;b onclick"));
    // The one </script> in the text is escaped: as many ends as the animation's two scripts.
    assert_eq!(html.matches("</script>").count(), 2);
    // One sheet for all figures, none within them.
    assert_eq!(html.matches("<style>").count(), 2);
}

/// The judge is judged: each of these faults is one that it must find.
#[test]
fn the_judge_finds_faults() {
    let html = page(vec![figure(log_z(0.3))]).html();
    assert_eq!(fault(&html), None);
    for (sound, faulty) in [
        ("</figcaption>", ""),
        ("</main>", "</man>"),
        ("<figcaption>", "<figcaption><a href=\"https://example.org\"></a>"),
        ("<figcaption>", "<figcaption class=x>"),
        ("<figcaption>", "<figcaption class=\"a\" class=\"b\">"),
        ("<figcaption>", "<figcaption>a > b"),
        ("</html>\n", "</html>\n.</p>"),
        ("<!DOCTYPE html>\n", ""),
    ] {
        assert!(html.contains(sound));
        assert!(fault(&html.replacen(sound, faulty, 1)).is_some(), "{sound} → {faulty:?} is not found");
    }
}

/// NaN and ±inf leave gaps in a figure; they never get into its coordinates.
#[test]
fn numbers_that_are_none_break_no_figure() {
    let none = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let mut figures = Vec::new();
    for bad in none {
        figures.extend([
            residual(&[bad; 4]),
            residual(&[bad, 1.0, 0.0, 2.0]),
            trajectories(&["a", "b"], &[bad; 12]),
            trajectories(&["a"], &[bad, 0.0, 1.0]),
            weights(&[bad, 1.0], Some(bad)),
            log_z(bad),
            corner(bad),
        ]);
    }
    figures.extend([residual(&[]), trajectories(&["a", "b"], &[]), weights(&[], None)]);
    for figure in &figures {
        let drawn = figure.split("<text").next().unwrap();
        let places = figure.split('"').skip(1).step_by(2);
        for place in places {
            assert!(!place.contains("NaN"), "{place}");
            assert!(!place.split([' ', 'M', 'L']).any(|n| n.ends_with("inf")), "{place}");
        }
        assert!(drawn.starts_with("<svg"));
        assert!(figure.ends_with("</svg>\n"));
    }
    assert_eq!(fault(&page(figures.into_iter().map(figure).collect()).html()), None);
}

#[test]
fn readable_without_scripts() {
    let html = page(vec![figure(corner(0.5)), figure(trajectories(&["a", "b"], &[0.5; 12]))]).html();
    // Only the animation needs a script, and hides itself without one.
    assert!(html.contains("<figure class=\"animation\" hidden=\"hidden\">"));
    let without: String = html.split("<script").map(|part| part.split("</script>").last().unwrap()).collect();
    for part in ["role=\"img\"", "data:image/png;base64,iVBORw0KGgo", "What to do: ", "t = 0.5"] {
        assert!(without.contains(part), "{part}");
    }
}

#[test]
fn the_same_numbers_give_the_same_page() {
    let html = || page(vec![figure(corner(0.5)), figure(residual(&[1.0, 2.0, 3.0, 4.0]))]).html();
    assert_eq!(html(), html());
}
