//! The checks before a fit: what passes, and every kind of density that must not.

use pushforward::density::{
    DensityFailure, Differenced, Preflight, PreflightError, Refusal, Target, Warning, named_target,
    preflight, targets,
};
use pushforward::nalgebra::DMatrix;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A density of two functions of a point.
struct Given<V, S> {
    dim: usize,
    value: V,
    score: S,
}

impl<V: Fn(&[f64]) -> f64 + Send + Sync, S: Fn(&[f64]) -> Vec<f64> + Send + Sync> Target for Given<V, S> {
    fn dim(&self) -> usize {
        self.dim
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        points.chunks_exact(self.dim).zip(values).for_each(|(x, value)| *value = (self.value)(x));
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        self.values(points, values)?;
        let rows = points.chunks_exact(self.dim).zip(scores.chunks_exact_mut(self.dim));
        rows.for_each(|(x, score)| score.copy_from_slice(&(self.score)(x)));
        Ok(())
    }
}

fn normal(x: &[f64]) -> f64 {
    -0.5 * x.iter().map(|v| v * v).sum::<f64>()
}

fn minus(x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| -v).collect()
}

/// A normal in the plane that has no answer where x₁ is lower than a bound.
struct Refusing {
    low: f64,
    outside: bool,
}

impl Target for Refusing {
    fn dim(&self) -> usize {
        2
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        for (k, (x, value)) in points.chunks_exact(2).zip(values).enumerate() {
            if x[1] < self.low {
                return Err(if self.outside {
                    Refusal::outside_support(k)
                } else {
                    Refusal::at(k, "too low")
                });
            }
            *value = normal(x);
        }
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        scores.copy_from_slice(&minus(points));
        self.values(points, values)
    }
}

fn check(
    dim: usize,
    value: impl Fn(&[f64]) -> f64 + Send + Sync,
    score: impl Fn(&[f64]) -> Vec<f64> + Send + Sync,
) -> Result<Preflight, PreflightError> {
    preflight(&Given { dim, value, score }, false)
}

#[test]
fn the_whole_catalogue_passes_without_a_warning() {
    for entry in targets() {
        let target = named_target(entry.name, &BTreeMap::new()).unwrap();
        let found = preflight(&*target, true).unwrap_or_else(|error| panic!("{}: {error}", entry.name));
        assert!(found.warnings.is_empty(), "{}: {:?}", entry.name, found.warnings);
        assert!(found.score_mismatch < 1e-6, "{}: {found:?}", entry.name);
        assert!(found.batch_difference == 0.0, "{}: {found:?}", entry.name);
        assert!(found.laplacian_mismatch.unwrap() < 1e-5, "{}: {found:?}", entry.name);
        assert!(found.rays > 0, "{}: {found:?}", entry.name);
        assert_eq!(found.points, 64);
    }
}

