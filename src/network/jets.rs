//! Values and derivatives of the unknown functions at one point, read through handles.

use super::unknown::{Form, Unknown};
use crate::num::Scalar;

/// Values and derivatives of all unknowns at one point, and the free scalars.
///
/// Unknowns are counted from 0 in the order in which the equation declares them. A handle reads one
/// of them. For example, `u_t + μ·∇u` in two dimensions is
///
/// ```
/// use pushforward::network::{Jets, Unknown};
/// use pushforward::num::Channels;
///
/// const U: usize = 0;
/// const MU: usize = 1;
/// let unknowns =
///     [Unknown::scalar_field("u", Channels::first_order(2)), Unknown::vector_field("mu", 2)];
/// // u, ∂u/∂t, ∂u/∂x₁, ∂u/∂x₂; then μ₁, μ₂, div μ.
/// let jets = Jets::new(&unknowns, &[1.0, 0.5, 2.0, -1.0, 0.1, 0.2, 0.7], &[]);
/// let (u, mu) = (jets.scalar_field(U), jets.vector_field(MU));
/// let residual = u.dt() + mu.value(0) * u.grad(0) + mu.value(1) * u.grad(1);
/// assert_eq!(residual, 0.5 + 0.1 * 2.0 - 0.2);
/// assert_eq!(mu.divergence(), 0.7);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Jets<'a, S> {
    unknowns: &'a [Unknown],
    numbers: &'a [S],
    scalars: &'a [S],
}

impl<'a, S: Scalar> Jets<'a, S> {
    /// Wraps `numbers`, which hold for each unknown in turn its channels, each with all outputs (or
    /// the outputs and the divergence, for [`Form::Divergence`]).
    ///
    /// # Panics
    /// If the number of `numbers` is not what the unknowns need.
    pub fn new(unknowns: &'a [Unknown], numbers: &'a [S], scalars: &'a [S]) -> Jets<'a, S> {
        let need: usize = unknowns.iter().map(Unknown::count).sum();
        assert_eq!(need, numbers.len(), "the jets of these unknowns have another number of numbers");
        Jets { unknowns, numbers, scalars }
    }

    /// Unknown `k`, which has one output and all its channels.
    ///
    /// # Panics
    /// If it has several outputs, or is declared with [`Form::Divergence`].
    #[track_caller]
    pub fn scalar_field(&self, k: usize) -> ScalarField<'a, S> {
        let Unknown { name, outputs, .. } = &self.unknowns[k];
        assert_eq!(*outputs, 1, "{name} has {outputs} outputs: read one of them with `component`");
        self.component(k, 0)
    }

    /// Output `output` of unknown `k`, which has all its channels.
    ///
    /// # Panics
    /// If the unknown has no such output, or is declared with [`Form::Divergence`].
    #[track_caller]
    pub fn component(&self, k: usize, output: usize) -> ScalarField<'a, S> {
        let unknown = &self.unknowns[k];
        assert_eq!(unknown.form, Form::Full, "{} delivers its divergence alone", unknown.name);
        assert!(output < unknown.outputs, "{} has no output {output}", unknown.name);
        ScalarField { unknown, numbers: self.numbers_of(k), output }
    }

    /// Unknown `k`, a vector field with its divergence.
    ///
    /// # Panics
    /// If the unknown is not declared with [`Form::Divergence`].
    #[track_caller]
    pub fn vector_field(&self, k: usize) -> VectorField<'a, S> {
        let unknown = &self.unknowns[k];
        assert_eq!(unknown.form, Form::Divergence, "{} is not declared as a vector field", unknown.name);
        VectorField { numbers: self.numbers_of(k) }
    }

    /// Value of the free scalar `j`, from 0.
    pub fn scalar(&self, j: usize) -> S {
        self.scalars[j].clone()
    }

    fn numbers_of(&self, k: usize) -> &'a [S] {
        let start: usize = self.unknowns[..k].iter().map(Unknown::count).sum();
        &self.numbers[start..start + self.unknowns[k].count()]
    }
}

