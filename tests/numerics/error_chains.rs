//! Every error that wraps another one leads to it: `source()` reaches the end of the chain.

use pushforward::density::{DensityError, DensityFailure, PreflightError};
use pushforward::locate::LocateError;
use pushforward::num::{ArraysError, NonPositivePivot};
use pushforward::optim::DirectionError;
use pushforward::sampling::DrawError;
use pushforward::training::{CheckpointError, FitError};
use pushforward::transport::TransportError;
use std::error::Error;

/// Whether the last cause of an error, which is another than itself, is this one.
fn ends_in<E: Error + PartialEq + 'static>(error: &(dyn Error + 'static), last: &E) -> bool {
    let mut cause = error.source().unwrap_or_else(|| panic!("no source: {error}"));
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.downcast_ref::<E>() == Some(last)
}

#[test]
fn of_densities_and_of_what_evaluates_them() {
    let density = DensityError { what: DensityFailure::NotANumber, at: vec![0.5] };
    let outer: [&dyn Error; 7] = [
        &PreflightError::Density(density.clone()),
        &PreflightError::LostFarOut { distance: 1e9, error: density.clone() },
        &TransportError::Density(density.clone()),
        &LocateError::Density(density.clone()),
        &FitError::Density(density.clone()),
        &DrawError::Density(density.clone()),
        &DrawError::Transport(TransportError::Density(density.clone())),
    ];
    outer.iter().for_each(|error| assert!(ends_in(*error, &density), "{error:?}"));
    // The check can fail.
    let other = DensityError { at: vec![0.25], ..density };
    assert!(!ends_in(outer[0], &other));
}

#[test]
fn of_checkpoints_and_of_linear_solves() {
    let arrays = ArraysError::Missing { name: "theta".to_string() };
    let checkpoint = CheckpointError::from(arrays.clone());
    assert!(ends_in(&checkpoint, &arrays) && ends_in(&FitError::from(checkpoint), &arrays));
    let pivot = NonPositivePivot { index: 3 };
    assert!(ends_in(&DirectionError::Pivot(pivot), &pivot));
}