#[test]
fn unusual_densities_that_are_sound_pass() {
    // Kinks: independent Laplace.
    let kinks =
        check(3, |x| -x.iter().map(|v| v.abs()).sum::<f64>(), |x| x.iter().map(|v| -v.signum()).collect())
            .unwrap();
    assert!(kinks.warnings.is_empty(), "{kinks:?}");
    assert!(kinks.score_mismatch < 1e-9, "{kinks:?}");
    // A staircase times a normal.
    let stairs = check(2, |x| normal(x) + x[0].floor().sin(), minus).unwrap();
    assert!(stairs.warnings.is_empty(), "{stairs:?}");
    // Half of the plane, a box, and one far away.
    let half = check(2, |x| if x[0] > 0.0 { normal(x) } else { f64::NEG_INFINITY }, minus).unwrap();
    assert!(half.supported > 10, "{half:?}");
    assert!(half.supported < 54, "{half:?}");
    let inside = |x: &[f64]| if x.iter().all(|v| v.abs() < 1.0) { 0.0 } else { f64::NEG_INFINITY };
    assert_eq!(check(2, inside, |_| vec![0.0; 2]).unwrap().slowest_decay, f64::INFINITY);
    // As flat as a free parameter until its edge, which is one that somebody meant: nothing overflows there.
    let wide = |x: &[f64]| if x.iter().all(|v| v.abs() < 3e3) { 0.0 } else { f64::NEG_INFINITY };
    assert_eq!(check(2, wide, |_| vec![0.0; 2]).unwrap().slowest_decay, f64::INFINITY);
    let away = |x: &[f64]| {
        let y = [x[0] - 500.0, x[1] + 600.0];
        if y[0].hypot(y[1]) < 300.0 { normal(&y) } else { f64::NEG_INFINITY }
    };
    let far = check(2, away, |x| vec![500.0 - x[0], -600.0 - x[1]]).unwrap();
    assert!(far.supported > 0, "{far:?}");
    assert!(far.supported < 64, "{far:?}");
    // Heavy tails: a product of Cauchy densities falls off as r^-2 along the axes; a Student of 1 degree as r^-(d + 1).
    let cauchy = |x: &[f64]| -x.iter().map(|v| (v * v).ln_1p()).sum::<f64>();
    let slope = |x: &[f64]| x.iter().map(|v| -2.0 * v / (1.0 + v * v)).collect();
    assert!((check(4, cauchy, slope).unwrap().slowest_decay - 2.0).abs() < 1e-3);
    let student = |x: &[f64]| -2.5 * x.iter().map(|v| v * v).sum::<f64>().ln_1p();
    let slope = |x: &[f64]| {
        let q = 1.0 + x.iter().map(|v| v * v).sum::<f64>();
        x.iter().map(|v| -5.0 * v / q).collect()
    };
    assert!((check(4, student, slope).unwrap().slowest_decay - 5.0).abs() < 1e-3);
    // Scales of 1e6 and 1e-6, and a constant that swallows digits.
    let scales = |x: &[f64]| -0.5 * ((x[0] / 1e6).powi(2) + (x[1] / 1e-6).powi(2));
    check(2, scales, |x| vec![-x[0] / 1e12, -x[1] / 1e-12]).unwrap();
    assert!(check(2, |x| normal(x) - 3e5, minus).unwrap().warnings.is_empty());
}

#[test]
fn what_fails_at_a_point_names_it() {
    let nan = check(2, |x| if x[0] > 5.0 { f64::NAN } else { normal(x) }, minus).unwrap_err();
    let PreflightError::Density(error) = &nan else { panic!("{nan}") };
    assert!(error.what == DensityFailure::NotANumber && error.at[0] > 5.0, "{nan}");
    let refused = preflight(&Refusing { low: -2.0, outside: false }, false).unwrap_err();
    assert!(refused.to_string().contains("too low"), "{refused}");
    // Far out, along rays, nobody minds; outside of the support nobody does anywhere.
    let far = preflight(&Refusing { low: -1e3, outside: false }, false).unwrap();
    assert!(matches!(far.warnings[..], [Warning::Uncovered { .. }]) && far.rays > 0, "{far:?}");
    let outside = preflight(&Refusing { low: 0.0, outside: true }, false).unwrap();
    assert!(outside.supported > 10 && outside.supported < 54 && outside.warnings.is_empty(), "{outside:?}");
    let nowhere = check(2, |_| f64::NEG_INFINITY, minus).unwrap_err();
    assert_eq!(nowhere, PreflightError::NoSupport { scale: 1e4 });
    let score = check(2, normal, |x| vec![-x[0], f64::NAN]).unwrap_err();
    assert!(score.to_string().contains("component 2"), "{score}");
}

#[test]
fn other_bits_again_from_threads_or_alone() {
    let asked = AtomicUsize::new(0);
    let drifting = |x: &[f64]| normal(x) + 1e-12 * asked.fetch_add(1, Ordering::Relaxed) as f64;
    let error = check(2, drifting, minus).unwrap_err();
    assert!(matches!(error, PreflightError::NotRepeatable { threads: false, .. }), "{error}");
    let asked = AtomicUsize::new(0);
    let other_score = |x: &[f64]| minus(&[x[0], x[1] + asked.fetch_add(1, Ordering::Relaxed) as f64]);
    let error = check(2, normal, other_score).unwrap_err();
    assert!(error.to_string().contains("its score is another"), "{error}");
    // Threads write to the same place.
    let shared = AtomicUsize::new(0);
    let racing = |x: &[f64]| {
        let others = shared.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_micros(200));
        shared.fetch_sub(1, Ordering::SeqCst);
        normal(x) + others as f64
    };
    let error = check(2, racing, minus).unwrap_err();
    assert!(matches!(error, PreflightError::NotRepeatable { threads: true, .. }), "{error}");
}