/// A scalar function of (t, x) at one point: its value and the declared derivatives.
///
/// Reading a derivative that was not declared panics with a message that names it.
#[derive(Clone, Copy, Debug)]
pub struct ScalarField<'a, S> {
    unknown: &'a Unknown,
    numbers: &'a [S],
    output: usize,
}

impl<S: Scalar> ScalarField<'_, S> {
    /// Value u of the function.
    pub fn value(&self) -> S {
        self.channel(0)
    }

    /// Time derivative ∂u/∂t.
    ///
    /// # Panics
    /// If the unknown was declared without a time derivative.
    #[track_caller]
    pub fn dt(&self) -> S {
        self.channel(self.unknown.channels.time_index())
    }

    /// Derivative ∂u/∂x_i, i from 0.
    ///
    /// # Panics
    /// If the unknown was declared without derivatives in x, or has fewer than i + 1 of them.
    #[track_caller]
    pub fn grad(&self, i: usize) -> S {
        self.channel(self.unknown.channels.space_index(i))
    }

    /// Gradient ∇u: all declared derivatives in x.
    pub fn gradient(&self) -> Vec<S> {
        (0..self.unknown.channels.space).map(|i| self.grad(i)).collect()
    }

    /// Laplacian Δu = Σ_i ∂²u/∂x_i².
    ///
    /// # Panics
    /// If the unknown was declared without a Laplacian.
    #[track_caller]
    pub fn laplacian(&self) -> S {
        self.channel(self.unknown.channels.laplacian_index())
    }

    fn channel(&self, channel: usize) -> S {
        self.numbers[channel * self.unknown.outputs + self.output].clone()
    }
}

/// A vector field on (t, x) at one point: its d values and its divergence.
#[derive(Clone, Copy, Debug)]
pub struct VectorField<'a, S> {
    numbers: &'a [S],
}

impl<'a, S: Scalar> VectorField<'a, S> {
    /// Component μ_i of the field, i from 0.
    pub fn value(&self, i: usize) -> S {
        self.values()[i].clone()
    }

    /// Value μ of the field, d numbers.
    pub fn values(&self) -> &'a [S] {
        &self.numbers[..self.numbers.len() - 1]
    }

    /// Divergence div μ = Σ_i ∂μ_i/∂x_i.
    pub fn divergence(&self) -> S {
        self.numbers[self.numbers.len() - 1].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::Channels;

    #[test]
    fn handles_read_their_own_numbers() {
        let channels = Channels::with_laplacian(2);
        let unknowns = [
            Unknown::function_of_time("c"),
            Unknown { outputs: 2, ..Unknown::scalar_field("v", channels) },
            Unknown::vector_field("mu", 2),
        ];
        let numbers: Vec<f64> = (0..1 + 10 + 3).map(f64::from).collect();
        let jets = Jets::new(&unknowns, &numbers, &[0.5]);
        let second = jets.component(1, 1);
        assert_eq!((jets.scalar_field(0).value(), jets.scalar(0)), (0.0, 0.5));
        assert_eq!((second.value(), second.dt(), second.laplacian()), (2.0, 4.0, 10.0));
        assert_eq!((second.gradient(), second.grad(1)), (vec![6.0, 8.0], 8.0));
        let mu = jets.vector_field(2);
        assert_eq!((mu.values(), mu.value(1), mu.divergence()), (&[11.0, 12.0][..], 12.0, 13.0));
    }

    #[test]
    #[should_panic(expected = "v has 2 outputs")]
    fn a_field_of_several_outputs_is_no_scalar_field() {
        let unknowns = [Unknown { outputs: 2, ..Unknown::scalar_field("v", Channels::VALUE) }];
        Jets::new(&unknowns, &[0.0, 1.0], &[]).scalar_field(0);
    }

    #[test]
    #[should_panic(expected = "no time derivative")]
    fn a_derivative_that_was_not_declared_is_refused() {
        let unknowns = [Unknown::scalar_field("u", Channels::space_only(1))];
        Jets::new(&unknowns, &[0.0, 1.0], &[]).scalar_field(0).dt();
    }
}
