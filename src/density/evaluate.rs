//! Checked evaluation of a target at many points: in parallel, in a fixed order, with the point of
//! a failure.
//!
//! This is the one place that catches panics, which come from code of users. No panic hook is set,
//! so Rust prints its own message: once for the block, and once for the point that is found in it.

use super::density_error::{DensityError, DensityFailure};
use super::refusal::Refusal;
use super::target::Target;
use crate::num::BLOCK;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// log ρ at each point, nats; −inf is allowed and means outside the support.
///
/// # Errors
/// [`DensityError`] for the first point, in the order given, at which the target returns NaN or
/// +inf or panics or refuses; which one that is does not depend on threads. A refusal that says
/// "outside of the support" is no failure: log ρ = −inf at that point.
///
/// # Panics
/// If `points` is not a whole number of points.
///
/// # Cost
/// One call of the target per block of 64 points, blocks in parallel. A block that panics or
/// refuses is evaluated once more, point by point.
///
/// ```
/// use pushforward::density::{gauss, values};
///
/// let target = gauss(2);
/// assert_eq!(values(&target, &[0.0, 0.0, 1.0, -1.0])?.len(), 2);
/// assert!(values(&target, &[f64::NAN, 0.0]).is_err());
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
#[track_caller]
pub fn values(target: &dyn Target, points: &[f64]) -> Result<Vec<f64>, DensityError> {
    let n = count(target, points);
    let mut values = vec![0.0; n];
    let outcomes: Vec<Result<(), DensityError>> = values
        .par_chunks_mut(BLOCK)
        .zip(points.par_chunks(BLOCK * target.dim()))
        .map(|(values, points)| block_values(target, points, values))
        .collect();
    outcomes.into_iter().collect::<Result<(), DensityError>>()?;
    Ok(values)
}

/// log ρ and its gradient (n×d) at each point; where log ρ is −inf the gradient is 0.
///
/// # Errors
/// As [`values`], and where log ρ is finite and a component of the gradient is not.
///
/// # Panics
/// As [`values`].
///
/// # Cost
/// As [`values`].
///
/// ```
/// use pushforward::density::{Refusal, Target, values_and_scores};
///
/// /// ρ(x) = exp(−x) for x > 0.
/// struct Exponential;
///
/// impl Target for Exponential {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
///         values.iter_mut().zip(points).for_each(|(value, x)| *value = -x);
///         match points.iter().position(|x| *x <= 0.0) {
///             Some(k) => Err(Refusal::outside_support(k)),
///             None => Ok(()),
///         }
///     }
///     fn values_and_scores(
///         &self,
///         points: &[f64],
///         values: &mut [f64],
///         scores: &mut [f64],
///     ) -> Result<(), Refusal> {
///         scores.fill(-1.0);
///         self.values(points, values)
///     }
/// }
///
/// let (values, scores) = values_and_scores(&Exponential, &[0.5, -0.5])?;
/// assert_eq!(values, [-0.5, f64::NEG_INFINITY]);
/// assert_eq!(scores, [-1.0, 0.0]);
/// # Ok::<(), pushforward::density::DensityError>(())
/// ```
#[track_caller]
pub fn values_and_scores(target: &dyn Target, points: &[f64]) -> Result<(Vec<f64>, Vec<f64>), DensityError> {
    let n = count(target, points);
    let (mut values, mut scores) = (vec![0.0; n], vec![0.0; points.len()]);
    let width = BLOCK * target.dim();
    let outcomes: Vec<Result<(), DensityError>> = values
        .par_chunks_mut(BLOCK)
        .zip(scores.par_chunks_mut(width))
        .zip(points.par_chunks(width))
        .map(|((values, scores), points)| block_values_and_scores(target, points, values, scores))
        .collect();
    outcomes.into_iter().collect::<Result<(), DensityError>>()?;
    Ok((values, scores))
}

