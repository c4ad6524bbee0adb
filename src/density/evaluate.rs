//! Checked evaluation of a target over many points: parallel, in a fixed order, failures located.

use super::quiet_panic::catch;
use super::{DensityError, DensityFailure, Target};
use crate::num::BLOCK;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// log ρ at each point, nats; −inf is allowed and means outside the support.
///
/// # Errors
/// [`DensityError`] for the first point, in the order given, at which the target returns NaN or +inf
/// or panics or refuses; which one that is does not depend on threads.
///
/// # Panics
/// If `points` is not a whole number of points.
///
/// # Cost
/// One call of the target per block of 64 points, blocks in parallel. A block that panics or refuses is
/// evaluated once more, point by point.
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

/// Δ log ρ at each point; where log ρ is −inf, as told by `values`, it is 0.
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
    let outcome = catch(|| target.laplacians(points, identity, laplacians));
    let rows = points.chunks_exact(d).zip(values).zip(laplacians.chunks_exact_mut(1));
    for ((point, value), laplacian) in rows {
        if outcome.is_err() {
            catch(|| target.laplacians(point, identity, laplacian)).map_err(|what| failed(what, point))?;
        }
        check_laplacian(*value, &mut laplacian[0], point)?;
    }
    outcome.map_err(|what| failed(what, &points[..d]))
}

/// Clears the Laplacian where the density vanishes.
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

/// One call of the target, checked.
pub(super) fn block_values(
    target: &dyn Target,
    points: &[f64],
    values: &mut [f64],
) -> Result<(), DensityError> {
    let d = target.dim();
    if let Err(what) = catch(|| target.values(points, values)) {
        for (point, value) in points.chunks_exact(d).zip(values.chunks_exact_mut(1)) {
            catch(|| target.values(point, value)).map_err(|what| failed(what, point))?;
            check_value(value[0], point)?;
        }
        return Err(failed(what, &points[..d]));
    }
    points.chunks_exact(d).zip(values).try_for_each(|(point, value)| check_value(*value, point))
}

/// As [`block_values`].
pub(super) fn block_values_and_scores(
    target: &dyn Target,
    points: &[f64],
    values: &mut [f64],
    scores: &mut [f64],
) -> Result<(), DensityError> {
    let d = target.dim();
    let outcome = catch(|| target.values_and_scores(points, values, scores));
    let rows = points.chunks_exact(d).zip(values.chunks_exact_mut(1)).zip(scores.chunks_exact_mut(d));
    for ((point, value), score) in rows {
        if outcome.is_err() {
            catch(|| target.values_and_scores(point, value, score)).map_err(|what| failed(what, point))?;
        }
        check_value(value[0], point)?;
        check_score(value[0], score, point)?;
    }
    // A panic that no point causes alone is told with the first of the block.
    outcome.map_err(|what| failed(what, &points[..d]))
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

/// Clears the score where the density vanishes.
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
    use crate::density::{LogDensity, refuse};
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
    fn the_first_failure_in_order_is_told() {
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
    fn a_score_that_is_not_finite_is_told() {
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
        fn values(&self, points: &[f64], values: &mut [f64]) {
            for (x, value) in points.iter().zip(values) {
                if x.abs() > 2.0 {
                    refuse(format!("{x} is beyond 2"));
                }
                *value = -0.5 * x * x;
            }
        }
        fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
            self.values(points, values);
            scores.iter_mut().zip(points).for_each(|(score, x)| *score = -x);
        }
        fn has_laplacian(&self) -> bool {
            true
        }
        fn laplacians(&self, points: &[f64], _: &DMatrix<f64>, laplacians: &mut [f64]) {
            self.values(points, laplacians);
            laplacians.fill(-1.0);
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
}
