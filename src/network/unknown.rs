//! Declaration of an unknown function: its inputs, its outputs and the derivatives that are read.

use crate::num::Channels;

/// The arguments of an unknown function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// The function depends on t and x.
    TimeSpace,
    /// The function depends on x alone.
    Space,
    /// The function depends on t alone.
    Time,
}

/// How an unknown delivers its jets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Every channel of every output is delivered.
    Full,
    /// The values of a vector field with d outputs and its divergence are delivered: one number in
    /// place of d² derivatives.
    Divergence,
}

/// An unknown function of an equation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Name of the function in records.
    pub name: &'static str,
    /// Number of outputs of the function.
    pub outputs: usize,
    /// The arguments of the function.
    pub inputs: Inputs,
    /// The derivatives that the equation reads.
    pub channels: Channels,
    /// How the jets are delivered.
    pub form: Form,
}

impl Unknown {
    /// A function u(t, x) with one output, such as a potential, with these derivatives.
    pub fn scalar_field(name: &'static str, channels: Channels) -> Unknown {
        Unknown { name, outputs: 1, inputs: Inputs::TimeSpace, channels, form: Form::Full }
    }

    /// A vector field μ(t, x) in dimension `dim`, with its divergence.
    pub fn vector_field(name: &'static str, dim: usize) -> Unknown {
        let channels = Channels::space_only(dim);
        Unknown { name, outputs: dim, inputs: Inputs::TimeSpace, channels, form: Form::Divergence }
    }

    /// A function c(t) of time alone, without derivatives.
    pub fn function_of_time(name: &'static str) -> Unknown {
        Unknown { name, outputs: 1, inputs: Inputs::Time, channels: Channels::VALUE, form: Form::Full }
    }

    /// Number of values in its jets at one point.
    pub fn count(&self) -> usize {
        match self.form {
            Form::Full => self.outputs * self.channels.count(),
            Form::Divergence => self.outputs + 1,
        }
    }
}
