//! Log densities by name with their normalising constants, as the pieces that sum to them.

use super::builder::{Builder, Place};
use pushforward::num::Elementary;
use std::f64::consts::PI;

/// The values at which a distribution has a density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Support {
    Real,
    /// y > 0, or y ≥ 0 where the density is finite at 0.
    Positive,
    NotNegative,
    /// The interval 0 < y < 1.
    Unit,
    /// The interval between the two arguments, which are numbers.
    Arguments,
    /// The counts 0, 1, 2, …, which must be data.
    Counts,
    /// The values 0 and 1, which must be data.
    Binary,
    /// The counts 0, 1, … up to the first argument; both must be data.
    CountsUpToFirst,
}

/// The values that an argument may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Need {
    Any,
    Positive,
    Unit,
    Counts,
}

/// A distribution of numbers that are independent of one another.
pub(super) struct Distribution {
    pub name: &'static str,
    pub arguments: &'static [(&'static str, Need)],
    pub support: Support,
    /// The log density of each entry as a sum of pieces; a piece of length 1 counts for every
    /// entry.
    pub pieces: fn(&mut Builder, Place, &[Place]) -> Vec<Place>,
}

use Need::{Any, Counts, Positive, Unit};

const fn entry(
    name: &'static str,
    arguments: &'static [(&'static str, Need)],
    support: Support,
    pieces: fn(&mut Builder, Place, &[Place]) -> Vec<Place>,
) -> Distribution {
    Distribution { name, arguments, support, pieces }
}

const LOCATION_SCALE: &[(&str, Need)] = &[("mu", Any), ("sigma", Positive)];
const SHAPE_RATE: &[(&str, Need)] = &[("alpha", Positive), ("beta", Positive)];

/// All distributions of numbers; `docs/formula.md` has their formulas.
pub(super) const DISTRIBUTIONS: [Distribution; 22] = [
    entry("normal", LOCATION_SCALE, Support::Real, normal),
    entry("half_normal", &[("sigma", Positive)], Support::NotNegative, half_normal),
    entry("student_t", &[("nu", Positive), ("mu", Any), ("sigma", Positive)], Support::Real, student_t),
    entry("cauchy", LOCATION_SCALE, Support::Real, cauchy),
    entry("half_cauchy", &[("sigma", Positive)], Support::NotNegative, half_cauchy),
    entry("logistic", LOCATION_SCALE, Support::Real, logistic),
    entry("double_exponential", LOCATION_SCALE, Support::Real, double_exponential),
    entry("exponential", &[("rate", Positive)], Support::NotNegative, exponential),
    entry("lognormal", LOCATION_SCALE, Support::Positive, lognormal),
    entry("gamma", SHAPE_RATE, Support::Positive, gamma),
    entry("inv_gamma", SHAPE_RATE, Support::Positive, inv_gamma),
    entry("weibull", &[("alpha", Positive), ("sigma", Positive)], Support::Positive, weibull),
    entry("beta", SHAPE_RATE, Support::Unit, beta),
    entry("uniform", &[("low", Any), ("high", Any)], Support::Arguments, uniform),
    entry("poisson", &[("rate", Positive)], Support::Counts, poisson),
    entry("poisson_log", &[("eta", Any)], Support::Counts, poisson_log),
    entry("neg_binomial_2", &[("mu", Positive), ("phi", Positive)], Support::Counts, neg_binomial_2),
    entry("bernoulli", &[("p", Unit)], Support::Binary, bernoulli),
    entry("bernoulli_logit", &[("eta", Any)], Support::Binary, bernoulli_logit),
    entry("binomial", &[("n", Counts), ("p", Unit)], Support::CountsUpToFirst, binomial),
    entry("binomial_logit", &[("n", Counts), ("eta", Any)], Support::CountsUpToFirst, binomial_logit),
    entry("geometric", &[("p", Unit)], Support::Counts, geometric),
];

/// The standardised value (y − μ)/σ.
fn standard(b: &mut Builder, y: Place, mu: Place, sigma: Place) -> Place {
    let centred = b.subtract(y, mu);
    b.divide(centred, sigma)
}

fn minus_log(b: &mut Builder, a: Place) -> Place {
    let log = b.log(a);
    b.negate(log)
}

fn log_gamma(b: &mut Builder, a: Place) -> Place {
    b.elementary(Elementary::LnGamma, a)
}

