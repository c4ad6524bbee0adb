//! Posteriors of real data with known answers: density files fitted with defaults, compared with
//! reference draws.

use crate::comparison::Comparison;
use crate::session::Session;
use crate::timed::{draws_of, timed_fit};
use pushforward::density::Target;
use pushforward::diagnostics::Estimates;
use pushforward::evolution::GeneralOde;
use pushforward::num::{log_sum_exp, pairwise_sum};
use pushforward::sampling::Draws;
use pushforward::training::{FitError, FitSettings};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Embeds a file of `examples/posteriors` as it is when the program is built.
macro_rules! embedded {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../examples/posteriors/", $path)))
    };
}

/// The names and texts of the density files of `examples/posteriors` and their data.
pub static POSTERIOR_FILES: &[(&str, &str)] = &[
    embedded!("earnings-earn_height.toml"),
    embedded!("earnings-logearn_height.toml"),
    embedded!("eight_schools-eight_schools_centered.toml"),
    embedded!("eight_schools-eight_schools_noncentered.toml"),
    embedded!("kidiq-kidscore_interaction.toml"),
    embedded!("kidiq-kidscore_momhs.toml"),
    embedded!("kidiq-kidscore_momiq.toml"),
    embedded!("kilpisjarvi_mod-kilpisjarvi.toml"),
    embedded!("mesquite-logmesquite_logvolume.toml"),
    embedded!("sblrc-blr.toml"),
    embedded!("sblri-blr.toml"),
    embedded!("data/earnings.json"),
    embedded!("data/eight_schools.json"),
    embedded!("data/kidiq.json"),
    embedded!("data/kilpisjarvi_mod.json"),
    embedded!("data/mesquite.json"),
    embedded!("data/sblrc.json"),
    embedded!("data/sblri.json"),
];

const REFERENCE: &str = include_str!("../../../examples/posteriors/data/reference.json");

/// The number of draws for the estimates.
const DRAWS: usize = 20_000;

const CAPTION: &str = "Density files of examples/posteriors with defaults, seed 0, 20 000 draws. off: log Z less the exact \
one. mean, sd: the parameter whose mean (standard deviation) lies furthest from that of posteriordb's reference draws, in \
standard errors of both together. Bars: log Z within 0.02 and 3 standard errors; every mean and sd within 4.8; ESS 0.9 and \
60 s, for eight schools 0.7 and 300 s.";

/// The known answers of one posterior.
#[derive(Deserialize)]
struct Reference {
    log_z: f64,
    reference: BTreeMap<String, Summary>,
}

/// A parameter summarised over the reference draws.
#[derive(Deserialize)]
struct Summary {
    mean: f64,
    sd: f64,
    draws: f64,
}

/// The results of one fit.
struct Measured {
    dim: usize,
    steps: usize,
    estimates: Estimates,
    off: f64,
    mean: Deviation,
    sd: Deviation,
    seconds: f64,
}

/// The parameter with the largest deviation in standard errors; NaN counts as largest.
#[derive(Clone, Debug, PartialEq)]
struct Deviation {
    name: String,
    errors: f64,
}

/// Opens one of [`POSTERIOR_FILES`] by its name and gives the density that it describes.
pub type Opener<'a, E> = dyn Fn(&str) -> Result<Box<dyn Target>, E> + 'a;

/// The parameters of each posterior that have reference draws, by the names of the posteriors.
///
/// # Panics
/// Never: a test reads the reference.
pub fn reference_parameters() -> BTreeMap<String, Vec<String>> {
    references().into_iter().map(|(name, known)| (name, known.reference.into_keys().collect())).collect()
}

fn references() -> BTreeMap<String, Reference> {
    serde_json::from_str(REFERENCE).expect("reference.json was checked by a test")
}

/// Measures the rows whose names contain `filter`; a fit takes at most `limit` seconds.
///
/// `open` turns the name of one of [`POSTERIOR_FILES`] into the density that it describes, because
/// this crate reads no density files.
///
/// # Errors
/// The errors of `open` and of the fits.
pub fn posteriors<E: From<FitError>>(
    filter: Option<&str>,
    limit: Option<f64>,
    open: &Opener<'_, E>,
    session: &mut Session<'_>,
) -> Result<Comparison, E> {
    let all = references();
    let mut rows = Vec::new();
    for (name, reference) in all.iter().filter(|(name, _)| filter.is_none_or(|part| name.contains(part))) {
        if session.stop.load(Ordering::Relaxed) {
            break;
        }
        let measured = measured(name, reference, limit, open, session)?;
        let cells = cells(name, &measured);
        let _ = writeln!(session.err, "{}", cells.join(", "));
        rows.push(cells);
    }
    let header =
        vec!["posterior", "dim", "ESS", "log Z ± se", "off", "mean", "sd", "steps", "seconds", "bars"];
    Ok(Comparison { name: "posteriors", caption: CAPTION, header, rows })
}

fn measured<E: From<FitError>>(
    name: &str,
    reference: &Reference,
    limit: Option<f64>,
    open: &Opener<'_, E>,
    session: &mut Session<'_>,
) -> Result<Measured, E> {
    let start = Instant::now();
    let target = open(&format!("{name}.toml"))?;
    let settings = FitSettings::default();
    let fitted = timed_fit(&*target, (&GeneralOde, &settings), limit, session, &mut |_, _| ())?;
    let draws = draws_of(&fitted, DRAWS)?;
    let seconds = start.elapsed().as_secs_f64();
    let estimates = Estimates::from_log_weights(&draws.log_weights);
    let (mean, sd) = deviations(&*target, &draws, reference);
    Ok(Measured {
        dim: target.dim(),
        steps: fitted.history().last().map_or(0, |row| row.step),
        off: estimates.log_z - reference.log_z,
        estimates,
        mean,
        sd,
        seconds,
    })
}

