//! Definition of a system of equations: its unknowns, and its residuals point by point.

use crate::autodiff::Var;
use crate::network::{Jets, Unknown};
use crate::num::Scalar;

/// A point at which the equations must hold, with the data known there.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// Time t of the point.
    pub time: f64,
    /// Position x of the point, d numbers.
    pub x: &'a [f64],
    /// Numbers that do not depend on the unknowns, as the system defines them (log ρ, a right-hand
    /// side, …).
    pub data: &'a [f64],
}

/// A system of equations in unknown functions of (t, x): the trait to implement for another PDE.
///
/// Write the residuals once, generic in the scalar. Evaluated with `f64` they are the residuals;
/// with variables of the tape they yield the seeds of the reverse sweep, so no derivative is
/// written by hand. `examples/own_equation.rs` fits such a system.
///
/// ```
/// use pushforward::network::{Jets, Unknown};
/// use pushforward::num::{Channels, Scalar};
/// use pushforward::residual::{Point, System};
///
/// const U: usize = 0;
/// const KAPPA: usize = 0;
///
/// /// The heat equation ∂u/∂t − κΔu = 0 with an unknown conductivity κ.
/// struct Heat {
///     dim: usize,
/// }
///
/// impl System for Heat {
///     fn unknowns(&self) -> Vec<Unknown> {
///         vec![Unknown::scalar_field("u", Channels::with_laplacian(self.dim))]
///     }
///     fn n_scalars(&self) -> usize {
///         1
///     }
///     fn n_equations(&self) -> usize {
///         1
///     }
///     fn residuals<S: Scalar>(&self, _: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]) {
///         let u = jets.scalar_field(U);
///         out[0] = u.dt() - jets.scalar(KAPPA) * u.laplacian();
///     }
/// }
///
/// // u = e^(−2t) sin x solves it with κ = 2: u, ∂u/∂t, ∂u/∂x, Δu at t = 0, x = 0.3.
/// let x = 0.3f64;
/// let (heat, numbers) = (Heat { dim: 1 }, [x.sin(), -2.0 * x.sin(), x.cos(), -x.sin()]);
/// let unknowns = heat.unknowns();
/// let mut residual = [1.0];
/// heat.residuals(
///     Point { time: 0.0, x: &[x], data: &[] },
///     &Jets::new(&unknowns, &numbers, &[2.0]),
///     &mut residual,
/// );
/// assert_eq!(residual, [0.0]);
/// ```
pub trait System: Send + Sync {
    /// The unknown functions, in the order in which [`Jets`] counts them.
    fn unknowns(&self) -> Vec<Unknown>;

    /// Number of free scalars besides the functions.
    fn n_scalars(&self) -> usize {
        0
    }

    /// Number of residuals at each point.
    fn n_equations(&self) -> usize;

    /// Writes the residuals at one point, left side minus right side, into the `n_equations` places
    /// of `out`.
    fn residuals<S: Scalar>(&self, point: Point<'_>, jets: &Jets<'_, S>, out: &mut [S]);
}

/// A [`System`] behind a pointer, for the two scalars with which a solver evaluates it.
pub trait ErasedSystem: Send + Sync {
    /// The unknown functions, as [`System::unknowns`] gives them.
    fn unknowns(&self) -> Vec<Unknown>;
    /// Number of free scalars, as [`System::n_scalars`] gives it.
    fn n_scalars(&self) -> usize;
    /// Number of residuals at each point, as [`System::n_equations`] gives it.
    fn n_equations(&self) -> usize;
    /// Writes the residuals at one point as numbers; see [`System::residuals`].
    fn residuals_real(&self, point: Point<'_>, jets: &Jets<'_, f64>, out: &mut [f64]);
    /// Writes the residuals at one point as variables of the tape; see [`System::residuals`].
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
