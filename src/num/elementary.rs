//! Derivatives up to order 3 of every elementary function: no other place writes such a derivative.

use super::gamma::ln_gamma;

/// An elementary function of one variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Elementary {
    /// The exponential function e^x.
    Exp,
    /// The natural logarithm ln x.
    Ln,
    /// The square root √x.
    Sqrt,
    /// The reciprocal number 1/x.
    Recip,
    /// The square x² = x·x.
    Square,
    /// The sine of an angle in radians.
    Sin,
    /// The cosine of an angle in radians.
    Cos,
    /// The hyperbolic tangent tanh x.
    Tanh,
    /// The softplus ln(1 + e^x).
    Softplus,
    /// The logistic sigmoid 1/(1 + e^−x).
    Sigmoid,
    /// ln(1 + x), accurate near 0.
    Ln1p,
    /// e^x − 1, accurate near 0.
    Expm1,
    /// ln Γ(x) for x > 0.
    LnGamma,
    /// The arc tangent in radians.
    Atan,
    /// |x|, whose derivative at 0 is 0.
    Abs,
    /// x^n for a whole n.
    Powi(i32),
    /// x^p for a real p.
    Powf(f64),
}

impl Elementary {
    /// One of each function, for audits.
    pub const ALL: [Elementary; 19] = [
        Elementary::Exp,
        Elementary::Ln,
        Elementary::Sqrt,
        Elementary::Recip,
        Elementary::Square,
        Elementary::Sin,
        Elementary::Cos,
        Elementary::Tanh,
        Elementary::Softplus,
        Elementary::Sigmoid,
        Elementary::Ln1p,
        Elementary::Expm1,
        Elementary::LnGamma,
        Elementary::Atan,
        Elementary::Abs,
        Elementary::Powi(3),
        Elementary::Powi(-2),
        Elementary::Powf(1.7),
        Elementary::Powf(-0.4),
    ];

    /// The derivative of order 0 to 3 at `x`. NaN and ±inf are as IEEE arithmetic and libm give
    /// them.
    ///
    /// All transcendental functions are those of libm, so that the bits are the same on every
    /// platform.
    ///
    /// # Panics
    /// If `order > 3`.
    #[inline]
    pub fn derivative(self, x: f64, order: usize) -> f64 {
        assert!(order <= 3, "elementary functions carry derivatives up to order 3, not {order}");
        match self {
            Elementary::Exp => libm::exp(x),
            Elementary::Ln => match order {
                0 => libm::log(x),
                _ => power(1.0, -1, x, order - 1),
            },
            Elementary::Sqrt => match order {
                0 => x.sqrt(),
                1 => 0.5 / x.sqrt(),
                2 => -0.25 / (x * x.sqrt()),
                _ => 0.375 / (x * x * x.sqrt()),
            },
            Elementary::Recip => power(1.0, -1, x, order),
            Elementary::Square => [x * x, 2.0 * x, 2.0, 0.0][order],
            Elementary::Sin => circular(x, order),
            Elementary::Cos => circular(x, order + 1),
            Elementary::Tanh => hyperbolic_tangent(x, order),
            Elementary::Softplus => match order {
                0 => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
                _ => logistic(x, order - 1),
            },
            Elementary::Sigmoid => logistic(x, order),
            Elementary::Ln1p => match order {
                0 => libm::log1p(x),
                _ => power(1.0, -1, 1.0 + x, order - 1),
            },
            Elementary::Expm1 => match order {
                0 => libm::expm1(x),
                _ => libm::exp(x),
            },
            Elementary::LnGamma => ln_gamma(x, order),
            Elementary::Atan => {
                let w = 1.0 / (1.0 + x * x);
                match order {
                    0 => libm::atan(x),
                    1 => w,
                    2 => -2.0 * x * w * w,
                    _ => (6.0 * x * x - 2.0) * w * w * w,
                }
            }
            Elementary::Abs => match order {
                0 => x.abs(),
                1 if x == 0.0 => 0.0,
                1 => x.signum(),
                _ => 0.0 * x,
            },
            Elementary::Powi(n) => power(1.0, n, x, order),
            Elementary::Powf(p) => {
                let mut coefficient = 1.0;
                for k in 0..order {
                    coefficient *= p - k as f64;
                }
                coefficient * libm::pow(x, p - order as f64)
            }
        }
    }