/// The worst deviation of a mean and the worst of a standard deviation.
fn deviations(target: &dyn Target, draws: &Draws, reference: &Reference) -> (Deviation, Deviation) {
    let names = target.constrained_names();
    let constrained: Vec<Vec<f64>> =
        draws.x.chunks_exact(target.dim()).map(|u| target.constrain(u)).collect();
    let total = log_sum_exp(&draws.log_weights);
    let weights: Vec<f64> = draws.log_weights.iter().map(|w| libm::exp(w - total)).collect();
    let (mut means, mut sds) = (Vec::new(), Vec::new());
    for (name, summary) in &reference.reference {
        let column = names.iter().position(|known| known == name);
        let values: Option<Vec<f64>> = column.map(|k| constrained.iter().map(|x| x[k]).collect());
        let (mean, sd) = values.map_or((f64::NAN, f64::NAN), |values| errors(&values, &weights, summary));
        means.push(Deviation { name: name.clone(), errors: mean });
        sds.push(Deviation { name: name.clone(), errors: sd });
    }
    (worst(means), worst(sds))
}

fn worst(all: Vec<Deviation>) -> Deviation {
    let size = |d: &Deviation| if d.errors.is_nan() { f64::INFINITY } else { d.errors.abs() };
    all.into_iter().max_by(|a, b| size(a).total_cmp(&size(b))).expect("a posterior has parameters")
}

/// The deviations of a mean and of a standard deviation in standard errors. The error of a weighted
/// mean is that of a ratio, √Σw²(x − m)²; that of a standard deviation follows from its square;
/// reference draws count as independent.
fn errors(values: &[f64], weights: &[f64], reference: &Summary) -> (f64, f64) {
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        let terms: Vec<f64> = values.iter().zip(weights).map(|(x, w)| f(*x, *w)).collect();
        pairwise_sum(&terms)
    };
    let mean = sum(&|x, w| w * x);
    let variance = sum(&|x, w| w * (x - mean).powi(2));
    let fourth = sum(&|x, w| w * (x - mean).powi(4));
    let sd = variance.sqrt();
    let mean_variance = sum(&|x, w| (w * (x - mean)).powi(2));
    let of_variance = sum(&|x, w| (w * ((x - mean).powi(2) - variance)).powi(2));
    let reference_mean = variance / reference.draws;
    let reference_variance = (fourth - variance * variance) / reference.draws;
    let mean_errors = (mean - reference.mean) / (mean_variance + reference_mean).sqrt();
    let sd_errors = (sd - reference.sd) * 2.0 * sd / (of_variance + reference_variance).sqrt();
    (mean_errors, sd_errors)
}

/// The least ESS and the most seconds that a posterior may take.
fn bars(name: &str) -> (f64, f64) {
    if name.starts_with("eight_schools") { (0.7, 300.0) } else { (0.9, 60.0) }
}

/// The names of the bars that are missed; NaN misses.
fn missed(name: &str, m: &Measured) -> Vec<&'static str> {
    let (ess, seconds) = bars(name);
    let checks = [
        ("ESS", m.estimates.ess >= ess),
        ("log Z", m.off.abs() <= 0.02 && m.off.abs() <= 3.0 * m.estimates.log_z_se),
        ("mean", m.mean.errors.abs() <= 4.8),
        ("sd", m.sd.errors.abs() <= 4.8),
        ("seconds", m.seconds <= seconds),
    ];
    checks.iter().filter(|(_, met)| !met).map(|(bar, _)| *bar).collect()
}

fn cells(name: &str, m: &Measured) -> Vec<String> {
    let missed = missed(name, m);
    let deviation = |d: &Deviation| format!("{:+.1} ({})", d.errors, d.name);
    vec![
        name.to_string(),
        m.dim.to_string(),
        format!("{:.4}", m.estimates.ess),
        format!("{:.4} ± {:.4}", m.estimates.log_z, m.estimates.log_z_se),
        format!("{:+.4}", m.off),
        deviation(&m.mean),
        deviation(&m.sd),
        m.steps.to_string(),
        format!("{:.1}", m.seconds),
        if missed.is_empty() { "met".to_string() } else { format!("missed: {}", missed.join(", ")) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_are_in_standard_errors() {
        let values: Vec<f64> = (0..10_000).map(|k| f64::from(k % 2)).collect();
        let weights = vec![1e-4; 10_000];
        // The mean ½ and the sd ½ are each known to 0.005 on both sides; to first order a fair coin
        // has no error of its sd.
        let off = |mean: f64, sd: f64| errors(&values, &weights, &Summary { mean, sd, draws: 10_000.0 });
        assert!((off(0.5 - 0.01 * 2.0f64.sqrt(), 0.5).0 - 2.0).abs() < 1e-9);
        assert!(off(0.5, 0.49).1 > 1e6);
        let nan = vec![
            Deviation { name: "a".into(), errors: 9.0 },
            Deviation { name: "b".into(), errors: f64::NAN },
        ];
        assert_eq!(worst(nan).name, "b");
    }
}
