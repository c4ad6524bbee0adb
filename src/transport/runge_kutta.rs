//! Dormand-Prince 5(4): an adaptive Runge-Kutta method whose last stage is the first of the next
//! step.

/// Error that a step may have: |error_k| ≤ absolute + relative·|y_k| for every component k.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Absolute part of the tolerance, in the units of y.
    pub absolute: f64,
    /// Relative part of the tolerance, a multiple of |y|.
    pub relative: f64,
}

impl Default for Tolerance {
    /// Both parts are 1e-6. The errors of log weights are then near 1e-5, far below the Monte Carlo
    /// error of any practical number of draws.
    fn default() -> Tolerance {
        Tolerance { absolute: 1e-6, relative: 1e-6 }
    }
}

/// Cost of an integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Number of accepted steps.
    pub steps: usize,
    /// Number of rejected steps.
    pub rejected: usize,
    /// Number of evaluations of the right-hand side.
    pub evaluations: usize,
}

/// The step size fell below the resolution of time, or there were too many steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepTooSmall {
    /// Time up to which the integration succeeded.
    pub time: f64,
    /// Index of the component with the largest error.
    pub component: usize,
}

/// Nodes of the stages (Hairer, Nørsett & Wanner, Solving ODEs I, table II.5.2).
const C: [f64; 6] = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];
/// Weights of the stages. The last row is the fifth-order solution.
const A: [&[f64]; 6] = [
    &[1.0 / 5.0],
    &[3.0 / 40.0, 9.0 / 40.0],
    &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
    &[19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0],
    &[9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0],
    &[35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
];
/// Fifth-order weights minus the embedded fourth-order ones.
const E: [f64; 7] =
    [71.0 / 57600.0, 0.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0];

/// A step may shrink to a fifth or grow fivefold, with a safety factor of 0.9 (Hairer et al.,
/// II.4).
const SHRINK: f64 = 0.2;
const GROW: f64 = 5.0;
const SAFETY: f64 = 0.9;
/// The first step is short enough for any field of order one. If it is wrong by a factor of 100,
/// that costs three rejections.
const FIRST_STEP: f64 = 1e-2;
/// A shorter step would be lost in the rounding of t in [0, 1].
const SMALLEST_STEP: f64 = 1e-12;

/// Ten times what the roughest flows of the tests take. A stiffer field would delay a fit by
/// minutes.
const MOST_STEPS: usize = 5000;

/// Integrates dy/dt = f(t, y) from t = 0 to t = 1, in place. `f` writes its result into the second
/// slice.
///
/// `watch(t, y)` is called once at the start and after every accepted step.
///
/// # Errors
/// [`StepTooSmall`] if the field is not smooth or not finite near the time given, or if it needs
/// more than 5000 steps.
///
/// # Cost
/// Six evaluations of `f` per tried step, and one at the start.
pub fn integrate(
    y: &mut [f64],
    tolerance: Tolerance,
    mut f: impl FnMut(f64, &[f64], &mut [f64]),
    mut watch: impl FnMut(f64, &[f64]),
) -> Result<Work, StepTooSmall> {
    let n = y.len();
    let mut stages = vec![vec![0.0; n]; 7];
    let mut trial = vec![0.0; n];
    let (mut t, mut h) = (0.0, FIRST_STEP);
    f(t, y, &mut stages[0]);
    let mut work = Work { evaluations: 1, ..Work::default() };
    watch(t, y);
    while t < 1.0 {
        let last = t + h >= 1.0;
        if last {
            h = 1.0 - t;
        }
        for s in 0..6 {
            combine(&mut trial, y, h, A[s], &stages[..=s]);
            let (_, rest) = stages.split_at_mut(s + 1);
            f(t + C[s] * h, &trial, &mut rest[0]);
        }
        work.evaluations += 6;
        let (error, component) = scaled_error(y, &trial, h, &stages, tolerance);
        let factor = SAFETY * libm::pow(error, -0.2);
        if error <= 1.0 {
            t = if last { 1.0 } else { t + h };
            y.copy_from_slice(&trial);
            stages.swap(0, 6);
            work.steps += 1;
            watch(t, y);
            h *= factor.clamp(SHRINK, GROW);
        } else {
            work.rejected += 1;
            // A NaN error shrinks the step as far as allowed.
            h *= if factor.is_nan() { SHRINK } else { factor.clamp(SHRINK, 1.0) };
        }
        if t < 1.0 && (h < SMALLEST_STEP || work.steps + work.rejected > MOST_STEPS) {
            return Err(StepTooSmall { time: t, component });
        }
    }
    Ok(work)
}

/// out = y + h Σ_s weights[s]·stages[s].
fn combine(out: &mut [f64], y: &[f64], h: f64, weights: &[f64], stages: &[Vec<f64>]) {
    out.copy_from_slice(y);
    for (weight, stage) in weights.iter().zip(stages) {
        if *weight != 0.0 {
            out.iter_mut().zip(stage).for_each(|(o, k)| *o += h * weight * k);
        }
    }
}

/// Largest ratio of an error to its tolerance, and its component. NaN counts as the largest.
fn scaled_error(y: &[f64], trial: &[f64], h: f64, stages: &[Vec<f64>], tolerance: Tolerance) -> (f64, usize) {
    let mut worst = (0.0f64, 0);
    for i in 0..y.len() {
        let error: f64 = h * E.iter().zip(stages).map(|(e, k)| e * k[i]).sum::<f64>();
        let scale = tolerance.absolute + tolerance.relative * y[i].abs().max(trial[i].abs());
        let ratio = (error / scale).abs();
        if ratio.is_nan() {
            return (f64::NAN, i);
        }
        if ratio > worst.0 {
            worst = (ratio, i);
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oscillator(tolerance: f64) -> (f64, Work) {
        let mut y = vec![1.0, 0.0];
        let tolerance = Tolerance { absolute: tolerance, relative: 0.0 };
        // A damped rotation has the closed form e^{−t}(cos 9t, −sin 9t).
        let field = |_: f64, y: &[f64], dy: &mut [f64]| {
            dy[0] = -y[0] + 9.0 * y[1];
            dy[1] = -9.0 * y[0] - y[1];
        };
        let work = integrate(&mut y, tolerance, field, |_, _| ()).unwrap();
        let exact = [(-1.0f64).exp() * 9.0f64.cos(), -(-1.0f64).exp() * 9.0f64.sin()];
        ((y[0] - exact[0]).abs().max((y[1] - exact[1]).abs()), work)
    }

    #[test]
    fn error_follows_the_tolerance_with_order_five() {
        let (coarse, few) = oscillator(1e-5);
        let (fine, many) = oscillator(1e-10);
        assert!(coarse < 1e-4, "{coarse:e} {fine:e}");
        assert!(fine < 1e-9, "{coarse:e} {fine:e}");
        // Five orders of tolerance at order five: ten times the steps.
        let growth = many.steps as f64 / few.steps as f64;
        assert!((5.0..15.0).contains(&growth), "{growth}");
    }

    #[test]
    fn exact_for_polynomials_in_time_up_to_degree_four() {
        let mut y = vec![0.5];
        let work =
            integrate(&mut y, Tolerance::default(), |t, _, dy| dy[0] = 5.0 * t.powi(4) - 2.0 * t, |_, _| ());
        assert!((y[0] - 0.5).abs() < 1e-15);
        assert!(work.unwrap().rejected == 0);
    }

    #[test]
    fn a_field_too_stiff_ends_in_an_error_and_not_in_hours() {
        let mut y = vec![1.0];
        let stiff = |t: f64, y: &[f64], dy: &mut [f64]| dy[0] = -1e6 * (y[0] - libm::cos(t));
        let error = integrate(&mut y, Tolerance::default(), stiff, |_, _| ()).unwrap_err();
        assert!(error.time < 0.1, "{error:?}");
    }

    #[test]
    fn a_wall_is_an_error_with_its_time() {
        let mut y = vec![0.0, 0.0];
        let wall = |t: f64, _: &[f64], dy: &mut [f64]| {
            dy[0] = 0.0;
            dy[1] = if t > 0.5 { f64::NAN } else { 1.0 };
        };
        let error = integrate(&mut y, Tolerance::default(), wall, |_, _| ()).unwrap_err();
        assert!((error.time - 0.5).abs() < 1e-9);
        assert_eq!(error.component, 1);
    }
}
