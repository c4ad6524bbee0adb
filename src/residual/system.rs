//! What a solver needs to know of a system of equations: its unknowns, and its residuals point by point.

use crate::autodiff::Var;
use crate::network::{Jets, Unknown};
use crate::num::Scalar;

/// A point at which equations are asked to hold, with what is known there beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// t.
    pub time: f64,
    /// x, d numbers.
    pub x: &'a [f64],
    /// Numbers that do not depend on the unknowns, as the system defines them (log ρ, a right-hand side, …).
    pub data: &'a [f64],
}

/// A system of equations in unknown functions of (t, x): the door for a PDE of one's own.
///
/// Write the residuals once, generic in the scalar: run over `f64` they are the residuals, run over the
/// tape's variables they yield the seeds of the reverse sweep, so no derivative is written by hand.
pub trait System: Send + Sync {
    /// The unknown functions, in the order in which [`Jets`] counts them.
    fn unknowns(&self) -> Vec<Unknown>;

    /// How many free scalars there are beside the functions.
    fn n_scalars(&self) -> usize {
        0
    }

    /// How many residuals each point has.
    fn n_equations(&self) -> usize;

    /// Writes the residuals at one point, left side minus right side; `out` has `n_equations` places.
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]);
}

/// A [`System`] behind a pointer: the same, for the two scalars that a solver runs it with.
pub trait ErasedSystem: Send + Sync {
    /// See [`System::unknowns`].
    fn unknowns(&self) -> Vec<Unknown>;
    /// See [`System::n_scalars`].
    fn n_scalars(&self) -> usize;
    /// See [`System::n_equations`].
    fn n_equations(&self) -> usize;
    /// See [`System::residuals`].
    fn residuals_real(&self, point: Point<'_>, jets: &Jets<'_, f64>, out: &mut [f64]);
    /// See [`System::residuals`].
    fn residuals_on_tape<'t>(&self, point: Point<'_>, jets: &Jets<'_, Var<'t>>, out: &mut [Var<'t>]);
}

impl<T: System> ErasedSystem for T {
    fn unknowns(&self) -> Vec<Unknown> {
        System::unknowns(self)
    }
    fn n_scalars(&self) -> usize {
        System::n_scalars(self)
    }
    fn n_equations(&self) -> usize {
        System::n_equations(self)
    }
    fn residuals_real(&self, point: Point<'_>, jets: &Jets<'_, f64>, out: &mut [f64]) {
        self.residuals(point, jets, out);
    }
    fn residuals_on_tape<'t>(&self, point: Point<'_>, jets: &Jets<'_, Var<'t>>, out: &mut [Var<'t>]) {
        self.residuals(point, jets, out);
    }
}