/// Δ log ρ at each point; where log ρ is −inf, as `values` says, it is 0.
///
/// # Errors
/// [`DensityError`] for the first point at which it is not finite or the target panics or refuses.
///
/// # Panics
/// As [`values`]; if the target has no Laplacian, or `values` has another length.
///
/// # Cost
/// As [`values`].
#[track_caller]
pub fn laplacians(target: &dyn Target, points: &[f64], values: &[f64]) -> Result<Vec<f64>, DensityError> {
    let (n, d) = (count(target, points), target.dim());
    assert!(target.has_laplacian(), "the target has no Laplacian");
    assert_eq!(values.len(), n, "a value for every point");
    let identity = DMatrix::identity(d, d);
    let mut laplacians = vec![0.0; n];
    let outcomes: Vec<Result<(), DensityError>> = laplacians
        .par_chunks_mut(BLOCK)
        .zip(values.par_chunks(BLOCK))
        .zip(points.par_chunks(BLOCK * d))
        .map(|((laplacians, values), points)| block_laplacians(target, points, &identity, values, laplacians))
        .collect();
    outcomes.into_iter().collect::<Result<(), DensityError>>()?;
    Ok(laplacians)
}

fn block_laplacians(
    target: &dyn Target,
    points: &[f64],
    identity: &DMatrix<f64>,
    values: &[f64],
    laplacians: &mut [f64],
) -> Result<(), DensityError> {
    let d = target.dim();
    let outcome = call(|| target.laplacians(points, identity, laplacians));
    let rows = points.chunks_exact(d).zip(values).zip(laplacians.chunks_exact_mut(1));
    for ((point, value), laplacian) in rows {
        if outcome.is_err() {
            match call(|| target.laplacians(point, identity, laplacian)) {
                // If log ρ is −inf too, this is set to 0 below; if not, it is reported.
                Err(NoAnswer::Refused(refusal)) if refusal.outside => laplacian[0] = f64::NAN,
                answer => answer.map_err(|no| failed(no.into(), point))?,
            }
        }
        check_laplacian(*value, &mut laplacian[0], point)?;
    }
    unexplained(outcome, points, d)
}

/// Sets the Laplacian to 0 where the density vanishes; elsewhere it must be finite.
fn check_laplacian(value: f64, laplacian: &mut f64, point: &[f64]) -> Result<(), DensityError> {
    if value == f64::NEG_INFINITY {
        *laplacian = 0.0;
    }
    if laplacian.is_finite() {
        return Ok(());
    }
    Err(failed(DensityFailure::Laplacian { value: *laplacian }, point))
}

#[track_caller]
fn count(target: &dyn Target, points: &[f64]) -> usize {
    let d = target.dim();
    assert!(
        d > 0 && points.len().is_multiple_of(d),
        "{} numbers are not a whole number of points of dimension {d}",
        points.len()
    );
    points.len() / d
}

/// Why a call of a target returned no numbers.
enum NoAnswer {
    Refused(Refusal),
    Panicked(String),
}

impl From<NoAnswer> for DensityFailure {
    fn from(no: NoAnswer) -> DensityFailure {
        match no {
            NoAnswer::Refused(refusal) => DensityFailure::Refused { message: refusal.message },
            NoAnswer::Panicked(message) => DensityFailure::Panicked { message },
        }
    }
}

/// Calls code that a user may have written, and catches its panic.
fn call(work: impl FnOnce() -> Result<(), Refusal>) -> Result<(), NoAnswer> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer.map_err(NoAnswer::Refused),
        Err(payload) => Err(NoAnswer::Panicked(panic_message(payload.as_ref()))),
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_string()
}

/// Evaluates log ρ at one point by itself; −inf if the target says that it lies outside of the
/// support.
fn value_alone(target: &dyn Target, point: &[f64], value: &mut [f64]) -> Result<(), DensityFailure> {
    match call(|| target.values(point, value)) {
        Err(NoAnswer::Refused(refusal)) if refusal.outside => value[0] = f64::NEG_INFINITY,
        answer => answer?,
    }
    Ok(())
}

/// Judges a block that gave no answer although each of its points did by itself. It is no failure
/// if the target only said that a point lies outside of the support. Otherwise the error has the
/// point that the target named, or the first point of the block.
fn unexplained(outcome: Result<(), NoAnswer>, points: &[f64], d: usize) -> Result<(), DensityError> {
    let Err(no) = outcome else { return Ok(()) };
    let named = match &no {
        NoAnswer::Refused(refusal) if refusal.outside => return Ok(()),
        NoAnswer::Refused(refusal) => refusal.point.unwrap_or(0),
        NoAnswer::Panicked(_) => 0,
    };
    let point = points.chunks_exact(d).nth(named).unwrap_or(&points[..d]);
    Err(failed(no.into(), point))
}