    /// The derivatives of order `order` to `order + N − 1` at `x`, with the bits of
    /// [`Elementary::derivative`].
    ///
    /// # Panics
    /// If `order + N > 4`.
    ///
    /// # Cost
    /// N calls of [`Elementary::derivative`], except that e^x, its own derivative, is computed
    /// once.
    #[inline]
    pub fn derivatives<const N: usize>(self, x: f64, order: usize) -> [f64; N] {
        assert!(order + N <= 4, "elementary functions carry derivatives up to order 3");
        match self {
            Elementary::Exp => [libm::exp(x); N],
            other => std::array::from_fn(|k| other.derivative(x, order + k)),
        }
    }
}

/// d^order/dx^order of coefficient·x^n; exactly 0 above the degree of a polynomial.
fn power(coefficient: f64, n: i32, x: f64, order: usize) -> f64 {
    if order == 0 {
        return coefficient * whole_power(x, n);
    }
    if n == 0 {
        return 0.0;
    }
    power(coefficient * n as f64, n - 1, x, order - 1)
}

/// x^n by squaring: the same bits everywhere, unlike `f64::powi`.
fn whole_power(x: f64, n: i32) -> f64 {
    let (mut base, mut left) = (x, n.unsigned_abs());
    let mut product = 1.0;
    while left > 0 {
        if left & 1 == 1 {
            product *= base;
        }
        base *= base;
        left >>= 1;
    }
    if n < 0 { 1.0 / product } else { product }
}

/// sin(x + order·π/2), without rounding the shift.
fn circular(x: f64, order: usize) -> f64 {
    match order % 4 {
        0 => libm::sin(x),
        1 => libm::cos(x),
        2 => -libm::sin(x),
        _ => -libm::cos(x),
    }
}

fn hyperbolic_tangent(x: f64, order: usize) -> f64 {
    let a = libm::tanh(x);
    // 1 − a² loses every digit once |x| > 18; sech² from the exponential keeps them.
    let e = libm::exp(-2.0 * x.abs());
    let first = 4.0 * e / ((1.0 + e) * (1.0 + e));
    match order {
        0 => a,
        1 => first,
        2 => -2.0 * a * first,
        _ => first * (4.0 * a * a - 2.0 * first),
    }
}

fn logistic(x: f64, order: usize) -> f64 {
    let e = libm::exp(-x.abs());
    let (small, large) = (e / (1.0 + e), 1.0 / (1.0 + e));
    let (s, rest) = if x >= 0.0 { (large, small) } else { (small, large) };
    let first = s * rest;
    match order {
        0 => s,
        1 => first,
        2 => first * (rest - s),
        _ => first * ((rest - s) * (rest - s) - 2.0 * first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest mismatch between a derivative and a central difference of the order below it.
    fn worst_slope_mismatch(shift: f64) -> f64 {
        let mut worst = 0.0f64;
        for function in Elementary::ALL {
            for x in [0.31, 0.9, 1.7, 2.6] {
                for order in 1..=3 {
                    let h = 1e-5;
                    let below = |y: f64| function.derivative(y, order - 1);
                    let slope = (below(x + h) - below(x - h)) / (2.0 * h);
                    let ours = function.derivative(x, order) + shift;
                    worst = worst.max((slope - ours).abs() / (1.0 + ours.abs()));
                }
            }
        }
        worst
    }

    #[test]
    fn every_order_is_the_slope_of_the_one_below() {
        // Rounding of the difference is eps/h = 2e-11, truncation h² f‴ᐟ/6 up to 1e-9 near 0.3.
        assert!(worst_slope_mismatch(0.0) < 5e-8);
        assert!(worst_slope_mismatch(1e-6) > 1e-7, "the check cannot fail");
    }

    #[test]
    fn odd_arguments_of_even_and_odd_functions() {
        for x in [0.2, 1.3, 19.0, 300.0] {
            for order in 0..=3 {
                let sign = if order % 2 == 0 { -1.0 } else { 1.0 };
                let f = |y| Elementary::Tanh.derivative(y, order);
                assert_eq!(f(-x), sign * f(x));
            }
        }
    }

    #[test]
    fn tails_stay_accurate() {
        let first = Elementary::Tanh.derivative(20.0, 1);
        assert!((first / (4.0 * libm::exp(-40.0)) - 1.0).abs() < 1e-14);
        assert_eq!(Elementary::Softplus.derivative(-800.0, 0), 0.0);
        assert_eq!(Elementary::Softplus.derivative(800.0, 0), 800.0);
        assert_eq!(Elementary::Sigmoid.derivative(-800.0, 0), 0.0);
    }

    #[test]
    fn polynomials_end() {
        assert_eq!(Elementary::Powi(2).derivative(0.0, 3), 0.0);
        assert_eq!(Elementary::Powi(3).derivative(2.0, 3), 6.0);
    }
}
