//! Tests of compiled formulas against closed forms, quadrature, and evaluation on general scalars.

use super::{Affine, Data, Fault, Matrix, Model, ModelError, Parameter, constraint};
use nalgebra::DMatrix;
use pushforward::autodiff::{Formula, JetPoint, ModeCheck, check_modes};
use pushforward::density::Target;
use pushforward::num::{Channels, Purpose, Scalar, Stream};
use std::collections::BTreeMap;
use std::f64::consts::PI;

fn parameter(name: &str, size: Option<usize>, text: &str) -> Parameter {
    Parameter {
        name: name.to_string(),
        size,
        constraint: constraint(text, &BTreeMap::new()).unwrap(),
        affine: None,
    }
}

fn data() -> BTreeMap<String, Data> {
    let x: Vec<f64> = (0..11).map(|k| f64::from(k) * 0.3 - 1.0).collect();
    let y: Vec<f64> = x.iter().map(|x| 0.7 * x + libm::sin(9.0 * x)).collect();
    let counts: Vec<f64> = (0..11).map(|k| f64::from((k * k) % 5)).collect();
    let design = (0..11).map(|k| vec![1.0, x[k], x[k] * x[k]]).collect::<Vec<_>>();
    let group = (0..11).map(|k| f64::from(k % 3 + 1)).collect();
    BTreeMap::from([
        ("x".to_string(), Data::Vector(x)),
        ("y".to_string(), Data::Vector(y)),
        ("counts".to_string(), Data::Vector(counts)),
        ("group".to_string(), Data::Vector(group)),
        ("design".to_string(), Data::Matrix(Matrix::from_rows(&design))),
        ("cov".to_string(), Data::Matrix(Matrix::from_rows(&[vec![2.0, 0.6], vec![0.6, 1.0]]))),
        ("n".to_string(), Data::Number(11.0)),
    ])
}

