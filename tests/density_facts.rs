//! Every named target against its own facts: draws, log Z by quadrature, derivatives in every mode.

use pushforward::autodiff::{Formula, check_modes};
use pushforward::density::{
    Benchmark, Funnel, LogDensity, ManyWell, Target, TiltedPairs, gauss, gmm_unequal, gmm9, gmm40,
    named_target, targets, values_and_scores,
};
use pushforward::diagnostics::{mode_shares, mode_weight_error, moments};
use pushforward::num::{Purpose, Scalar, Stream, log_sum_exp};
use std::collections::BTreeMap;

const N_DRAWS: usize = 20_000;

fn default_targets() -> Vec<(&'static str, Box<dyn Benchmark>)> {
    targets().iter().map(|entry| (entry.name, named_target(entry.name, &BTreeMap::new()).unwrap())).collect()
}

fn exact_draws(target: &dyn Benchmark, n: usize) -> Vec<f64> {
    let mut stream = Stream::new(2024, Purpose::Exact, 0);
    let mut draws = vec![0.0; n * target.dim()];
    for x in draws.chunks_exact_mut(target.dim()) {
        assert!(target.draw(&mut stream, x), "every named target draws exactly");
    }
    draws
}

/// Largest distances of sample mean and deviation from the facts, in standard errors from the sample's
/// own second and fourth moments; `shift` moves the facts, for the twin that must fail.
fn moment_misfit(draws: &[f64], mean: &[f64], std: &[f64], shift: f64) -> f64 {
    let (d, n) = (mean.len(), draws.len() / mean.len());
    let sample = moments(draws, d);
    let mut worst = 0.0f64;
    for i in 0..d {
        let fourth: f64 =
            draws.chunks_exact(d).map(|x| (x[i] - sample.mean[i]).powi(4)).sum::<f64>() / n as f64;
        let variance = sample.std[i].powi(2);
        let mean_se = (variance / n as f64).sqrt();
        let std_se = ((fourth - variance * variance) / n as f64).sqrt() / (2.0 * sample.std[i]);
        worst = worst.max((sample.mean[i] - mean[i] - shift).abs() / mean_se);
        worst = worst.max((sample.std[i] - std[i] - shift).abs() / std_se);
    }
    worst
}

#[test]
fn exact_draws_have_the_stated_moments() {
    for (name, target) in default_targets().iter().filter(|(name, _)| *name != "funnel") {
        let facts = target.facts();
        let draws = exact_draws(target.as_ref(), N_DRAWS);
        let (mean, std) = (facts.mean.unwrap(), facts.std.unwrap());
        let misfit = moment_misfit(&draws, &mean, &std, 0.0);
        assert!(misfit < 5.0, "{name}: {misfit}");
        let largest = std.iter().copied().fold(0.0, f64::max);
        let twin = moment_misfit(&draws, &mean, &std, 0.06 * largest);
        assert!(twin > 5.0, "{name}: facts off by 6 % would pass, {twin}");
    }
}

/// Heavy tails: x₁ and log|x_i| are judged, log|x_i| = ½x₁ + log|z| with mean of log|z| −0.6352 and variance π²/8.
#[test]
fn funnel_draws_are_right_in_the_logarithm() {
    let target = Funnel::new(10);
    let draws = exact_draws(&target, N_DRAWS);
    let logs: Vec<f64> =
        draws.chunks_exact(10).flat_map(|x| [x[0], x[1].abs().ln(), x[9].abs().ln()]).collect();
    // (γ + log 2)/2
    let centre = -0.5 * (0.577_215_664_901_532_9 + 2f64.ln());
    let deviation = (9.0 / 4.0 + std::f64::consts::PI.powi(2) / 8.0).sqrt();
    let misfit = moment_misfit(&logs, &[0.0, centre, centre], &[3.0, deviation, deviation], 0.0);
    assert!(misfit < 5.0, "{misfit}");
    let facts = target.facts();
    assert_eq!(facts.std.as_ref().unwrap()[0], 3.0);
    assert!((facts.std.unwrap()[9] - 2.25f64.exp()).abs() < 1e-14);
}

#[test]
fn exact_draws_fall_nearest_the_modes_as_stated() {
    let mut judged = 0;
    for (name, target) in default_targets() {
        let Some(modes) = target.facts().modes else { continue };
        let draws = exact_draws(target.as_ref(), N_DRAWS);
        let error = mode_weight_error(&mode_shares(&draws, &modes.centres, target.dim()), &modes.weights);
        // Mean total variation of N multinomial draws is at most ½ √(2/π) √(modes/N); twice that has no chance.
        let floor = 0.4 * (modes.weights.len() as f64 / N_DRAWS as f64).sqrt();
        assert!(error < 2.0 * floor, "{name}: {error} {floor}");
        judged += 1;
    }
    assert_eq!(judged, 4, "gmm9, gmm-unequal, gmm40, many-well");
}

