//! μ as an unknown of its own: what the evolutions that learn the velocity itself share.

use crate::network::{Form, Inputs, Jets, Unknown};
use crate::num::Channels;

/// μ(x, t) as a vector field with its divergence.
pub(super) fn velocity_unknown(dim: usize) -> Unknown {
    Unknown {
        name: "mu",
        outputs: dim,
        inputs: Inputs::TimeSpace,
        channels: Channels::space_only(dim),
        form: Form::Divergence,
    }
}

/// Writes μ and returns div μ, from jets that hold this unknown alone.
pub(super) fn read_velocity(jets: &Jets<'_, f64>, velocity: &mut [f64]) -> f64 {
    velocity.iter_mut().enumerate().for_each(|(i, v)| *v = jets.value(0, i));
    jets.divergence(0)
}
