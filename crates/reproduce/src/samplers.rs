//! Evolutions and targets with the metrics of the field, beside published samplers.

use crate::comparison::{Comparison, median};
use crate::distance::{Distances, distances_to_exact, floors};
use crate::session::Session;
use crate::timed::{draws_of, timed_fit};
use pushforward::density::{Benchmark, named_target};
use pushforward::diagnostics::{Bracket, Estimates, delta_std, mode_shares, mode_weight_error, moments};
use pushforward::evolution::{evolution_names, named_evolution};
use pushforward::num::{Points, Purpose, Stream};
use pushforward::sampling::{Draws, Transport};
use pushforward::training::{FitError, FitSettings};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// A target with an evolution, fitted with defaults.
#[derive(Clone, Debug)]
struct Row {
    /// The name of the row as it is printed.
    name: String,
    target: &'static str,
    parameters: &'static [(&'static str, f64)],
    /// The name of the evolution.
    evolution: &'static str,
    /// Whether independent factors are fitted separately, which is the default.
    factorise: bool,
    /// The number of seeds 0, 1, …; figures are medians over them.
    seeds: u64,
    /// The best published figure for this target, with its source.
    published: &'static str,
}

/// The number of draws for the estimates.
const DRAWS: usize = 20_000;
const DISTANCE_DRAWS: usize = 2000;
/// The number of exact draws for the upper bound of log Z.
const EXACT_DRAWS: usize = 2000;

const GMM9: &str = "DIS-LV 0.0203 / 0.805 / 0.0899 (CDDS); LFIS ESS 0.97 on a grid of nine (ICML 2024)";
const WELLS_5: &str = "DIS-LV 0.1230 / 0.268 / 1.21 (CDDS)";
const WELLS_50_2: &str = "DDS-KL 6.78 / 0.441 / – (CDDS)";
const WELLS_50_4: &str = "0.000 (trust-region log-variance, NeurIPS 2025)";
const WELLS_100_4: &str = "0.002 (trust-region log-variance, NeurIPS 2025)";
const FUNNEL: &str = "DIS-LV 5.18 / 0.1305 / 0.641 (CDDS); LFIS ESS 0.97, 0.07 (ICML 2024)";
const GMM40: &str = "iDEM 0.34, DDS 0.36";
const PAIRS: &str = "0.0316 (fab-jax)";

const CAPTION: &str = "Defaults, 20 000 draws, medians over the seeds. Blocks: dimensions of the independent parts \
that were found and fitted apart; a row called whole was not to look for them. sinkhorn_w1, w2 and mmd compare 2000 unweighted draws \
with as many exact ones, in brackets the same between two exact sets; EUBO is a mean over 2000 exact draws. Published: \
sinkhorn / ESS / |dlogZ|, or |dlogZ| alone.";

/// A target fitted by the default evolution.
fn row(
    name: &str,
    target: &'static str,
    parameters: &'static [(&'static str, f64)],
    seeds: u64,
    published: &'static str,
) -> Row {
    let evolution = evolution_names()[0];
    Row { name: name.to_string(), target, parameters, evolution, factorise: true, seeds, published }
}

/// The same row fitted as one factor, without a search for independent factors.
fn whole(row: Row) -> Row {
    Row { name: format!("{}, whole", row.name), factorise: false, seeds: WHOLE_SEEDS, ..row }
}

/// The number of seeds of a row that is fitted as one factor.
const WHOLE_SEEDS: u64 = 2;

fn quick() -> Vec<Row> {
    vec![
        row("gauss", "gauss", &[], 1, "–"),
        row("gmm9", "gmm9", &[], 1, GMM9),
        row("gmm-unequal", "gmm-unequal", &[], 1, "–"),
        row("banana", "banana", &[], 1, "–"),
    ]
}

/// The evolutions whose rows are medians over five seeds.
const FIVE_SEEDS: [&str; 2] = ["general-ode", "optimal-transport"];

/// Every built-in evolution on gmm9, and all of them again with the target fitted as one factor.
fn evolutions() -> Vec<Row> {
    let of = |name: &'static str| {
        let seeds = if FIVE_SEEDS.contains(&name) { 5 } else { 2 };
        Row { evolution: name, ..row(name, "gmm9", &[], seeds, GMM9) }
    };
    let apart: Vec<Row> = evolution_names().into_iter().map(of).collect();
    let together: Vec<Row> = apart.iter().cloned().map(whole).collect();
    [apart, together].concat()
}