/// The logarithm of the complement, log(1 − p).
fn log_complement(b: &mut Builder, p: Place) -> Place {
    let minus = b.negate(p);
    b.elementary(Elementary::Ln1p, minus)
}

/// −½z² − log σ − ½ log 2π, z = (y − μ)/σ
fn normal(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let z = standard(b, y, args[0], args[1]);
    let square = b.square(z);
    vec![b.scale(square, -0.5), minus_log(b, args[1]), b.constant(-0.5 * libm::log(2.0 * PI))]
}

fn half_normal(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let zero = b.constant(0.0);
    let mut pieces = normal(b, y, &[zero, args[0]]);
    pieces.push(b.constant(libm::log(2.0)));
    pieces
}

/// −log π − log σ − log(1 + z²)
fn cauchy(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let z = standard(b, y, args[0], args[1]);
    let square = b.square(z);
    let tail = b.elementary(Elementary::Ln1p, square);
    vec![b.negate(tail), minus_log(b, args[1]), b.constant(-libm::log(PI))]
}

fn half_cauchy(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let zero = b.constant(0.0);
    let mut pieces = cauchy(b, y, &[zero, args[0]]);
    pieces.push(b.constant(libm::log(2.0)));
    pieces
}

/// log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log(πν) − log σ − (ν + 1)/2 · log(1 + z²/ν)
fn student_t(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let nu = args[0];
    let z = standard(b, y, args[1], args[2]);
    let square = b.square(z);
    let ratio = b.divide(square, nu);
    let tail = b.elementary(Elementary::Ln1p, ratio);
    let half = b.scale(nu, 0.5);
    let power = b.shift(half, 0.5);
    let weighted = b.multiply(power, tail);
    let above = log_gamma(b, power);
    let below = log_gamma(b, half);
    let log_nu = b.log(nu);
    vec![
        b.negate(weighted),
        above,
        b.negate(below),
        b.scale(log_nu, -0.5),
        minus_log(b, args[2]),
        b.constant(-0.5 * libm::log(PI)),
    ]
}

/// −z − log σ − 2 log(1 + e^−z)
fn logistic(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let z = standard(b, y, args[0], args[1]);
    let minus = b.negate(z);
    let tail = b.elementary(Elementary::Softplus, minus);
    vec![minus, b.scale(tail, -2.0), minus_log(b, args[1])]
}

/// −|z| − log 2σ
fn double_exponential(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let z = standard(b, y, args[0], args[1]);
    let distance = b.elementary(Elementary::Abs, z);
    vec![b.negate(distance), minus_log(b, args[1]), b.constant(-libm::log(2.0))]
}

/// log λ − λy
fn exponential(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let product = b.multiply(args[0], y);
    vec![b.log(args[0]), b.negate(product)]
}

/// −½z² − log σ − ½ log 2π − log y, z = (log y − μ)/σ
fn lognormal(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let log_y = b.log(y);
    let mut pieces = normal(b, log_y, args);
    pieces.push(b.negate(log_y));
    pieces
}

/// α log β − log Γ(α) + (α − 1) log y − βy
fn gamma(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let log_y = b.log(y);
    let product = b.multiply(args[1], y);
    let mut pieces = gamma_constant(b, args);
    let power = b.shift(args[0], -1.0);
    pieces.extend([b.multiply(power, log_y), b.negate(product)]);
    pieces
}

/// α log β − log Γ(α) − (α + 1) log y − β/y
fn inv_gamma(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let log_y = b.log(y);
    let ratio = b.divide(args[1], y);
    let mut pieces = gamma_constant(b, args);
    let power = b.shift(args[0], 1.0);
    let product = b.multiply(power, log_y);
    pieces.extend([b.negate(product), b.negate(ratio)]);
    pieces
}

/// α log β − log Γ(α)
fn gamma_constant(b: &mut Builder, args: &[Place]) -> Vec<Place> {
    let log_rate = b.log(args[1]);
    let log_gamma = log_gamma(b, args[0]);
    vec![b.multiply(args[0], log_rate), b.negate(log_gamma)]
}

/// log(α/σ) + (α − 1) log(y/σ) − (y/σ)^α
fn weibull(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let ratio = b.divide(y, args[1]);
    let log_ratio = b.log(ratio);
    let product = b.multiply(args[0], log_ratio);
    let power = b.elementary(Elementary::Exp, product);
    vec![b.log(args[0]), minus_log(b, args[1]), product, b.negate(log_ratio), b.negate(power)]
}

