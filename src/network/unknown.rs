//! What an equation asks of an unknown function, and how it reads the answer at a point.

use crate::num::{Channels, Scalar};

/// What an unknown function depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// (t, x)
    TimeSpace,
    /// x alone
    Space,
    /// t alone
    Time,
}

/// How the jets of an unknown are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Every channel of every output.
    Full,
    /// The values of a vector field with d outputs, and its divergence: one number in place of d² derivatives.
    Divergence,
}

/// An unknown function of an equation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it is called in records.
    pub name: &'static str,
    /// Number of outputs.
    pub outputs: usize,
    /// What it depends on.
    pub inputs: Inputs,
    /// Which derivatives the equation reads.
    pub channels: Channels,
    /// How they are delivered.
    pub form: Form,
}

impl Unknown {
    /// How many numbers its jets at a point have.
    pub fn count(&self) -> usize {
        match self.form {
            Form::Full => self.outputs * self.channels.count(),
            Form::Divergence => self.outputs + 1,
        }
    }
}

/// The jets of all unknowns at one point, and the free scalars.
///
/// Unknowns are counted from 0 in the order in which the equation declared them.
#[derive(Clone, Copy, Debug)]
pub struct Jets<'a, S> {
    unknowns: &'a [Unknown],
    numbers: &'a [S],
    scalars: &'a [S],
}

impl<'a, S: Scalar> Jets<'a, S> {
    /// Wraps `numbers`: for each unknown in turn its channels, each with all outputs
    /// (or the outputs and the divergence, for [`Form::Divergence`]).
    ///
    /// # Panics
    /// If there are not as many numbers as the unknowns need.
    pub fn new(unknowns: &'a [Unknown], numbers: &'a [S], scalars: &'a [S]) -> Jets<'a, S> {
        let need: usize = unknowns.iter().map(Unknown::count).sum();
        assert_eq!(need, numbers.len(), "the jets of these unknowns have another number of numbers");
        Jets { unknowns, numbers, scalars }
    }

    /// Output `output` of unknown `k`.
    pub fn value(&self, k: usize, output: usize) -> S {
        self.numbers[self.start(k) + output].clone()
    }

    /// ∂t of it.
    pub fn dt(&self, k: usize, output: usize) -> S {
        self.channel(k, self.unknowns[k].channels.time_index(), output)
    }

    /// ∂x_i of it, i from 0.
    pub fn dx(&self, k: usize, output: usize, i: usize) -> S {
        self.channel(k, self.unknowns[k].channels.space_index(i), output)
    }

    /// Its Laplacian in x.
    pub fn laplacian(&self, k: usize, output: usize) -> S {
        self.channel(k, self.unknowns[k].channels.laplacian_index(), output)
    }

    /// Σ_i ∂x_i of output i.
    ///
    /// # Panics
    /// If the unknown was not declared with [`Form::Divergence`].
    pub fn divergence(&self, k: usize) -> S {
        let unknown = &self.unknowns[k];
        assert_eq!(unknown.form, Form::Divergence, "{} is not declared as a vector field", unknown.name);
        self.numbers[self.start(k) + unknown.outputs].clone()
    }

    /// Free scalar `j`.
    pub fn scalar(&self, j: usize) -> S {
        self.scalars[j].clone()
    }

    fn start(&self, k: usize) -> usize {
        self.unknowns[..k].iter().map(Unknown::count).sum()
    }

    fn channel(&self, k: usize, channel: usize, output: usize) -> S {
        let unknown = &self.unknowns[k];
        assert_eq!(unknown.form, Form::Full, "{} delivers its divergence alone", unknown.name);
        self.numbers[self.start(k) + channel * unknown.outputs + output].clone()
    }
}