fn targets() -> Vec<Row> {
    let wells = row("many-well (5,5,4)", "many-well", &WELLS_5_5_4, 5, WELLS_5);
    vec![
        row("gmm9", "gmm9", &[], 5, GMM9),
        row("gmm-unequal", "gmm-unequal", &[], 5, "–"),
        wells.clone(),
        whole(wells),
        row("funnel 10", "funnel", &[("dim", 10.0)], 5, FUNNEL),
        row("banana", "banana", &[], 2, "–"),
        row("rings", "rings", &[], 2, "–"),
        row("student-mixture", "student-mixture", &[], 2, "–"),
        row("many-well-rotated", "many-well-rotated", &[], 2, "–"),
        row("gmm-rotated", "gmm-rotated", &[], 2, "–"),
        row("gmm40", "gmm40", &[], 2, GMM40),
        row("many-well (50,5,2)", "many-well", &WELLS_50_5_2, 2, WELLS_50_2),
        row("many-well (50,5,4)", "many-well", &WELLS_50_5_4, 2, WELLS_50_4),
        row("many-well (100,5,4)", "many-well", &WELLS_100_5_4, 2, WELLS_100_4),
        row("many-well-32", "many-well-32", &[], 2, PAIRS),
    ]
}

const WELLS_5_5_4: [(&str, f64); 3] = [("dim", 5.0), ("wells", 5.0), ("delta", 4.0)];
const WELLS_50_5_2: [(&str, f64); 3] = [("dim", 50.0), ("wells", 5.0), ("delta", 2.0)];
const WELLS_50_5_4: [(&str, f64); 3] = [("dim", 50.0), ("wells", 5.0), ("delta", 4.0)];
const WELLS_100_5_4: [(&str, f64); 3] = [("dim", 100.0), ("wells", 5.0), ("delta", 4.0)];

/// Measures the rows of the table `name`, or those whose names contain `filter`; a fit takes at
/// most `limit` seconds.
pub fn samplers(
    name: &str,
    filter: Option<&str>,
    limit: Option<f64>,
    session: &mut Session<'_>,
) -> Result<Comparison, FitError> {
    let (name, all): (&'static str, Vec<Row>) = match name {
        "quick" => ("quick", quick()),
        "evolutions" => ("evolutions", evolutions()),
        _ => ("targets", targets()),
    };
    let mut rows = Vec::new();
    for row in all.iter().filter(|row| filter.is_none_or(|part| row.name.contains(part))) {
        let mut results = Vec::new();
        for seed in 0..row.seeds {
            if session.stop.load(Ordering::Relaxed) {
                break;
            }
            let result = measured(row, seed, limit, session)?;
            let _ = writeln!(session.err, "{}, seed {seed}: {}", row.name, result.line());
            results.push(result);
        }
        if !results.is_empty() {
            rows.push(cells(row, &results));
        }
    }
    let header = vec![
        "row",
        "seeds",
        "blocks",
        "ESS",
        "abs dlogZ",
        "log Z ± se",
        "ELBO to EUBO",
        "delta_std",
        "modes found",
        "mode_weight_error",
        "sinkhorn_w1",
        "w2",
        "mmd",
        "seconds of the fit",
        "published",
    ];
    Ok(Comparison { name, caption: CAPTION, header, rows })
}

/// The results of one fit; NaN where the target has no known answer.
struct Measured {
    /// The dimensions of the factors that were fitted.
    blocks: String,
    estimates: Estimates,
    delta_log_z: f64,
    eubo: f64,
    delta_std: f64,
    modes: Option<(usize, usize)>,
    mode_weight_error: f64,
    distances: Option<Distances>,
    floors: Option<Distances>,
    seconds: f64,
}

impl Measured {
    fn line(&self) -> String {
        let Estimates { ess, log_z, log_z_se, .. } = self.estimates;
        format!(
            "ESS {ess:.4}, log Z {log_z:.4} ± {log_z_se:.4}, off by {:.4}, {:.1} s",
            self.delta_log_z, self.seconds
        )
    }
}

fn measured(
    row: &Row,
    seed: u64,
    limit: Option<f64>,
    session: &mut Session<'_>,
) -> Result<Measured, FitError> {
    let parameters: BTreeMap<String, f64> = row.parameters.iter().map(|(k, v)| (k.to_string(), *v)).collect();
    let target = named_target(row.target, &parameters).expect("a target of the catalogue");
    let settings = FitSettings { factorise: row.factorise, seed, ..FitSettings::default() };
    let evolution = named_evolution(row.evolution).expect("a row has the name of a built-in evolution");
    let start = Instant::now();
    let fitted = timed_fit(&*target, (&*evolution, &settings), limit, session, &mut |_, _| ())?;
    let seconds = start.elapsed().as_secs_f64();
    let draws = draws_of(&fitted, DRAWS)?;
    Ok(judged(&*target, &fitted, &draws, seed, seconds))
}

