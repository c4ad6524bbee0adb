//! The logarithm of the gamma function and its derivatives.

/// ln Γ(x) (order 0), ψ(x), ψ′(x) or ψ″(x) (orders 1 to 3) for x > 0. At 0 it is what IEEE division
/// gives, below 0 NaN.
///
/// Derivatives use the recurrence ψ(x) = ψ(x + 1) − 1/x up to x ≥ 12, then Stirling's series
/// (Abramowitz & Stegun 6.3.18, 6.4.11 to 6.4.14), whose first omitted term is below 1e-17 there.
///
/// # Panics
/// If `order > 3`.
pub(super) fn ln_gamma(x: f64, order: usize) -> f64 {
    assert!(order <= 3, "the gamma function carries derivatives up to order 3, not {order}");
    // The comparison alone would let NaN pass.
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if order == 0 {
        return libm::lgamma(x);
    }
    if x == f64::INFINITY {
        return if order == 1 { x } else { 0.0 };
    }
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < 12.0 {
        let inverse = 1.0 / shifted;
        sum += [-inverse, inverse * inverse, -2.0 * inverse * inverse * inverse][order - 1];
        shifted += 1.0;
    }
    sum + asymptotic(shifted, order)
}

/// The Bernoulli numbers B₂ₖ for k from 1.
const BERNOULLI: [f64; 8] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
];

fn asymptotic(x: f64, order: usize) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let leading = match order {
        1 => libm::log(x) - 0.5 * inverse,
        2 => inverse + 0.5 * square,
        _ => -square - square * inverse,
    };
    // The smallest terms are added first.
    let mut series = 0.0;
    for (k, bernoulli) in BERNOULLI.iter().enumerate().rev() {
        let n = 2.0 * (k + 1) as f64;
        let factor = [-1.0 / n, 1.0, -(n + 1.0)][order - 1];
        series = series * square + bernoulli * factor;
    }
    // The first term of the series has the power 2, 3 or 4 of 1/x.
    leading + series * [square, square * inverse, square * square][order - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    const EULER: f64 = 0.577_215_664_901_532_9;
    const ZETA_3: f64 = 1.202_056_903_159_594_3;
    const PI: f64 = std::f64::consts::PI;

    /// ψ(1), ψ(½), ψ′(1), ψ′(½), ψ″(1), ψ″(½) in closed form (Abramowitz & Stegun 6.3.2, 6.3.3,
    /// 6.4.2, 6.4.4).
    #[test]
    fn closed_forms() {
        let close = |ours: f64, exact: f64| {
            // A dozen recurrence steps, each with a rounding of its own size.
            assert!((ours - exact).abs() < 1e-14 * (1.0 + exact.abs()), "{ours} {exact}");
        };
        close(ln_gamma(1.0, 1), -EULER);
        close(ln_gamma(0.5, 1), -EULER - 2.0 * libm::log(2.0));
        close(ln_gamma(1.0, 2), PI * PI / 6.0);
        close(ln_gamma(0.5, 2), PI * PI / 2.0);
        close(ln_gamma(1.0, 3), -2.0 * ZETA_3);
        close(ln_gamma(0.5, 3), -14.0 * ZETA_3);
        close(ln_gamma(5.0, 0), libm::log(24.0));
    }

    /// The recurrence and the series agree on both sides of the point where the series takes over.
    #[test]
    fn the_recurrence_holds() {
        for x in [0.3, 7.7, 11.2, 11.99, 12.0, 40.0, 1e6] {
            let steps = [1.0 / x, -1.0 / (x * x), 2.0 / (x * x * x)];
            for order in 1..=3 {
                let difference = ln_gamma(x + 1.0, order) - ln_gamma(x, order);
                let size = ln_gamma(x, order).abs();
                assert!((difference - steps[order - 1]).abs() < 1e-14 * (1.0 + size), "{x} {order}");
            }
        }
    }

    #[test]
    fn outside_the_domain() {
        assert!((0..=3).all(|order| ln_gamma(-0.5, order).is_nan() && ln_gamma(f64::NAN, order).is_nan()));
        assert_eq!((ln_gamma(0.0, 0), ln_gamma(0.0, 1)), (f64::INFINITY, f64::NEG_INFINITY));
        assert_eq!((ln_gamma(f64::INFINITY, 1), ln_gamma(f64::INFINITY, 2)), (f64::INFINITY, 0.0));
    }
}
