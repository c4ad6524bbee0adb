//! tanh of a slice without branches, so that it runs in vector registers.

use super::simd::vectorized;

/// Replaces each value by its hyperbolic tangent, with the widest vectors that the processor has.
pub fn tanh_in_place(values: &mut [f64]) {
    vectorized(
        #[inline(always)]
        || values.iter_mut().for_each(|x| *x = tanh(*x)),
    );
}

/// 1/k! for k = 13 down to 2: the coefficients of the Taylor series of (e^r − 1 − r)/r², accurate
/// to 2⁻⁵⁶ on |r| ≤ ½ ln 2.
const INVERSE_FACTORIALS: [f64; 12] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
];

/// Adding 1.5·2⁵² leaves the nearest whole number in the low bits of the mantissa.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts. The first has 32 trailing zero bits, so that k times it is exact (fdlibm).
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The hyperbolic tangent, within 2 ulp, for loops inside [`vectorized`].
///
/// With y = 2|x|: tanh |x| = m/(m + 2), m = e^y − 1, and e^y − 1 = 2^k p(r) + (2^k − 1) after y = k
/// ln 2 + r, |r| ≤ ½ ln 2. NaN stays NaN, ±inf gives ±1. The bits are the same on every processor.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    // Beyond 20 the result is 1 to the last bit. A comparison that is false for NaN lets NaN
    // through.
    let magnitude = if x.abs() > 20.0 { 20.0 } else { x.abs() };
    let y = 2.0 * magnitude;
    let shifted = y.mul_add(std::f64::consts::LOG2_E, ROUND);
    let k = shifted - ROUND;
    let r = k.mul_add(-LN_2_LOW, k.mul_add(-LN_2_HIGH, y));
    let mut series = INVERSE_FACTORIALS[0];
    for coefficient in &INVERSE_FACTORIALS[1..] {
        series = series.mul_add(r, *coefficient);
    }
    let p = (r * r).mul_add(series, r);
    let two_to_k = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let m = two_to_k.mul_add(p, two_to_k - 1.0);
    (m / (m + 2.0)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst_ulp(twist: f64) -> f64 {
        let mut points: Vec<f64> = (-4000..=4000).map(|k| f64::from(k) * 0.00537).collect();
        points.extend((1..300).map(|k| 0.9f64.powi(k)));
        let mut ours = points.clone();
        tanh_in_place(&mut ours);
        let ulps = points.iter().zip(&ours).map(|(x, y)| {
            let exact = libm::tanh(*x);
            let ulp = (f64::from_bits(exact.abs().to_bits() + 1) - exact.abs()).max(f64::MIN_POSITIVE);
            (y * (1.0 + twist) - exact).abs() / ulp
        });
        ulps.fold(0.0, f64::max)
    }

    #[test]
    fn within_two_ulp_of_libm_plus_its_own() {
        // libm is itself within 1 ulp; tests/tanh_table.rs holds ours to 2 against exact digits.
        assert!(worst_ulp(0.0) <= 3.0, "{}", worst_ulp(0.0));
        assert!(worst_ulp(1e-15) > 3.0, "the check cannot fail");
    }

    #[test]
    fn edges() {
        let mut v = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-320, -30.0];
        tanh_in_place(&mut v);
        assert_eq!(v[0].to_bits(), 0.0f64.to_bits());
        assert_eq!(v[1].to_bits(), (-0.0f64).to_bits());
        assert_eq!((v[2], v[3], v[6]), (1.0, -1.0, -1.0));
        assert!(v[4].is_nan());
        assert_eq!(v[5], 1e-320);
    }
}