/// Evaluates log ρ at one block of points, in one call of the target, and checks the numbers.
pub(super) fn block_values(
    target: &dyn Target,
    points: &[f64],
    values: &mut [f64],
) -> Result<(), DensityError> {
    let d = target.dim();
    let outcome = call(|| target.values(points, values));
    for (point, value) in points.chunks_exact(d).zip(values.chunks_exact_mut(1)) {
        if outcome.is_err() {
            value_alone(target, point, value).map_err(|what| failed(what, point))?;
        }
        check_value(value[0], point)?;
    }
    unexplained(outcome, points, d)
}

/// As [`block_values`], with the scores (n×d).
pub(super) fn block_values_and_scores(
    target: &dyn Target,
    points: &[f64],
    values: &mut [f64],
    scores: &mut [f64],
) -> Result<(), DensityError> {
    let d = target.dim();
    let outcome = call(|| target.values_and_scores(points, values, scores));
    let rows = points.chunks_exact(d).zip(values.chunks_exact_mut(1)).zip(scores.chunks_exact_mut(d));
    for ((point, value), score) in rows {
        if outcome.is_err() {
            match call(|| target.values_and_scores(point, value, score)) {
                Err(NoAnswer::Refused(refusal)) if refusal.outside => value[0] = f64::NEG_INFINITY,
                answer => answer.map_err(|no| failed(no.into(), point))?,
            }
        }
        check_value(value[0], point)?;
        check_score(value[0], score, point)?;
    }
    unexplained(outcome, points, d)
}

/// log ρ at each point, or NaN where the target gives no number, which is no failure here.
pub(super) fn values_or_nan(target: &dyn Target, points: &[f64]) -> Vec<f64> {
    let d = target.dim();
    let mut values = vec![f64::NAN; points.len() / d];
    for (values, points) in values.chunks_mut(BLOCK).zip(points.chunks(BLOCK * d)) {
        if call(|| target.values(points, values)).is_ok() {
            continue;
        }
        for (value, point) in values.chunks_exact_mut(1).zip(points.chunks_exact(d)) {
            if value_alone(target, point, value).is_err() {
                value[0] = f64::NAN;
            }
        }
    }
    values
}

fn failed(what: DensityFailure, point: &[f64]) -> DensityError {
    DensityError { what, at: point.to_vec() }
}

fn check_value(value: f64, point: &[f64]) -> Result<(), DensityError> {
    if value.is_nan() {
        Err(failed(DensityFailure::NotANumber, point))
    } else if value == f64::INFINITY {
        Err(failed(DensityFailure::PlusInfinity, point))
    } else {
        Ok(())
    }
}

