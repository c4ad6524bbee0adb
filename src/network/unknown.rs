//! What an equation asks of an unknown function: its inputs, its outputs and its derivatives.

use crate::num::Channels;

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
    /// A function u(t, x) with one output, such as a potential, and these derivatives.
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

    /// How many numbers its jets at a point have.
    pub fn count(&self) -> usize {
        match self.form {
            Form::Full => self.outputs * self.channels.count(),
            Form::Divergence => self.outputs + 1,
        }
    }
}
