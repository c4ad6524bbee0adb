//! The closed form of each evolution between Gaussians, put into its residual: zero to round-off, and only it.

use pushforward::evolution::{
    ClosedForm, GaussianCase, GaussianSolution, PreparedEvolution, TargetSummary, built_in_evolutions,
};
use pushforward::network::{Jets, Unknown};
use pushforward::num::{Purpose, Stream};
use pushforward::residual::Point;

const DIM: usize = 3;

/// The residuals' norm.
fn residual(evolution: &dyn PreparedEvolution, point: Point<'_>, numbers: &[f64], scalars: &[f64]) -> f64 {
    let unknowns = evolution.unknowns();
    let mut out = vec![0.0; evolution.n_equations()];
    evolution.residuals_real(point, &Jets::new(&unknowns, numbers, scalars), &mut out);
    out.iter().map(|r| r * r).sum::<f64>().sqrt()
}

/// An evolution at a point in the bulk, with its closed form there.
struct Case<'a> {
    form: &'a dyn ClosedForm,
    evolution: &'a dyn PreparedEvolution,
    name: &'static str,
    point: Point<'a>,
    solution: GaussianSolution,
    /// Largest of the numbers.
    size: f64,
}

fn at_points(mut check: impl FnMut(Case<'_>)) {
    let case = GaussianCase::asymmetric(DIM);
    let summary = TargetSummary { dim: DIM, feature_variance: 0.3 };
    let mut stream = Stream::new(3, Purpose::Audit, 0);
    for form in built_in_evolutions(summary) {
        let evolution = &*form.prepare(summary);
        let description = evolution.description();
        for _ in 0..50 {
            let t = 0.02 + 0.96 * stream.uniform();
            let x: Vec<f64> = (0..DIM).map(|_| 1.5 * stream.normal()).collect();
            let mut data = case.data(&x);
            data.truncate(description.reads.count(DIM));
            let solution = form.gaussian_solution(&case, t, &x);
            let size = solution.numbers.iter().chain(&data).fold(1.0f64, |m, v| m.max(v.abs()));
            let point = Point { time: t, x: &x, data: &data };
            check(Case { form: &*form, evolution, name: description.name, point, solution, size });
        }
    }
}

/// The place of the value of a potential, which no equation reads: it stands at the end, before its derivatives.
fn unread(evolution: &dyn PreparedEvolution) -> Option<usize> {
    let unknowns = evolution.unknowns();
    let k = unknowns.iter().position(|unknown| unknown.name == "Phi")?;
    Some(unknowns[..k].iter().map(Unknown::count).sum())
}

#[test]
fn closed_forms_leave_no_residual() {
    at_points(|Case { evolution, name, point, solution, size, .. }| {
        let GaussianSolution { numbers, scalars } = &solution;
        let r = residual(evolution, point, numbers, scalars);
        assert!(r.abs() <= 1e-11 * size, "{name}: {r:e} at size {size:e}");
    });
}

#[test]
fn a_wrong_sign_anywhere_shows() {
    let mut caught = std::collections::BTreeMap::new();
    at_points(|Case { evolution, name, point, solution, size, .. }| {
        let GaussianSolution { numbers, scalars } = &solution;
        for k in 0..numbers.len() + scalars.len() + point.data.len() {
            if unread(evolution) == Some(k) {
                continue;
            }
            let (mut n, mut s, mut d) = (numbers.to_vec(), scalars.to_vec(), point.data.to_vec());
            let place = n.iter_mut().chain(s.iter_mut()).chain(d.iter_mut()).nth(k).unwrap();
            *place = -*place;
            let r = residual(evolution, Point { data: &d, ..point }, &n, &s);
            *caught.entry((name, k)).or_insert(0) += usize::from(r > 1e-6 * size);
        }
    });
    // φ itself enters with the factor 1 − 2t, which is small for some t: most points must catch each sign.
    assert!(caught.values().all(|&times| times >= 40), "{caught:?}");
}

#[test]
fn the_residual_grows_with_slope_one() {
    at_points(|Case { evolution, point, solution, size, .. }| {
        let GaussianSolution { numbers, scalars } = &solution;
        let grown = |h: f64| {
            let moved: Vec<f64> = numbers.iter().map(|v| v + h).collect();
            residual(evolution, point, &moved, scalars)
        };
        let (small, large) = (grown(1e-6), grown(1e-5));
        // Quadratic terms are h² against h: a relative 1e-3 unless the slope itself is small.
        assert!((large / small - 10.0).abs() < 0.1 || small < 1e-7 * size, "{small:e} {large:e}");
    });
}

/// The velocity of the flow and the gradient of the log density, which draws are moved by, are those of the law.
#[test]
fn flow_and_log_density_are_those_of_the_equation() {
    at_points(|Case { form, evolution, name, point, solution, size }| {
        let GaussianSolution { numbers, scalars } = &solution;
        let unknowns = evolution.unknowns();
        let jets = Jets::new(&unknowns, numbers, scalars);
        let (mut velocity, mut gradient) = (vec![0.0; DIM], vec![0.0; DIM]);
        let divergence = evolution.flow(point, &jets, &mut velocity);
        evolution.log_density(point, &jets, &mut gradient);
        // ∂V/∂t + div v + v·∇V = 0 whatever the noise; ∂V/∂t from differences of V along the closed form.
        let case = GaussianCase::asymmetric(DIM);
        let v = |t: f64| {
            let GaussianSolution { numbers, scalars } = form.gaussian_solution(&case, t, point.x);
            let point = Point { time: t, ..point };
            evolution.log_density(point, &Jets::new(&unknowns, &numbers, &scalars), &mut [0.0; DIM])
        };
        let h = 1e-5 * point.time.min(1.0 - point.time);
        let rate = (v(point.time + h) - v(point.time - h)) / (2.0 * h);
        // V without ∫c, where c is an unknown.
        let has_rate = unknowns.last().is_some_and(|unknown| unknown.name == "c");
        let free_of_time = |r: f64| if has_rate { r - numbers.last().unwrap() - scalars[0] } else { r };
        let inner: f64 = velocity.iter().zip(&gradient).map(|(v, g)| v * g).sum();
        let r = free_of_time(rate + divergence + inner);
        assert!(r.abs() < 1e-5 * size * (1.0 + rate.abs()), "{name}: {r:e} of {rate:e}");
    });
}
