//! The audit of derivatives: f64, tape, jet, small jet, jet of tape and differences are compared.

use super::{Formula, Jet, JetPoint, Tape, Var, laplacians, values_and_gradients};
use crate::num::{Channels, Scalar};
use nalgebra::DMatrix;

/// The largest difference between two computations of the same numbers, and its bound.
#[derive(Clone, Debug)]
pub struct ModeCheck {
    /// The name of the comparison: the quantity and the two modes.
    pub name: &'static str,
    /// Largest difference, relative to 1 + |number|.
    pub figure: f64,
    /// The bound that the figure must not exceed; [`check_modes`] gives the reason for it.
    pub bound: f64,
}

impl ModeCheck {
    /// Compares `a` with `b`: the figure is the largest |a − b| relative to 1 + |b|. NaN on both
    /// sides agrees; NaN on one side fails.
    pub fn new(name: &'static str, a: &[f64], b: &[f64], bound: f64) -> ModeCheck {
        let figure = if a.len() == b.len() { mismatch(a, b) } else { f64::NAN };
        ModeCheck { name, figure, bound }
    }

    /// Whether the figure is within its bound; a NaN figure never is.
    pub fn passed(&self) -> bool {
        self.figure <= self.bound
    }
}

/// Runs a formula in every mode at `x` and compares values, gradients and Laplacians.
///
/// Bounds: modes that do the same arithmetic in another order agree to a few hundred ε. Central
/// differences with step 1e-5 of order-one numbers carry rounding 1e-11 and truncation near 1e-10
/// times a third derivative; so do differences of the exact score. Small jets do what jets do in
/// the same order, so they agree to the bit.
///
/// # Panics
/// If `x` is empty.
pub fn check_modes(formula: &impl Formula, x: &[f64]) -> Vec<ModeCheck> {
    const SAME: f64 = 1e-12;
    const DIFFERENCE: f64 = 1e-6;
    let d = x.len();
    let value = formula.at(x);
    let (jet_value, jet_gradient, jet_laplacian) = by_jet(formula, x);
    let (small_value, small_gradient, small_laplacian) = by_small_jet(formula, x);
    let (tape_value, tape_gradient) = by_tape(formula, x);
    let (nested_value, nested_gradient, nested_hessian) = by_jet_of_tape(formula, x);
    let trace = (0..d).map(|i| nested_hessian[i * d + i]).sum();
    let differences = central_differences(x, |y| vec![formula.at(y)]);
    let score_differences = central_differences(x, |y| by_jet(formula, y).1);
    let transposed: Vec<f64> = (0..d * d).map(|k| nested_hessian[(k % d) * d + k / d]).collect();
    let check = ModeCheck::new;
    vec![
        check("value: jet and f64", &[jet_value], &[value], SAME),
        check("value: small jet and jet", &[small_value], &[jet_value], 0.0),
        check("value: tape and f64", &[tape_value], &[value], SAME),
        check("value: jet of tape and f64", &[nested_value], &[value], SAME),
        check("gradient: small jet and jet", &small_gradient, &jet_gradient, 0.0),
        check("gradient: tape and jet", &tape_gradient, &jet_gradient, SAME),
        check("gradient: jet of tape and jet", &nested_gradient, &jet_gradient, SAME),
        check("gradient: jet and differences", &jet_gradient, &differences, DIFFERENCE),
        check("Laplacian: small jet and jet", &[small_laplacian], &[jet_laplacian], 0.0),
        check("Laplacian: jet and trace of jet of tape", &[jet_laplacian], &[trace], SAME),
        check("Hessian: jet of tape and its transpose", &nested_hessian, &transposed, SAME),
        check("Hessian: jet of tape and differences", &nested_hessian, &score_differences, DIFFERENCE),
    ]
}

fn by_jet(formula: &impl Formula, x: &[f64]) -> (f64, Vec<f64>, f64) {
    let channels = Channels { space: x.len(), time: false, laplacian: true };
    let at = JetPoint::<f64>::new(0.0, x, channels);
    let jet = formula.at(&at.x);
    (jet.real(), (0..x.len()).map(|i| jet.dx(i)).collect(), jet.laplacian())
}