fn judged(
    target: &dyn Benchmark,
    fitted: &Transport<'_>,
    draws: &Draws,
    seed: u64,
    seconds: f64,
) -> Measured {
    let (dim, facts) = (target.dim(), target.facts());
    let estimates = Estimates::of_populations(draws.log_weights.chunks(fitted.population()));
    let x = Points::new(&draws.x, dim);
    let unweighted = moments(x);
    let shares = facts.modes.as_ref().map(|modes| mode_shares(x, Points::new(&modes.centres, dim)));
    let both = facts.modes.as_ref().zip(shares.as_ref());
    let few = x.first(DISTANCE_DRAWS);
    let exact_draw = |stream: &mut Stream, x: &mut [f64]| target.draw(stream, x);
    let sizes: Vec<String> =
        fitted.factorisation.ranges.iter().map(|range| range.len().to_string()).collect();
    Measured {
        blocks: sizes.join("+"),
        delta_log_z: facts.log_z.map_or(f64::NAN, |exact| (estimates.log_z - exact).abs()),
        eubo: eubo(target, fitted, &draws.log_weights, seed),
        delta_std: facts.std.as_ref().map_or(f64::NAN, |exact| delta_std(&unweighted.std, exact)),
        // A mode counts as found if it has a tenth of its draws.
        modes: both.map(|(modes, shares)| {
            let found = modes.weights.iter().zip(shares).filter(|(weight, share)| **share >= 0.1 * **weight);
            (found.count(), modes.weights.len())
        }),
        mode_weight_error: both.map_or(f64::NAN, |(modes, shares)| mode_weight_error(shares, &modes.weights)),
        distances: distances_to_exact(few, seed, exact_draw),
        floors: floors(few.len(), dim, seed, exact_draw),
        estimates,
        seconds,
    }
}

/// The mean log weight at exact draws under the flow; NaN if there are none, or if the flow cannot
/// be followed backward.
fn eubo(target: &dyn Benchmark, fitted: &Transport<'_>, log_weights: &[f64], seed: u64) -> f64 {
    let mut x = vec![0.0; EXACT_DRAWS * target.dim()];
    let mut stream = Stream::new(seed, Purpose::Exact, 3);
    if !x.chunks_exact_mut(target.dim()).all(|x| target.draw(&mut stream, x)) {
        return f64::NAN;
    }
    fitted.flow_log_weights_at(&x).map_or(f64::NAN, |at_exact| Bracket::new(log_weights, &at_exact).eubo)
}

fn cells(row: &Row, results: &[Measured]) -> Vec<String> {
    let middle = |figure: &dyn Fn(&Measured) -> f64| median(results.iter().map(figure).collect());
    let number = |figure: &dyn Fn(&Measured) -> f64, digits: usize| text(middle(figure), digits);
    let distance = |figure: fn(&Distances) -> f64| {
        let of = |d: &Option<Distances>| d.as_ref().map_or(f64::NAN, figure);
        let (ours, floor) = (middle(&|m| of(&m.distances)), middle(&|m| of(&m.floors)));
        if ours.is_nan() { "–".to_string() } else { format!("{ours:.4} ({floor:.4})") }
    };
    let modes = results.iter().filter_map(|m| m.modes).min();
    vec![
        row.name.clone(),
        results.len().to_string(),
        results[0].blocks.clone(),
        number(&|m| m.estimates.ess, 4),
        number(&|m| m.delta_log_z, 4),
        format!("{} ± {}", number(&|m| m.estimates.log_z, 4), number(&|m| m.estimates.log_z_se, 4)),
        format!("{} to {}", number(&|m| m.estimates.elbo, 4), number(&|m| m.eubo, 4)),
        number(&|m| m.delta_std, 4),
        modes.map_or("–".to_string(), |(found, all)| format!("{found} of {all}")),
        number(&|m| m.mode_weight_error, 4),
        distance(|d| d.sinkhorn_w1),
        distance(|d| d.w2),
        distance(|d| d.mmd),
        number(&|m| m.seconds, 1),
        row.published.to_string(),
    ]
}

fn text(value: f64, digits: usize) -> String {
    if value.is_nan() { "–".to_string() } else { format!("{value:.digits$}") }
}
