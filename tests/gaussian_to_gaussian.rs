//! The closed form of each evolution between Gaussians, put into its residual: zero to round-off, and only it.

use pushforward::evolution::{AnnealedOde, Evolution, GaussianCase, GeneralOde};
use pushforward::network::Jets;
use pushforward::num::{Purpose, Stream};
use pushforward::residual::Point;

const DIM: usize = 3;

/// An evolution, and a function that gives its closed-form jets at (t, x) and its scalars.
type Case = (Box<dyn Evolution>, Box<dyn Fn(&GaussianCase, f64, &[f64]) -> Vec<f64>>, Vec<f64>);

fn cases() -> Vec<Case> {
    let exact = GaussianCase::asymmetric(DIM);
    vec![
        (
            Box::new(GeneralOde::new(DIM)),
            Box::new(|case: &GaussianCase, t: f64, x: &[f64]| case.general_ode(t, x)),
            vec![exact.log_z()],
        ),
        // The free scalar is a constant beside the network of c: split off a part to see that both count.
        (
            Box::new(AnnealedOde::new(DIM)),
            Box::new(|case: &GaussianCase, t: f64, x: &[f64]| {
                let mut numbers = case.annealed_ode(t, x);
                *numbers.last_mut().unwrap() -= 0.4;
                numbers
            }),
            vec![0.4],
        ),
    ]
}

fn residual(evolution: &dyn Evolution, point: Point<'_>, numbers: &[f64], scalars: &[f64]) -> f64 {
    let unknowns = evolution.unknowns();
    let mut out = [0.0];
    evolution.residuals_real(point, &Jets::new(&unknowns, numbers, scalars), &mut out);
    out[0]
}

/// Calls `check(evolution, point, numbers, scalars, size of the numbers)` at points in the bulk.
fn at_points(mut check: impl FnMut(&dyn Evolution, Point<'_>, &[f64], &[f64], f64)) {
    let case = GaussianCase::asymmetric(DIM);
    let mut stream = Stream::new(3, Purpose::Audit, 0);
    for (evolution, closed_form, scalars) in cases() {
        for _ in 0..50 {
            let t = 0.02 + 0.96 * stream.uniform();
            let x: Vec<f64> = (0..DIM).map(|_| 1.5 * stream.normal()).collect();
            let data = case.data(&x);
            let numbers = closed_form(&case, t, &x);
            let size = numbers.iter().chain(&data).fold(1.0f64, |m, v| m.max(v.abs()));
            check(&*evolution, Point { time: t, x: &x, data: &data }, &numbers, &scalars, size);
        }
    }
}

#[test]
fn closed_forms_leave_no_residual() {
    at_points(|evolution, point, numbers, scalars, size| {
        let r = residual(evolution, point, numbers, scalars);
        assert!(r.abs() <= 1e-11 * size, "{}: {r:e} at size {size:e}", evolution.name());
    });
}

#[test]
fn a_wrong_sign_anywhere_shows() {
    let mut caught = std::collections::BTreeMap::new();
    at_points(|evolution, point, numbers, scalars, size| {
        for k in 0..numbers.len() + scalars.len() + point.data.len() {
            let (mut n, mut s, mut d) = (numbers.to_vec(), scalars.to_vec(), point.data.to_vec());
            let place = n.iter_mut().chain(s.iter_mut()).chain(d.iter_mut()).nth(k).unwrap();
            *place = -*place;
            let r = residual(evolution, Point { data: &d, ..point }, &n, &s);
            *caught.entry((evolution.name(), k)).or_insert(0) += usize::from(r.abs() > 1e-6 * size);
        }
    });
    // φ itself enters with the factor 1 − 2t, which is small for some t: most points must catch each sign.
    assert!(caught.values().all(|&times| times >= 40), "{caught:?}");
}

#[test]
fn the_residual_grows_with_slope_one() {
    at_points(|evolution, point, numbers, scalars, _| {
        let grown = |h: f64| {
            let moved: Vec<f64> = numbers.iter().map(|v| v + h).collect();
            residual(evolution, point, &moved, scalars)
        };
        let (small, large) = (grown(1e-6), grown(1e-5));
        // Quadratic terms are h² against h: a relative 1e-3 unless the slope itself is small.
        assert!((large / small - 10.0).abs() < 0.1 || small.abs() < 1e-7, "{small:e} {large:e}");
    });
}