/// A normal whose values depend on how many points are asked for, or which are asked for first.
struct Batched {
    by: f64,
    swapped: bool,
}

impl Target for Batched {
    fn dim(&self) -> usize {
        2
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        let n = values.len();
        for (p, value) in values.iter_mut().enumerate() {
            let from = if self.swapped { n - 1 - p } else { p };
            *value = normal(&points[2 * from..2 * from + 2]) + self.by * (n as f64 - 1.0);
        }
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        scores.copy_from_slice(&minus(points));
        self.values(points, values)
    }
}

#[test]
fn a_point_alone_may_round_otherwise_and_no_more() {
    let found = preflight(&Batched { by: 1e-14, swapped: false }, false).unwrap();
    assert!(matches!(found.warnings[..], [Warning::BatchRounding { difference }] if difference < 1e-12));
    assert_eq!(preflight(&Batched { by: 0.0, swapped: false }, false).unwrap().warnings, []);
    for wrong in [Batched { by: 1e-7, swapped: false }, Batched { by: 0.0, swapped: true }] {
        let error = preflight(&wrong, false).unwrap_err();
        assert!(matches!(error, PreflightError::OtherInBatch { .. }), "{error}");
    }
}

/// A normal with the Laplacian as given; its values are off by a constant when its scores are asked for.
struct Second {
    laplacian: f64,
    shift: f64,
}

impl Target for Second {
    fn dim(&self) -> usize {
        2
    }
    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        points.chunks_exact(2).zip(values).for_each(|(x, value)| *value = normal(x));
        Ok(())
    }
    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        self.values(points, values)?;
        values.iter_mut().for_each(|value| *value += self.shift);
        scores.copy_from_slice(&minus(points));
        Ok(())
    }
    fn has_laplacian(&self) -> bool {
        true
    }
    fn laplacians(&self, _: &[f64], _: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        laplacians.fill(self.laplacian);
        Ok(())
    }
}

#[test]
fn derivatives_that_are_none() {
    let wrong = |factor: f64| check(3, normal, move |x| vec![-x[0], -x[1], -factor * x[2]]);
    assert!(wrong(1.0).unwrap().warnings.is_empty());
    for factor in [-1.0, 1.1, 0.9] {
        let error = wrong(factor).unwrap_err();
        let PreflightError::WrongScore { at, index: 2, given, differences } = &error else {
            panic!("{error}")
        };
        assert!((given + factor * at[2]).abs() < 1e-12);
        assert!((differences + at[2]).abs() < 1e-6 * at[2].abs());
    }
    assert!(
        matches!(wrong(1.003).unwrap().warnings[..], [Warning::RoughScore { mismatch }] if mismatch > 1e-3)
    );
    // Single precision: suspect at most.
    let single = |x: &[f64]| f64::from(-0.5 * x.iter().map(|v| (*v as f32) * (*v as f32)).sum::<f32>());
    assert!(check(2, single, minus).unwrap().score_mismatch > 1e-7);
    // A constant that is missing from one of the two.
    let error = preflight(&Second { laplacian: -2.0, shift: 1.0 }, true).unwrap_err();
    assert!(matches!(error, PreflightError::TwoValues { .. }), "{error}");
    let found = preflight(&Second { laplacian: -2.0, shift: 0.0 }, true).unwrap();
    assert!(found.laplacian_mismatch.unwrap() < 1e-9);
    for laplacian in [2.0, -2.1, f64::NAN] {
        let error = preflight(&Second { laplacian, shift: 0.0 }, true).unwrap_err();
        assert!(error.to_string().contains("Laplacian is"), "{error}");
        let found = preflight(&Second { laplacian, shift: 0.0 }, false).unwrap();
        assert!(matches!(found.warnings[..], [Warning::UnusedLaplacian { .. }]), "{found:?}");
    }
    let own = Differenced::new(Second { laplacian: f64::NAN, shift: 0.0 });
    assert!(preflight(&own, true).unwrap().laplacian_mismatch.unwrap() < 1e-8);
}

