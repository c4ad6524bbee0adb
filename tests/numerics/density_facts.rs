//! Every named target against its own facts: draws, log Z by quadrature, derivatives in every mode.

use pushforward::autodiff::{Formula, JetPoint, check_modes};
use pushforward::density::{
    Banana, Benchmark, Funnel, LogDensity, ManyWell, Rings, RotatedWells, StudentMixture, Target,
    TiltedPairs, gauss, gmm_rotated, gmm_unequal, gmm9, gmm40, named_target, targets, values_and_scores,
};
use pushforward::diagnostics::{mode_shares, mode_weight_error, moments};
use pushforward::nalgebra::DMatrix;
use pushforward::num::{Channels, Points, Purpose, Scalar, Stream, log_sum_exp};

const N_DRAWS: usize = 20_000;

/// Every named target with its defaults, then some that are less symmetric.
fn judged_targets() -> Vec<(&'static str, Box<dyn Benchmark>)> {
    let named = |name: &str, parameters: &[(&str, f64)]| {
        let given = parameters.iter().map(|(key, value)| (key.to_string(), *value)).collect();
        named_target(name, &given).unwrap()
    };
    let defaults = targets().iter().map(|entry| (entry.name, named(entry.name, &[])));
    let others = [
        ("rings", named("rings", &[("rings", 4.0), ("thickness", 0.6), ("offset", 1.2)])),
        ("banana", named("banana", &[("dim", 4.0), ("scale", 1.2), ("twist", -0.5)])),
        ("student-mixture", named("student-mixture", &[("dim", 4.0), ("df", 12.0)])),
        ("double-well", named("double-well", &[("dim", 1.0), ("delta", 1.0), ("tilt", -2.0)])),
        (
            "many-well-rotated",
            named("many-well-rotated", &[("angle", -70.0), ("tilt", -0.6), ("shift", -2.0)]),
        ),
        ("gmm-rotated", named("gmm-rotated", &[("dim", 2.0), ("modes", 4.0)])),
    ];
    defaults.chain(others).collect()
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
    let draws = Points::new(draws, mean.len());
    let (d, n) = (draws.dim(), draws.len());
    let sample = moments(draws);
    let mut worst = 0.0f64;
    for i in 0..d {
        let fourth: f64 = draws.coordinate(i).map(|x| (x - sample.mean[i]).powi(4)).sum::<f64>() / n as f64;
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
    for (name, target) in judged_targets().iter().filter(|(name, _)| *name != "funnel") {
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
    for (name, target) in judged_targets() {
        let Some(modes) = target.facts().modes else { continue };
        let draws = exact_draws(target.as_ref(), N_DRAWS);
        let dim = target.dim();
        let shares = mode_shares(Points::new(&draws, dim), Points::new(&modes.centres, dim));
        let error = mode_weight_error(&shares, &modes.weights);
        // Mean total variation of N multinomial draws is at most ½ √(2/π) √(modes/N); twice that has no chance.
        let floor = 0.4 * (modes.weights.len() as f64 / N_DRAWS as f64).sqrt();
        assert!(error < 2.0 * floor, "{name}: {error} {floor}");
        judged += 1;
    }
    assert_eq!(judged, 8 + 3, "four mixtures, student-mixture and three kinds of wells; three of the others");
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
    target.values(&points, &mut values).unwrap();
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
        ("double-well", Box::new(ManyWell::new(2, 1, 2.0).tilted(0.3)), 9.0),
        ("double-well, one mode", Box::new(ManyWell::new(1, 1, 0.6).tilted(-2.0)), 9.0),
        (
            "many-well-rotated",
            Box::new(RotatedWells::new(ManyWell::new(2, 1, 3.0).tilted(0.5), 30.0, 1.0)),
            11.0,
        ),
        ("gmm-rotated", Box::new(gmm_rotated(2, 4)), 14.0),
        ("rings", Box::new(Rings::new(3, 0.15, 0.0)), 8.0),
        ("rings, thick and eccentric", Box::new(Rings::new(3, 0.6, 0.8)), 12.0),
        // Where x₁ is 7 deviations out, x₂ is at −0.3·(10.5² − 2.25) = −32.
        ("banana", Box::new(Banana::new(2, 1.5, 0.3)), 42.0),
    ];
    for (name, target, reach) in cases {
        let ours = log_integral(target.as_ref(), -reach, reach, 800);
        let stated = target.facts().log_z.unwrap();
        assert!((ours - stated).abs() < 1e-10, "{name}: {ours} is not {stated}");
    }
}

/// x = sinh t in each coordinate, in which algebraic tails fall exponentially.
#[test]
fn student_mixture_is_normalised() {
    let (step, n) = (0.02, 1000);
    let ticks: Vec<f64> = (-n..=n).map(|k| step * f64::from(k)).collect();
    let log_integral = |degrees| {
        let points: Vec<f64> =
            ticks.iter().flat_map(|a| ticks.iter().flat_map(|b| [a.sinh(), b.sinh()])).collect();
        let mut logs = vec![0.0; ticks.len() * ticks.len()];
        StudentMixture::new(2, degrees).values(&points, &mut logs).unwrap();
        let lengths = ticks.iter().flat_map(|a| ticks.iter().map(|b| (a.cosh() * b.cosh()).ln()));
        logs.iter_mut().zip(lengths).for_each(|(log, length)| *log += length);
        log_sum_exp(&logs) + 2.0 * step.ln()
    };
    for degrees in [3, 8] {
        assert!(log_integral(degrees).abs() < 1e-10, "{degrees}: {}", log_integral(degrees));
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
    for (name, target) in judged_targets() {
        let d = target.dim();
        let points = exact_draws(target.as_ref(), 5);
        let (_, scores) = values_and_scores(target.as_ref(), &points).unwrap();
        for (x, score) in points.chunks_exact(d).zip(scores.chunks_exact(d)) {
            for i in 0..d {
                let h = 1e-5 * (1.0 + x[i].abs());
                let at = |step: f64| {
                    let (mut y, mut value) = (x.to_vec(), [0.0]);
                    y[i] += step;
                    target.values(&y, &mut value).unwrap();
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

/// Draws, and points so far out that exponentials vanish, squares overflow, or nothing is a number.
fn near_and_far(target: &dyn Benchmark) -> Vec<f64> {
    let draws = exact_draws(target, 3);
    let scaled = [1.0, 30.0, -1e8, 1e160].map(|scale| draws.iter().map(move |x| scale * x));
    let mut points: Vec<f64> = scaled.into_iter().flatten().collect();
    for edge in [0.0, f64::INFINITY, f64::NAN] {
        points.extend(&draws[..target.dim()]);
        let last = points.len() - 1;
        points[last] = edge;
    }
    points
}

/// NaN counts as one number.
fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

/// Values, scores and Laplacians along a factor without symmetry, those of the target against those of jets.
fn has_the_bits_of_jets<T: LogDensity + Benchmark>(name: &str, target: &T) {
    let d = LogDensity::dim(target);
    let points = near_and_far(target);
    let n = points.len() / d;
    let (mut values, mut scores) = (vec![0.0; n], vec![0.0; n * d]);
    target.values_and_scores(&points, &mut values, &mut scores).unwrap();
    for (k, x) in points.chunks_exact(d).enumerate() {
        let jet = target.log_density(&JetPoint::<f64>::new(0.0, x, Channels::space_only(d)).x);
        assert!(same_bits(values[k], jet.real()), "{name} at {x:?}: {} is not {}", values[k], jet.real());
        for (i, score) in scores[k * d..][..d].iter().enumerate() {
            assert!(same_bits(*score, jet.dx(i)), "{name} at {x:?}: {score} is not {}", jet.dx(i));
        }
    }
    for columns in 1..=d {
        let root = DMatrix::from_fn(d, columns, |i, j| 0.3 - 0.7 * i as f64 + 0.2 * (j * j) as f64);
        let channels = Channels { space: columns, time: false, laplacian: true };
        let mut laplacians = vec![0.0; n];
        target.laplacians(&points, &root, &mut laplacians).unwrap();
        for (ours, x) in laplacians.iter().zip(points.chunks_exact(d)) {
            let exact = target.log_density(&JetPoint::<f64>::along(x, &root, channels).x).laplacian();
            assert!(same_bits(*ours, exact), "{name} at {x:?}: Laplacian {ours} is not {exact}");
        }
    }
}

fn audit<T: LogDensity + Benchmark>(name: &'static str, target: T) -> &'static str {
    has_the_bits_of_jets(name, &target);
    let d = LogDensity::dim(&target);
    let points = exact_draws(&target, 4);
    let formula = Density(target);
    for x in points.chunks_exact(d) {
        for check in check_modes(&formula, x) {
            assert!(check.passed(), "{name}, {}: {:e} > {:e}", check.name, check.figure, check.bound);
        }
    }
    name
}

#[test]
fn every_mode_of_differentiation_agrees() {
    let audited = [
        audit("gauss", gauss(5)),
        audit("gmm9", gmm9()),
        audit("gmm-unequal", gmm_unequal()),
        audit("gmm40", gmm40()),
        audit("gmm-rotated", gmm_rotated(3, 5)),
        audit("student-mixture", StudentMixture::new(3, 5)),
        audit("rings", Rings::new(3, 0.2, 0.5)),
        audit("banana", Banana::new(3, 1.5, 0.3)),
        audit("double-well", ManyWell::new(2, 1, 2.0).tilted(0.3)),
        audit("many-well", ManyWell::new(6, 4, 4.0)),
        audit("many-well-rotated", RotatedWells::new(ManyWell::new(4, 2, 3.0).tilted(0.3), 40.0, 0.5)),
        audit("many-well-32", TiltedPairs::new(8)),
        audit("funnel", Funnel::new(4)),
    ];
    assert_eq!(audited.to_vec(), targets().iter().map(|entry| entry.name).collect::<Vec<_>>());
    // One coordinate, and more than small jets have.
    audit("double-well", ManyWell::new(1, 1, 1.0).tilted(-2.0));
    audit("gauss", gauss(7));
    audit("funnel", Funnel::new(9));
}