/// (α − 1) log y + (β − 1) log(1 − y) + log Γ(α + β) − log Γ(α) − log Γ(β)
fn beta(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let (log_y, log_rest) = (b.log(y), log_complement(b, y));
    let (first, second) = (b.shift(args[0], -1.0), b.shift(args[1], -1.0));
    let both = b.add(args[0], args[1]);
    let (of_first, of_second) = (log_gamma(b, args[0]), log_gamma(b, args[1]));
    vec![
        b.multiply(first, log_y),
        b.multiply(second, log_rest),
        log_gamma(b, both),
        b.negate(of_first),
        b.negate(of_second),
    ]
}

/// The log density −log(b − a) of the uniform distribution.
fn uniform(b: &mut Builder, _: Place, args: &[Place]) -> Vec<Place> {
    let width = b.subtract(args[1], args[0]);
    vec![minus_log(b, width)]
}

/// The negative logarithm of the factorial, −log y!.
fn minus_log_factorial(b: &mut Builder, y: Place) -> Place {
    let next = b.shift(y, 1.0);
    let log = log_gamma(b, next);
    b.negate(log)
}

/// y log λ − λ − log y!
fn poisson(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let log_rate = b.log(args[0]);
    vec![b.multiply(y, log_rate), b.negate(args[0]), minus_log_factorial(b, y)]
}

/// yη − e^η − log y!
fn poisson_log(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let rate = b.elementary(Elementary::Exp, args[0]);
    vec![b.multiply(y, args[0]), b.negate(rate), minus_log_factorial(b, y)]
}

/// log Γ(y + φ) − log Γ(φ) − log y! + φ log φ + y log μ − (y + φ) log(μ + φ)
fn neg_binomial_2(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let (mu, phi) = (args[0], args[1]);
    let (count, both) = (b.add(y, phi), b.add(mu, phi));
    let (log_mu, log_phi, log_both) = (b.log(mu), b.log(phi), b.log(both));
    let of_phi = log_gamma(b, phi);
    let last = b.multiply(count, log_both);
    vec![
        log_gamma(b, count),
        b.negate(of_phi),
        minus_log_factorial(b, y),
        b.multiply(phi, log_phi),
        b.multiply(y, log_mu),
        b.negate(last),
    ]
}

/// y log p + (1 − y) log(1 − p)
fn bernoulli(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let one = b.constant(1.0);
    chances(b, y, one, args[0])
}

/// yη − log(1 + e^η)
fn bernoulli_logit(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let one = b.constant(1.0);
    chances_logit(b, y, one, args[0])
}

/// y log p + (n − y) log(1 − p)
fn chances(b: &mut Builder, y: Place, n: Place, p: Place) -> Vec<Place> {
    let (log_p, log_rest, rest) = (b.log(p), log_complement(b, p), b.subtract(n, y));
    vec![b.multiply(y, log_p), b.multiply(rest, log_rest)]
}

/// yη − n log(1 + e^η)
fn chances_logit(b: &mut Builder, y: Place, n: Place, eta: Place) -> Vec<Place> {
    let log_odds = b.elementary(Elementary::Softplus, eta);
    let all = b.multiply(n, log_odds);
    vec![b.multiply(y, eta), b.negate(all)]
}

/// log(n! / (y! (n − y)!))
fn log_binomial(b: &mut Builder, y: Place, n: Place) -> Vec<Place> {
    let rest = b.subtract(n, y);
    let all = minus_log_factorial(b, n);
    vec![b.negate(all), minus_log_factorial(b, y), minus_log_factorial(b, rest)]
}

fn binomial(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let mut pieces = chances(b, y, args[0], args[1]);
    pieces.extend(log_binomial(b, y, args[0]));
    pieces
}

fn binomial_logit(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let mut pieces = chances_logit(b, y, args[0], args[1]);
    pieces.extend(log_binomial(b, y, args[0]));
    pieces
}

/// log p + y log(1 − p)
fn geometric(b: &mut Builder, y: Place, args: &[Place]) -> Vec<Place> {
    let log_rest = log_complement(b, args[0]);
    vec![b.log(args[0]), b.multiply(y, log_rest)]
}
