//! The checks of `pushforward audit`: derivatives by every mode, and closed-form solutions in their
//! equations.

use crate::output::table::Check;
use pushforward::autodiff::{Formula, ModeCheck, check_modes};
use pushforward::density::{self, Benchmark, DensityError, Target};
use pushforward::evolution::{
    ClosedForm, GaussianCase, GaussianSolution, TargetSummary, built_in_evolutions,
};
use pushforward::network::{Jets, Unknown};
use pushforward::num::{Elementary, Purpose, Scalar, Stream};
use pushforward::residual::{ErasedSystem, Point};
use std::collections::BTreeMap;

/// Makes all checks, or those of one target, which must be in the catalogue.
pub(crate) fn audit(target: Option<&str>) -> Vec<Check> {
    let names = density::targets().iter().map(|entry| entry.name);
    let chosen = names.filter(|name| target.is_none_or(|wanted| wanted == *name));
    let mut checks: Vec<Check> = chosen.flat_map(target_checks).collect();
    if target.is_none() {
        checks.extend(elementary_checks());
        checks.extend(closed_form_checks());
    }
    checks
}

/// Checks every elementary function in every mode of differentiation.
fn elementary_checks() -> Vec<Check> {
    struct Of(Elementary);
    impl Formula for Of {
        fn at<S: Scalar>(&self, x: &[S]) -> S {
            (x[0].clone() * x[1].clone() + 0.2).elementary(self.0, 0)
        }
    }
    let worst = |function: Elementary| check_modes(&Of(function), &[0.9, 1.3]);
    let all: Vec<ModeCheck> = Elementary::ALL.iter().flat_map(|f| worst(*f)).collect();
    let mut by_name: BTreeMap<&str, Check> = BTreeMap::new();
    for check in all {
        let name = format!("elementary functions: {}", check.name);
        let entry = by_name.entry(check.name).or_insert(Check { name, figure: 0.0, bound: check.bound });
        entry.figure = larger(entry.figure, check.figure);
    }
    by_name.into_values().collect()
}

/// The larger figure. NaN counts as larger than any number.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// Checks score and Laplacian of a target against differences, at exact draws or near the origin.
fn target_checks(name: &'static str) -> Vec<Check> {
    let target = density::named_target(name, &BTreeMap::new()).expect("a name of the catalogue");
    let points = audit_points(&*target);
    let check =
        |what: &str, figure: f64, bound: f64| Check { name: format!("{name}: {what}"), figure, bound };
    // Central differences with step 1e-5 of the scale of x: truncation h²f‴/6 and rounding ε|f|/h.
    match derivative_mismatch(&*target, &points) {
        Ok((score, laplacian)) => vec![
            check("score and differences", score, 1e-6),
            check("Laplacian and differences of the score", laplacian, 1e-6),
        ],
        Err(error) => vec![check(&error.to_string(), f64::NAN, 0.0)],
    }
}

fn audit_points(target: &dyn Benchmark) -> Vec<f64> {
    let mut stream = Stream::new(0, Purpose::Audit, 0);
    let mut points = vec![0.0; 16 * target.dim()];
    for x in points.chunks_exact_mut(target.dim()) {
        if !target.draw(&mut stream, x) {
            stream.fill_normal(x);
        }
    }
    points
}

/// The largest mismatches of score and Laplacian, each relative to the largest score or Laplacian
/// seen.
fn derivative_mismatch(target: &dyn Target, points: &[f64]) -> Result<(f64, f64), DensityError> {
    let d = target.dim();
    let n = points.len() / d;
    let (values, scores) = density::values_and_scores(target, points)?;
    let laplacians = density::laplacians(target, points, &values)?;
    let mut traces = vec![0.0; n];
    let mut worst = 0.0;
    for i in 0..d {
        let shifted = |sign: f64| {
            let mut moved = points.to_vec();
            moved.iter_mut().skip(i).step_by(d).for_each(|v| *v += sign * step(*v));
            density::values_and_scores(target, &moved)
        };
        let ((plus, plus_scores), (minus, minus_scores)) = (shifted(1.0)?, shifted(-1.0)?);
        for p in 0..n {
            let width = 2.0 * step(points[p * d + i]);
            let slope = (plus[p] - minus[p]) / width;
            worst = larger(worst, (slope - scores[p * d + i]).abs());
            traces[p] += (plus_scores[p * d + i] - minus_scores[p * d + i]) / width;
        }
    }
    let size = |values: &[f64]| values.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    let differences = laplacians.iter().zip(&traces).map(|(l, t)| (l - t).abs());
    Ok((worst / size(&scores), differences.fold(0.0, larger) / size(&laplacians)))
}

fn step(x: f64) -> f64 {
    1e-5 * (1.0 + x.abs())
}

/// Checks a transport from Gaussian to Gaussian: the closed form leaves no residual, and a flipped
/// sign leaves one.
fn closed_form_checks() -> Vec<Check> {
    let dim = 3;
    let case = GaussianCase::asymmetric(dim);
    let all = built_in_evolutions(TargetSummary::smooth(dim));
    all.iter().flat_map(|evolution| closed_form(&case, &**evolution)).collect()
}

fn closed_form(case: &GaussianCase, evolution: &dyn ClosedForm) -> Vec<Check> {
    let system = evolution.prepare(TargetSummary::smooth(case.dim()));
    let description = system.description();
    let mut stream = Stream::new(0, Purpose::Audit, 1);
    let mut exact = 0.0;
    let n = description.unknowns.iter().map(Unknown::count).sum();
    // The largest effect of each flipped sign over the points.
    let mut flipped = vec![0.0; n];
    for _ in 0..64 {
        let t = 0.05 + 0.4 * stream.uniform();
        let x: Vec<f64> = (0..case.dim()).map(|_| stream.normal()).collect();
        let mut data = case.data(&x);
        data.truncate(description.reads.count(case.dim()));
        let point = Point { time: t, x: &x, data: &data };
        let GaussianSolution { numbers, scalars } = evolution.gaussian_solution(case, t, &x);
        let size = numbers.iter().chain(&data).fold(1.0f64, |m, v| m.max(v.abs()));
        exact = larger(exact, residual(&*system, point, &numbers, &scalars) / size);
        for (k, flipped) in flipped.iter_mut().enumerate() {
            let mut wrong = numbers.clone();
            wrong[k] = -wrong[k];
            *flipped = larger(*flipped, residual(&*system, point, &wrong, &scalars) / wrong[k].abs());
        }
    }
    // A number that no equation reads, such as the value of a potential, has no effect at all.
    let flipped = flipped.into_iter().filter(|effect| *effect > 1e-9).fold(f64::INFINITY, f64::min);
    let name = description.name;
    // The first bound allows the rounding of a few dozen operations. The second figure is an
    // inverse, since a wrong sign must have a large effect.
    vec![
        Check { name: format!("{name}: closed Gaussian case in the residual"), figure: exact, bound: 1e-11 },
        Check {
            name: format!("{name}: inverse of the smallest effect of a flipped sign"),
            figure: 1.0 / flipped,
            bound: 1e4,
        },
    ]
}

/// The Euclidean norm of the residuals.
fn residual(system: &dyn ErasedSystem, point: Point<'_>, numbers: &[f64], scalars: &[f64]) -> f64 {
    let unknowns = system.unknowns();
    let mut out = vec![0.0; system.n_equations()];
    system.residuals_real(point, &Jets::new(&unknowns, numbers, scalars), &mut out);
    out.iter().map(|r| r * r).sum::<f64>().sqrt()
}