#[test]
fn a_density_without_a_finite_integral_is_named_with_its_direction() {
    let direction = |outcome: Result<Preflight, PreflightError>| match outcome.unwrap_err() {
        PreflightError::NotIntegrable { direction, .. } => direction,
        other => panic!("{other}"),
    };
    // A coordinate that is free.
    let free = direction(check(3, |x| normal(&x[..2]), |x| vec![-x[0], -x[1], 0.0]));
    assert_eq!(free, [0.0, 0.0, 1.0]);
    // A sum that is known, and nothing else.
    let sum = direction(check(
        3,
        |x| normal(&[x[0] + 2.0 * x[1], x[2]]),
        |x| vec![-(x[0] + 2.0 * x[1]), -2.0 * (x[0] + 2.0 * x[1]), -x[2]],
    ));
    assert!((sum[0] + 2.0 * sum[1]).abs() < 1e-9, "{sum:?}");
    assert!(sum[2].abs() < 1e-9, "{sum:?}");
    // log σ under a flat prior on log σ; one that grows.
    assert_eq!(direction(check(1, |x| -x[0].exp(), |x| vec![-x[0].exp()])), [-1.0]);
    direction(check(2, |x| -normal(x), |x| x.to_vec()));
    // r^-1.5 in the plane: finite along every line, not over the plane.
    let slow = |x: &[f64]| -0.75 * (-2.0 * normal(x)).ln_1p();
    let slope = |x: &[f64]| {
        let q = 1.0 - 2.0 * normal(x);
        x.iter().map(|v| -1.5 * v / q).collect()
    };
    let error = check(2, slow, slope).unwrap_err();
    assert!(error.to_string().contains("proper prior"), "{error}");
    // NaN far out is unknown and no failure.
    let far = check(2, |x| if x[0].abs() > 1e3 { f64::NAN } else { normal(x) }, minus).unwrap();
    assert!(matches!(far.warnings[..], [Warning::Uncovered { .. }]), "{far:?}");
    assert!(far.rays > 0, "{far:?}");
}

/// As a model with matrices is, 10¹² nats below its largest value: numbers inside of it have cancelled.
#[test]
fn what_is_buried_is_not_judged() {
    let steep = |x: &[f64]| -libm::expm1(4.0 * x[0].abs());
    let slope = |wrong: f64, beyond: f64| {
        move |x: &[f64]| {
            let factor = if x[0].abs() > beyond { wrong } else { 1.0 };
            vec![-4.0 * factor * libm::exp(4.0 * x[0].abs()) * x[0].signum()]
        }
    };
    check(1, steep, slope(1.2, 7.5)).unwrap();
    assert!(matches!(check(1, steep, slope(1.2, 1.0)).unwrap_err(), PreflightError::WrongScore { .. }));
    let back_up = |x: &[f64]| if x[0].abs() > 5e8 { -1e16 } else { normal(x) };
    check(1, back_up, minus).unwrap();
    let back_up = |x: &[f64]| if x[0].abs() > 5e8 { -1e8 } else { normal(x) };
    assert!(matches!(check(1, back_up, minus).unwrap_err(), PreflightError::NotIntegrable { .. }));
}

#[test]
fn the_lines_say_what_was_found() {
    let lines = check(2, normal, minus).unwrap().lines();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("density checked at 64 points: repeats, score within "), "{lines:?}");
    assert!(lines[0].ends_with(", falls off along 24 rays"), "{lines:?}");
    let half = check(2, |x| if x[0] > 0.0 { normal(x) } else { f64::NEG_INFINITY }, minus).unwrap();
    assert!(half.lines()[0].contains("64 points (zero at "), "{half:?}");
}
