//! Functions of one argument that act on every entry, by name.

use super::builder::{Builder, Place};
use pushforward::num::Elementary;

/// Writes the instructions of a function that acts on every entry.
pub(super) type OfEach = fn(&mut Builder, Place) -> Place;

/// The name and the writer of each function; the functions are those of Stan.
pub(super) const OF_EACH: [(&str, OfEach); 21] = [
    ("exp", |b, a| b.elementary(Elementary::Exp, a)),
    ("expm1", |b, a| b.elementary(Elementary::Expm1, a)),
    ("log", |b, a| b.log(a)),
    ("log1p", |b, a| b.elementary(Elementary::Ln1p, a)),
    ("log1m", |b, a| {
        let minus = b.negate(a);
        b.elementary(Elementary::Ln1p, minus)
    }),
    ("log1p_exp", |b, a| b.elementary(Elementary::Softplus, a)),
    ("sqrt", |b, a| b.elementary(Elementary::Sqrt, a)),
    ("square", |b, a| b.square(a)),
    ("inv", |b, a| b.elementary(Elementary::Recip, a)),
    ("abs", |b, a| b.elementary(Elementary::Abs, a)),
    ("fabs", |b, a| b.elementary(Elementary::Abs, a)),
    ("sin", |b, a| b.elementary(Elementary::Sin, a)),
    ("cos", |b, a| b.elementary(Elementary::Cos, a)),
    ("atan", |b, a| b.elementary(Elementary::Atan, a)),
    ("tanh", |b, a| b.elementary(Elementary::Tanh, a)),
    ("lgamma", |b, a| b.elementary(Elementary::LnGamma, a)),
    ("inv_logit", |b, a| b.elementary(Elementary::Sigmoid, a)),
    ("logistic", |b, a| b.elementary(Elementary::Sigmoid, a)),
    ("logit", |b, a| {
        let (log, minus) = (b.log(a), b.negate(a));
        let log_rest = b.elementary(Elementary::Ln1p, minus);
        b.subtract(log, log_rest)
    }),
    ("log_inv_logit", |b, a| {
        let minus = b.negate(a);
        let tail = b.elementary(Elementary::Softplus, minus);
        b.negate(tail)
    }),
    ("log1m_inv_logit", |b, a| {
        let tail = b.elementary(Elementary::Softplus, a);
        b.negate(tail)
    }),
];

/// The names of the other functions, whose shapes [`Compiler`](super::compiler::Compiler) knows.
pub(super) const OTHERS: [&str; 13] = [
    "sum",
    "mean",
    "sd",
    "dot",
    "dot_product",
    "log_sum_exp",
    "log_mix",
    "pow",
    "length",
    "size",
    "rows",
    "cols",
    "pi",
];