/// Sets the score to 0 where the density vanishes; elsewhere it must be finite.
fn check_score(value: f64, score: &mut [f64], point: &[f64]) -> Result<(), DensityError> {
    if value == f64::NEG_INFINITY {
        score.fill(0.0);
        return Ok(());
    }
    match score.iter().enumerate().find(|(_, s)| !s.is_finite()) {
        None => Ok(()),
        Some((index, &value)) => Err(failed(DensityFailure::Score { index, value }, point)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::density::LogDensity;
    use crate::num::Scalar;

    /// log(x₁) · x₂, and a panic where x₁ is exactly 1000.
    struct Touchy;
    impl LogDensity for Touchy {
        fn dim(&self) -> usize {
            2
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            assert!(x[0].value() != 1000.0, "one thousand");
            x[0].ln() * x[1].clone()
        }
    }

    /// 200 good points, some replaced.
    fn points(replaced: &[(usize, [f64; 2])]) -> Vec<f64> {
        let mut points: Vec<f64> = (0..200).flat_map(|k| [1.0 + f64::from(k), 0.5]).collect();
        replaced.iter().for_each(|(k, p)| points[2 * k..2 * k + 2].copy_from_slice(p));
        points
    }

    fn failure(replaced: &[(usize, [f64; 2])]) -> DensityError {
        let points = points(replaced);
        let error = values(&Touchy, &points).unwrap_err();
        assert_eq!(values_and_scores(&Touchy, &points).unwrap_err(), error);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(|| values(&Touchy, &points)).unwrap_err(), error);
        error
    }

    #[test]
    fn good_points_pass_and_empty_sets_too() {
        let (values_only, (values, scores)) =
            (values(&Touchy, &points(&[])).unwrap(), values_and_scores(&Touchy, &points(&[])).unwrap());
        assert_eq!(values_only, values);
        assert_eq!(values[150], 0.5 * libm::log(151.0));
        assert_eq!(scores[301], libm::log(151.0));
        assert!(super::values(&Touchy, &[]).unwrap().is_empty());
    }

    #[test]
    fn the_first_failure_in_order_is_the_error() {
        let nan = [-1.0, 2.0];
        assert_eq!(failure(&[(70, nan), (3, nan)]).at, vec![-1.0, 2.0]);
        assert_eq!(failure(&[(90, nan)]).what, DensityFailure::NotANumber);
        assert_eq!(failure(&[(130, [0.0, -1.0]), (140, nan)]).what, DensityFailure::PlusInfinity);
        let panic = DensityFailure::Panicked { message: "one thousand".to_string() };
        assert_eq!(failure(&[(131, [1000.0, 4.0])]), DensityError { what: panic, at: vec![1000.0, 4.0] });
        assert_eq!(failure(&[(129, nan), (131, [1000.0, 4.0])]).what, DensityFailure::NotANumber);
    }

    #[test]
    fn outside_the_support_the_score_is_zero() {
        let (values, scores) = values_and_scores(&Touchy, &points(&[(5, [0.0, 3.0])])).unwrap();
        assert_eq!(values[5], f64::NEG_INFINITY);
        assert_eq!(scores[10..12], [0.0, 0.0]);
    }

    #[test]
    fn a_score_that_is_not_finite_is_an_error() {
        struct Root;
        impl LogDensity for Root {
            fn dim(&self) -> usize {
                1
            }
            fn log_density<S: Scalar>(&self, x: &[S]) -> S {
                x[0].sqrt()
            }
        }
        let error = values_and_scores(&Root, &[4.0, 0.0]).unwrap_err();
        assert_eq!(error.what, DensityFailure::Score { index: 0, value: f64::INFINITY });
        assert!(values(&Root, &[4.0, 0.0]).is_ok());
    }
    /// −½x², which refuses beyond 2, in every mode.
    struct Narrow;
    impl Target for Narrow {
        fn dim(&self) -> usize {
            1
        }
        fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
            for (k, (x, value)) in points.iter().zip(values).enumerate() {
                if x.abs() > 2.0 {
                    return Err(Refusal::at(k, format!("{x} is beyond 2")));
                }
                *value = -0.5 * x * x;
            }
            Ok(())
        }
        fn values_and_scores(
            &self,
            points: &[f64],
            values: &mut [f64],
            scores: &mut [f64],
        ) -> Result<(), Refusal> {
            scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
            self.values(points, values)
        }
        fn has_laplacian(&self) -> bool {
            true
        }
        fn laplacians(
            &self,
            points: &[f64],
            _: &DMatrix<f64>,
            laplacians: &mut [f64],
        ) -> Result<(), Refusal> {
            self.values(points, laplacians)?;
            laplacians.fill(-1.0);
            Ok(())
        }
    }

    #[test]
    fn the_point_that_is_refused_is_found_in_every_mode() {
        let mut points = vec![1.0; 150];
        points[77] = 3.0;
        points[79] = 4.0;
        let refused = DensityFailure::Refused { message: "3 is beyond 2".to_string() };
        let error = DensityError { what: refused, at: vec![3.0] };
        assert_eq!(values(&Narrow, &points).unwrap_err(), error);
        assert_eq!(values_and_scores(&Narrow, &points).unwrap_err(), error);
        assert_eq!(laplacians(&Narrow, &points, &[0.0; 150]).unwrap_err(), error);
        assert_eq!(laplacians(&Narrow, &points[..70], &[0.0; 70]).unwrap(), [-1.0; 70]);
    }

    /// A normal that answers single points, and of more than one gives the refusal that it holds.
    struct Alone(Refusal);
    impl Target for Alone {
        fn dim(&self) -> usize {
            1
        }
        fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
            if points.len() > 1 {
                return Err(self.0.clone());
            }
            values[0] = if points[0] > 2.0 { f64::NEG_INFINITY } else { -0.5 * points[0] * points[0] };
            Ok(())
        }
        fn values_and_scores(
            &self,
            points: &[f64],
            values: &mut [f64],
            scores: &mut [f64],
        ) -> Result<(), Refusal> {
            scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
            self.values(points, values)
        }
    }

    #[test]
    fn a_block_that_no_point_explains_fails_at_the_point_it_named() {
        let at_of = |refusal: Refusal| {
            let error = values(&Alone(refusal.clone()), &[0.5, 1.0, 1.5]).unwrap_err();
            assert_eq!(error.what, DensityFailure::Refused { message: refusal.message.clone() });
            assert_eq!(values_and_scores(&Alone(refusal), &[0.5, 1.0, 1.5]).unwrap_err(), error);
            error.at[0]
        };
        assert_eq!(at_of(Refusal::new("no")), 0.5);
        assert_eq!(at_of(Refusal::at(2, "no")), 1.5);
        assert_eq!(at_of(Refusal::at(3, "a place that is none")), 0.5);
        let outside = Alone(Refusal::outside_support(1));
        let (found, scores) = values_and_scores(&outside, &[1.0, 3.0]).unwrap();
        assert_eq!((found, scores), (vec![-0.5, f64::NEG_INFINITY], vec![-1.0, 0.0]));
        assert_eq!(values(&outside, &[1.0, 3.0]).unwrap(), [-0.5, f64::NEG_INFINITY]);
    }

    /// −½x² for x > 0, which calls everything else outside of the support; with a Laplacian there
    /// or nowhere.
    struct Half {
        laplacian_from: f64,
    }
    impl Half {
        fn outside(points: &[f64], from: f64) -> Result<(), Refusal> {
            points.iter().position(|x| *x <= from).map_or(Ok(()), |k| Err(Refusal::outside_support(k)))
        }
    }
    impl Target for Half {
        fn dim(&self) -> usize {
            1
        }
        fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
            values.iter_mut().zip(points).for_each(|(value, x)| *value = -0.5 * x * x);
            Half::outside(points, 0.0)
        }
        fn values_and_scores(
            &self,
            points: &[f64],
            values: &mut [f64],
            scores: &mut [f64],
        ) -> Result<(), Refusal> {
            scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
            self.values(points, values)
        }
        fn has_laplacian(&self) -> bool {
            true
        }
        fn laplacians(
            &self,
            points: &[f64],
            _: &DMatrix<f64>,
            laplacians: &mut [f64],
        ) -> Result<(), Refusal> {
            laplacians.fill(-1.0);
            Half::outside(points, self.laplacian_from)
        }
    }

    #[test]
    fn outside_of_the_support_is_no_failure() {
        let points: Vec<f64> = (0..150).map(|k| f64::from(k) - 70.5).collect();
        let outside: Vec<bool> = points.iter().map(|x| *x < 0.0).collect();
        let target = Half { laplacian_from: 0.0 };
        let (found, scores) = values_and_scores(&target, &points).unwrap();
        assert_eq!(values(&target, &points).unwrap(), found);
        let second = laplacians(&target, &points, &found).unwrap();
        for (k, outside) in outside.iter().enumerate() {
            let x = points[k];
            let expected = if *outside { [f64::NEG_INFINITY, 0.0, 0.0] } else { [-0.5 * x * x, -x, -1.0] };
            assert_eq!([found[k], scores[k], second[k]], expected, "{x}");
        }
        assert!(values_or_nan(&target, &points).iter().eq(&found));
        // A Laplacian that calls a point outside which log ρ does not: an error, not 0.
        let error = laplacians(&Half { laplacian_from: 1.0 }, &points, &found).unwrap_err();
        assert!(matches!(error.what, DensityFailure::Laplacian { value } if value.is_nan()), "{error}");
        assert_eq!(error.at, [0.5]);
    }

    #[test]
    fn where_failing_is_none_of_our_business_there_is_nan() {
        assert!(
            values_or_nan(&Narrow, &[1.0, 3.0])
                .iter()
                .zip([-0.5, f64::NAN])
                .all(|(found, known)| { found.to_bits() == known.to_bits() })
        );
        assert!(values_or_nan(&Touchy, &[1000.0, 4.0])[0].is_nan());
    }

    #[test]
    fn messages_of_panics_come_back() {
        let said = |work: fn()| match call(|| {
            work();
            Ok(())
        }) {
            Err(NoAnswer::Panicked(message)) => message,
            _ => "no panic".to_string(),
        };
        assert_eq!(said(|| panic!("got {}", 7)), "got 7");
        assert_eq!(said(|| panic!("as it is")), "as it is");
        assert_eq!(said(|| std::panic::panic_any(1u8)), "a panic without a message");
        assert_eq!(said(|| ()), "no panic");
    }
}