fn compiled(parameters: Vec<Parameter>, formula: &str) -> Model {
    Model::compile(parameters, &data(), formula, &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// A model that uses every instruction, forward and backward.
fn everything() -> Model {
    let parameters = vec![
        parameter("a", None, "real"),
        parameter("b", Some(3), "real"),
        parameter("s", None, "> 0"),
        parameter("p", None, "in (0, 1)"),
        parameter("w", Some(3), "simplex"),
        parameter("c", Some(2), "ordered"),
    ];
    let formula = "
        mean = design * b + a * x
        y ~ normal(mean, s)
        y ~ student_t(2 + s, mean, exp(0.1 * b[group]))
        counts ~ poisson_log(a + b[group] * 0.3)
        counts ~ binomial_logit(5, a / s - x)
        counts ~ neg_binomial_2(exp(mean), s)
        w ~ dirichlet([2, 3, s + 1])
        c ~ multi_normal([0.3, a], cov)
        target += log_sum_exp(mean) + dot(mean, x) - sum(mean / (1 + square(b[1]))) * 0.1
        target += sum(log_mix(p, normal_each(y, c[1], s), cauchy_each(y, c[2], 1)))
        target += -0.5 * sum(abs(b))^1.5 + tanh(a)^3 - log1p_exp([a, b[2], s]) * 0.2
        p ~ beta(2.5, s)
        s ~ gamma(2, 3)
        target += -0.1 * (s ^ b[1] + pow(p, 2) + (mean - a) / n)
    ";
    compiled(parameters, formula)
}

fn points(n: usize, dim: usize) -> Vec<f64> {
    let mut u = vec![0.0; n * dim];
    Stream::new(3, Purpose::Audit, 0).fill_normal(&mut u);
    u
}

/// |a − b| in units of the larger of 1 and |b|.
fn off(a: f64, b: f64) -> f64 {
    (a - b).abs() / b.abs().max(1.0)
}

/// The sweep is compared with the evaluation on jets; the bound is the rounding of some thousand
/// sums and products.
#[test]
fn sweeps_give_the_values_and_scores_of_jets() {
    let model = everything();
    let dim = model.dim();
    assert_eq!(dim, 10);
    let u = points(8, dim);
    let (mut values, mut only, mut scores) = (vec![0.0; 8], vec![0.0; 8], vec![0.0; 8 * dim]);
    model.values_and_scores(&u, &mut values, &mut scores).unwrap();
    model.values(&u, &mut only).unwrap();
    assert_eq!(values, only);
    for (k, point) in u.chunks_exact(dim).enumerate() {
        let jet = model.log_density(&JetPoint::<f64>::new(0.0, point, Channels::space_only(dim)).x);
        assert!(off(values[k], jet.real()) < 1e-12, "{} {}", values[k], jet.real());
        for i in 0..dim {
            let ours = scores[k * dim + i];
            assert!(off(ours, jet.dx(i)) < 1e-11, "score {i}: {ours} {}", jet.dx(i));
            assert!(ours != 0.0, "the check cannot fail: the formula does not read coordinate {i}");
        }
    }
}

#[test]
fn laplacians_along_a_root_are_those_of_jets() {
    let model = everything();
    let dim = model.dim();
    let root = DMatrix::from_fn(dim, dim, |i, j| if i == j { 1.0 } else { 0.1 * (i + 2 * j) as f64 / 10.0 });
    let u = points(3, dim);
    let mut laplacians = vec![0.0; 3];
    model.laplacians(&u, &root, &mut laplacians).unwrap();
    let channels = Channels { space: dim, time: false, laplacian: true };
    for (point, ours) in u.chunks_exact(dim).zip(laplacians) {
        let jet = model.log_density(&JetPoint::<f64>::along(point, &root, channels).x).laplacian();
        assert!(off(ours, jet) < 1e-11, "{ours} {jet}");
    }
}

#[test]
fn derivatives_in_every_mode() {
    struct Of(Model);
    impl Formula for Of {
        fn at<S: Scalar>(&self, x: &[S]) -> S {
            self.0.log_density(x) / 100.0
        }
    }
    let of = Of(everything());
    let checks = check_modes(&of, &points(1, 10));
    assert!(checks.iter().all(ModeCheck::passed), "{checks:?}");
}

/// ∫ p dy = 1 on the coordinate of a parameter, by the trapezoidal rule, which converges
/// geometrically.
#[test]
fn densities_are_normalised() {
    let continuous = [
        ("y ~ normal(0.3, 1.7)", "real"),
        ("y ~ half_normal(1.7)", "> 0"),
        ("y ~ student_t(4.5, 0.3, 1.7)", "real"),
        ("y ~ half_cauchy(1.7)", "> 0"),
        ("y ~ logistic(0.3, 1.7)", "real"),
        ("y ~ exponential(1.7)", "> 0"),
        ("y ~ lognormal(0.3, 0.7)", "> 0"),
        ("y ~ gamma(2.3, 1.7)", "> 0"),
        ("y ~ inv_gamma(2.3, 1.7)", "> 0"),
        ("y ~ weibull(2.3, 1.7)", "> 0"),
        ("y ~ beta(2.3, 1.7)", "in (0, 1)"),
        ("y ~ uniform(-1, 3)", "in (-1, 3)"),
    ];
    for (formula, of) in continuous {
        let model = Model::compile(vec![parameter("y", None, of)], &BTreeMap::new(), formula, &[]).unwrap();
        // The range is wide enough for the tail y^−5.5 of Student's t; the steps are fine enough
        // for all.
        let step = 0.02;
        let grid: Vec<f64> = (-15_000..=15_000).map(|k| f64::from(k) * step).collect();
        let mut values = vec![0.0; grid.len()];
        model.values(&grid, &mut values).unwrap();
        let integral: f64 = values.iter().map(|v| libm::exp(*v) * step).sum();
        assert!((integral - 1.0).abs() < 1e-8, "{formula}: {integral}");
    }
    let full =
        Model::compile(vec![parameter("y", None, "> 0")], &BTreeMap::new(), "y ~ cauchy(0, 2)", &[]).unwrap();
    let half = Model::compile(vec![parameter("y", None, "> 0")], &BTreeMap::new(), "y ~ half_cauchy(2)", &[])
        .unwrap();
    let difference: f64 = half.log_density(&[0.4]) - full.log_density(&[0.4]);
    assert!(
        (difference - libm::log(2.0)).abs() < 1e-15,
        "cauchy is the full density, half_cauchy twice that"
    );
}

/// Σ p(y) = 1 over counts, at one value of the parameters.
#[test]
fn counts_are_normalised() {
    let counts = [
        ("poisson(s)", 200, 1.0),
        ("poisson_log(log(s))", 200, 1.0),
        ("neg_binomial_2(s, 1.3)", 2000, 1.0),
        ("geometric(1 / (1 + s))", 2000, 1.0),
        ("bernoulli(1 / (1 + s))", 1, 1.0),
        ("bernoulli_logit(s)", 1, 1.0),
        ("binomial(7, 1 / (1 + s))", 7, 1.0),
        ("binomial_logit(7, s)", 7, 1.0),
    ];
    for (distribution, most, exact) in counts {
        let data = BTreeMap::from([("y".to_string(), Data::Vector((0..=most).map(f64::from).collect()))]);
        let formula = format!("target += log_sum_exp({})", distribution.replacen('(', "_each(y | ", 1));
        let model = Model::compile(vec![parameter("s", None, "real")], &data, &formula, &[]).unwrap();
        let log_sum: f64 = model.log_density(&[2.3]);
        assert!((libm::exp(log_sum) - exact).abs() < 1e-12, "{distribution}: {log_sum}");
    }
}

/// A conjugate regression: log Z in closed form is a ratio of densities at any point.
#[test]
fn sums_and_entries_agree_with_closed_forms() {
    let model = compiled(vec![parameter("m", None, "real")], "y ~ normal(m * x, 0.5); m ~ normal(0, 2)");
    let (Data::Vector(x), Data::Vector(y)) = (&data()["x"], &data()["y"]) else { panic!("vectors") };
    let m = 0.8;
    let normal =
        |y: f64, mu: f64, s: f64| -0.5 * ((y - mu) / s).powi(2) - libm::log(s) - 0.5 * libm::log(2.0 * PI);
    let exact: f64 = x.iter().zip(y).map(|(x, y)| normal(*y, m * x, 0.5)).sum::<f64>() + normal(m, 0.0, 2.0);
    assert!((model.log_density(&[m]) - exact).abs() < 1e-12 * exact.abs());
    let each = compiled(
        vec![parameter("m", None, "real")],
        "target += normal_each(y, m * x, 0.5); m ~ normal(0, 2)",
    );
    assert!((each.log_density(&[m]) - exact).abs() < 1e-12 * exact.abs());
}

#[test]
fn outside_the_support_there_is_no_density() {
    let model = compiled(vec![parameter("m", None, "real")], "m ~ exponential(2)");
    let (mut values, mut scores) = ([0.0; 2], [0.0; 2]);
    model.values_and_scores(&[-1.0, 1.0], &mut values, &mut scores).unwrap();
    assert_eq!((values[0], scores[0], scores[1]), (f64::NEG_INFINITY, 0.0, -2.0));
    assert_eq!(model.log_density(&[-1.0]), f64::NEG_INFINITY);
    let scale = compiled(vec![parameter("s", None, "> 0")], "y ~ normal(0, s)");
    for far in [-800.0, -720.0, -300.0, 800.0] {
        scale.values_and_scores(&[far, 0.1], &mut values, &mut scores).unwrap();
        assert_eq!((values[0], scores[0]), (f64::NEG_INFINITY, 0.0), "at {far}");
        assert!(values[1].is_finite());
        assert!(scale.log_density(&[far]) == f64::NEG_INFINITY);
    }
}

#[test]
fn quantities_are_reported_by_name() {
    let parameters = vec![parameter("b", Some(2), "real"), parameter("s", None, "> 0")];
    let formula = "m = b * s; k = sum(m); k ~ normal(0, 1); s ~ exponential(1)";
    let report = ["m".to_string(), "k".to_string()];
    let model = Model::compile(parameters.clone(), &BTreeMap::new(), formula, &report).unwrap();
    assert_eq!(model.names(), ["b[1]", "b[2]", "log(s)"]);
    assert_eq!(model.constrained_names(), ["b[1]", "b[2]", "s", "m[1]", "m[2]", "k"]);
    assert_eq!(model.constrain(&[1.0, -2.0, 0.0]), [1.0, -2.0, 1.0, 1.0, -2.0, -1.0]);
    let wrong = Model::compile(parameters, &BTreeMap::new(), formula, &["mm".to_string()]).unwrap_err();
    assert!(wrong.to_string().contains("no quantity \"mm\" to report; did you mean \"m\"?"));
}

/// The fault and the text under the carets.
fn fault(formula: &str) -> (Fault, String) {
    let parameters = vec![parameter("m", None, "real"), parameter("b", Some(3), "real")];
    match Model::compile(parameters, &data(), formula, &[]).unwrap_err() {
        ModelError::Formula(error) => (error.fault, formula[error.span.start..error.span.end].to_string()),
        other => panic!("{other}"),
    }
}

#[test]
fn mistakes_are_reported_at_their_places() {
    let shown = |formula: &str| {
        let (fault, at) = fault(formula);
        format!("{fault} @ {at}")
    };
    let cases = [
        ("m ~ normal(0, grup)", "unknown name \"grup\"; did you mean \"group\"? @ grup"),
        ("m ~ norml(0, 1)", "unknown distribution \"norml\"; did you mean \"normal\"? @ norml"),
        ("m ~ normal(0, epx(1))", "unknown function \"epx\"; did you mean \"exp\"? @ epx"),
        ("target += x + b", "+: a vector of 11 and a vector of 3 do not go together @ x + b"),
        ("target += design * x", "*: a 11×3 matrix and a vector of 11 do not go together @ design * x"),
        (
            "y ~ normal(b, 1)",
            "normal with mu: a vector of 11 and a vector of 3 do not go together @ y ~ normal(b",
        ),
        ("y ~ normal(m)", "normal takes 2 arguments, not 1 arguments @ normal"),
        ("y ~ normal(m, -1)", "normal: sigma is -1 and must be positive @ -1"),
        ("y ~ poisson(exp(m))", "poisson: entry 1 of the data is"),
        (
            "counts ~ bernoulli_logit(m)",
            "bernoulli_logit: entry 3 of the data is 4 and must be a whole number from 0 to 1 @ counts",
        ),
        ("m ~ poisson(2)", "a count must be data or a number: it may not depend on parameters @ m"),
        ("target += b[4]", "index 4 is not a whole number from 1 to 3 @ 4"),
        ("target += b[m]", "an index must be data or a number: it may not depend on parameters @ m"),
        ("target += log(x)", "entry 1 is NaN for the data given @ log(x)"),
        ("m = 3", "\"m\" has a meaning already; choose another name @ m"),
        ("k = m", "nothing is added to the log density; write a line such as `mu ~ normal(0, 1)` @ k = m"),
        ("m ~ uniform(2, 1)", "uniform: high is 1 and must be above the lower bound @ 1"),
        (
            "b ~ multi_normal([0, 0, 0], cov)",
            "multi_normal: a vector of 3 and a 2×2 matrix do not go together @ multi_normal",
        ),
    ];
    for (formula, expected) in cases {
        assert!(shown(formula).starts_with(expected), "{formula}: {}", shown(formula));
    }
}

#[test]
fn declarations_and_data_are_checked() {
    let error = |parameters: Vec<Parameter>, data: BTreeMap<String, Data>| {
        Model::compile(parameters, &data, "a ~ normal(0, 1)", &[]).unwrap_err()
    };
    let a = || parameter("a", None, "real");
    let one = |name: &str, data: Data| BTreeMap::from([(name.to_string(), data)]);
    assert_eq!(error(Vec::new(), BTreeMap::new()), ModelError::NoParameters);
    assert_eq!(error(vec![a(), a()], BTreeMap::new()), ModelError::TwoMeanings { name: "a".into() });
    assert_eq!(error(vec![a()], one("a", Data::Number(1.0))), ModelError::TwoMeanings { name: "a".into() });
    assert_eq!(error(vec![a()], one("a b", Data::Number(1.0))), ModelError::NotAName { name: "a b".into() });
    assert_eq!(
        error(vec![a()], one("x", Data::Vector(Vec::new()))),
        ModelError::EmptyData { name: "x".into() }
    );
    let nan = error(vec![a()], one("x", Data::Vector(vec![1.0, f64::INFINITY])));
    assert_eq!(nan, ModelError::DataNotFinite { name: "x".into(), entry: 2, value: f64::INFINITY });
    let ordered = parameter("a", None, "ordered");
    assert_eq!(error(vec![ordered], BTreeMap::new()), ModelError::NeedsVector { name: "a".into() });
}

/// With θ = μ + τη the density of (η, μ, log τ) is that of (θ, μ, log τ) times τ for each entry,
/// and θ is reported.
#[test]
fn offsets_and_multipliers_are_changes_of_variables() {
    let formula =
        "theta ~ normal(mu, tau); y ~ normal(theta[group], 0.5); mu ~ normal(0, 1); tau ~ half_cauchy(1)";
    let affine = Affine { offset: "mu".to_string(), multiplier: "tau".to_string() };
    let theta = Parameter { affine: Some(affine), ..parameter("theta", Some(3), "real") };
    let others = || [parameter("mu", None, "real"), parameter("tau", None, "> 0")];
    let moved = compiled([theta.clone()].into_iter().chain(others()).collect(), formula);
    let plain =
        compiled([parameter("theta", Some(3), "real")].into_iter().chain(others()).collect(), formula);
    let (eta, mu, log_tau) = ([0.3, -1.2, 0.8], 0.4, -0.7);
    let tau = libm::exp(log_tau);
    let theta_at: Vec<f64> = eta.iter().map(|eta| mu + tau * eta).collect();
    let ours: f64 = moved.log_density(&[eta[0], eta[1], eta[2], mu, log_tau]);
    let exact: f64 = plain.log_density(&[theta_at[0], theta_at[1], theta_at[2], mu, log_tau]) + 3.0 * log_tau;
    assert!((ours - exact).abs() < 1e-12 * exact.abs(), "{ours} {exact}");
    let (mut value, mut score) = ([0.0], [0.0; 5]);
    moved.values_and_scores(&[eta[0], eta[1], eta[2], mu, -720.0], &mut value, &mut score).unwrap();
    assert_eq!((value[0], score[4]), (f64::NEG_INFINITY, 0.0), "a subnormal scale has slopes that overflow");
    // However small τ is, nothing of θ − μ is lost: −½|η|² and the prior of log τ, −log π/2 + log
    // τ, are left.
    let alone = "theta ~ normal(mu, tau); mu ~ normal(0, 1); tau ~ half_cauchy(1)";
    let alone = compiled([theta.clone()].into_iter().chain(others()).collect(), alone);
    let at = |log_tau: f64| alone.log_density(&[eta[0], eta[1], eta[2], mu, log_tau]);
    assert!((at(-200.0) - at(-100.0) + 100.0).abs() < 1e-12 * 200.0, "{} {}", at(-200.0), at(-100.0));
    let reported = moved.constrain(&[eta[0], eta[1], eta[2], mu, log_tau]);
    assert_eq!(reported, [theta_at, vec![mu, tau]].concat());
    assert_eq!(moved.names()[1], "(theta[2] - mu) / tau");
    let error = |affine: Affine, of: &str| {
        let theta = Parameter { affine: Some(affine), ..parameter("theta", Some(3), of) };
        Model::compile(vec![theta], &data(), "theta ~ normal(0, 1)", &[]).unwrap_err().to_string()
    };
    let affine = |offset: &str| Affine { offset: offset.to_string(), multiplier: "1".to_string() };
    assert!(error(affine("x"), "real").contains("a vector of 3 and a vector of 11 do not go together"));
    assert!(error(affine("theta"), "real").contains("unknown name \"theta\""));
    assert!(error(affine("0"), "ordered").contains("leave one of them out"));
}