/// Value, gradient and Laplacian by small jets, or by jets above the dimensions of small jets.
fn by_small_jet(formula: &impl Formula, x: &[f64]) -> (f64, Vec<f64>, f64) {
    let (mut value, mut gradient, mut laplacian) = ([0.0], vec![0.0; x.len()], [0.0]);
    values_and_gradients(formula, x.len(), x, &mut value, &mut gradient);
    laplacians(formula, x, &DMatrix::identity(x.len(), x.len()), &mut laplacian);
    (value[0], gradient, laplacian[0])
}

fn by_tape(formula: &impl Formula, x: &[f64]) -> (f64, Vec<f64>) {
    let tape = Tape::new();
    let inputs: Vec<Var> = x.iter().map(|&v| Var::input(&tape, v)).collect();
    let output = formula.at(&inputs);
    let mut gradient = vec![0.0; x.len()];
    output.gradient(&inputs, &mut Vec::new(), &mut gradient);
    (output.value(), gradient)
}

/// Value, gradient and Hessian (row after row) by jets whose every number is a tape variable: the
/// jet gives the gradient, and one sweep per component gives its own gradient.
fn by_jet_of_tape(formula: &impl Formula, x: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    let tape = Tape::new();
    let d = x.len();
    let inputs: Vec<Var> = x.iter().map(|&v| Var::input(&tape, v)).collect();
    let seeds = JetPoint::<Var>::new(0.0, x, Channels::space_only(d)).x;
    // Each coordinate is a jet with value 0 and unit derivative, plus the variable: the value is on
    // the tape.
    let points: Vec<Jet<Var>> =
        seeds.into_iter().zip(&inputs).zip(x).map(|((s, v), value)| (s - *value) + Jet::lift(*v)).collect();
    let jet = formula.at(&points);
    let mut hessian = vec![0.0; d * d];
    let mut scratch = Vec::new();
    for (i, row) in hessian.chunks_mut(d.max(1)).enumerate() {
        jet.dx(i).gradient(&inputs, &mut scratch, row);
    }
    (jet.value(), (0..d).map(|i| jet.dx(i).value()).collect(), hessian)
}

/// ∂f_j/∂x_i at index i·m + j by central differences, m the length of f.
pub(crate) fn central_differences(x: &[f64], f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut out = Vec::new();
    for i in 0..x.len() {
        let h = 1e-5 * (1.0 + x[i].abs());
        let shifted = |step: f64| {
            let mut y = x.to_vec();
            y[i] += step;
            f(&y)
        };
        out.extend(shifted(h).iter().zip(shifted(-h)).map(|(a, b)| (a - b) / (2.0 * h)));
    }
    out
}

/// Largest |a − b| relative to 1 + |b|; NaN on both sides agrees, NaN on one side gives NaN.
fn mismatch(a: &[f64], b: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for (a, b) in a.iter().zip(b) {
        if a.is_nan() && b.is_nan() || a == b {
            continue;
        }
        let here = (a - b).abs() / (1.0 + b.abs());
        if here.is_nan() {
            return f64::NAN;
        }
        worst = worst.max(here);
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Touches every elementary function, asymmetric in its arguments.
    struct Everything;
    impl Formula for Everything {
        fn at<S: Scalar>(&self, x: &[S]) -> S {
            let (a, b, c) = (x[0].clone(), x[1].clone(), x[2].clone());
            let positive = a.square() + 0.5;
            let first = positive.ln() * b.tanh() + (positive.sqrt() / (b.exp() + 2.0)).sin();
            let second =
                c.softplus() * a.sigmoid() - c.cos() * positive.ln_1p() + (a.clone() * c.clone()).atan();
            let third = positive.powf(1.3) * b.powi(3) + positive.recip() * (c.abs() + 1.0).powi(-2);
            let fourth = positive.ln_gamma() * b.exp_m1();
            first + fourth + second * 0.7 - third / 3.0 + S::weighted_sum(&[0.3, -0.2], &[a.square(), b * c])
        }
    }

    #[test]
    fn all_modes_agree() {
        for x in [[0.3, -0.8, 1.9], [-1.4, 0.2, -0.6]] {
            for check in check_modes(&Everything, &x) {
                assert!(check.passed(), "{}: {:e} > {:e}", check.name, check.figure, check.bound);
            }
        }
    }

    #[test]
    fn nan_in_every_mode_is_agreement() {
        struct Logarithm;
        impl Formula for Logarithm {
            fn at<S: Scalar>(&self, x: &[S]) -> S {
                x[0].sqrt()
            }
        }
        assert!(check_modes(&Logarithm, &[-1.0]).iter().all(ModeCheck::passed));
    }
}