/// log ∫ρ over a box by the trapezoidal rule, which converges exponentially where ρ vanishes at the faces.
fn log_integral(target: &dyn Target, low: f64, high: f64, n: usize) -> f64 {
    let step = (high - low) / n as f64;
    let node = |k: usize| low + k as f64 * step;
    let points: Vec<f64> = match target.dim() {
        1 => (0..=n).map(node).collect(),
        2 => (0..=n).flat_map(|i| (0..=n).flat_map(move |j| [node(i), node(j)])).collect(),
        d => panic!("no grid in {d} dimensions"),
    };
    let mut values = vec![0.0; points.len() / target.dim()];
    target.values(&points, &mut values);
    log_sum_exp(&values) + target.dim() as f64 * step.ln()
}

#[test]
fn log_z_by_quadrature() {
    let cases: Vec<(&str, Box<dyn Benchmark>, f64)> = vec![
        ("gauss 1", Box::new(gauss(1)), 12.0),
        ("gauss 2", Box::new(gauss(2)), 12.0),
        ("gmm9", Box::new(gmm9()), 10.0),
        ("gmm40", Box::new(gmm40()), 60.0),
        ("gmm-unequal", Box::new(gmm_unequal()), 14.0),
        ("many-well 1", Box::new(ManyWell::new(1, 1, 4.0)), 9.0),
        ("many-well 2, one well", Box::new(ManyWell::new(2, 1, 2.0)), 9.0),
        ("many-well 2, two wells", Box::new(ManyWell::new(2, 2, 4.0)), 9.0),
        ("many-well-32, one pair", Box::new(TiltedPairs::new(2)), 9.0),
    ];
    for (name, target, reach) in cases {
        let ours = log_integral(target.as_ref(), -reach, reach, 800);
        let stated = target.facts().log_z.unwrap();
        assert!((ours - stated).abs() < 1e-10, "{name}: {ours} is not {stated}");
    }
}

/// A funnel is normalised: the integral over x₂ is 1 at every x₁, the one over x₁ is of a normal.
#[test]
fn funnel_slices_are_normal() {
    for neck in [-4.0, 0.3, 3.0f64] {
        let (scale, n) = ((0.5 * neck).exp(), 400);
        let step = 20.0 * scale / n as f64;
        let logs: Vec<f64> =
            (0..=n).map(|k| Funnel::new(2).log_density(&[neck, -10.0 * scale + k as f64 * step])).collect();
        let marginal = -neck * neck / 18.0 - 3f64.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln();
        assert!((log_sum_exp(&logs) + step.ln() - marginal).abs() < 1e-12);
    }
}

/// Scores through the checked door against central differences of values.
#[test]
fn scores_are_slopes() {
    for (name, target) in default_targets() {
        let d = target.dim();
        let points = exact_draws(target.as_ref(), 5);
        let (_, scores) = values_and_scores(target.as_ref(), &points).unwrap();
        for (x, score) in points.chunks_exact(d).zip(scores.chunks_exact(d)) {
            for i in 0..d {
                let h = 1e-5 * (1.0 + x[i].abs());
                let at = |step: f64| {
                    let (mut y, mut value) = (x.to_vec(), [0.0]);
                    y[i] += step;
                    target.values(&y, &mut value);
                    value[0]
                };
                let slope = (at(h) - at(-h)) / (2.0 * h);
                // Step² times a third derivative of order 100, and rounding of a value of order 100.
                assert!(
                    (score[i] - slope).abs() < 1e-6 * (1.0 + slope.abs()),
                    "{name}: {} {slope}",
                    score[i]
                );
            }
        }
    }
}

struct Density<T>(T);
impl<T: LogDensity> Formula for Density<T> {
    fn at<S: Scalar>(&self, x: &[S]) -> S {
        self.0.log_density(x)
    }
}

fn audit<T: LogDensity + Benchmark>(name: &str, target: T) {
    let d = LogDensity::dim(&target);
    let points = exact_draws(&target, 4);
    let formula = Density(target);
    for x in points.chunks_exact(d) {
        for check in check_modes(&formula, x) {
            assert!(check.passed(), "{name}, {}: {:e} > {:e}", check.name, check.figure, check.bound);
        }
    }
}

#[test]
fn every_mode_of_differentiation_agrees() {
    audit("gauss", gauss(5));
    audit("gmm9", gmm9());
    audit("gmm40", gmm40());
    audit("gmm-unequal", gmm_unequal());
    audit("many-well", ManyWell::new(6, 4, 4.0));
    audit("many-well-32", TiltedPairs::new(8));
    audit("funnel", Funnel::new(4));
}
