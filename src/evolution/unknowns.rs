//! The unknown functions that evolutions share, and how their jets are read.

use crate::network::{Form, Inputs, Jets, Networks, Unknown, naive_jets};
use crate::num::{Channels, Scalar};

/// φ(x, t), which corrects the annealed log density.
pub(super) fn correction(channels: Channels) -> Unknown {
    Unknown { name: "phi", outputs: 1, inputs: Inputs::TimeSpace, channels, form: Form::Full }
}

/// Φ(x, t), the potential of a velocity ∇Φ.
pub(super) fn potential(dim: usize) -> Unknown {
    let channels = Channels::with_laplacian(dim);
    Unknown { name: "Phi", outputs: 1, inputs: Inputs::TimeSpace, channels, form: Form::Full }
}

/// μ(x, t) as a vector field with its divergence.
pub(super) fn velocity(dim: usize) -> Unknown {
    Unknown {
        name: "mu",
        outputs: dim,
        inputs: Inputs::TimeSpace,
        channels: Channels::space_only(dim),
        form: Form::Divergence,
    }
}

/// c(t) alone.
pub(super) fn rate() -> Unknown {
    Unknown { name: "c", outputs: 1, inputs: Inputs::Time, channels: Channels::VALUE, form: Form::Full }
}

/// ∫₀¹ c dt for unknown `k`, made by [`rate`].
pub(super) fn integral_of_rate(networks: &Networks, theta: &[f64], k: usize, dim: usize) -> f64 {
    let x = vec![0.0; dim];
    let unknowns = networks.unknowns();
    let rate = |t: f64| {
        let numbers = naive_jets(networks, theta, t, &x);
        Jets::new(unknowns, &numbers, &theta[networks.scalars()]).value(k, 0)
    };
    // Composite Simpson over 128 panels: far below the accuracy of c for a smooth network.
    let panels = 128;
    let h = 1.0 / panels as f64;
    let panel = |k: usize| {
        let t = k as f64 * h;
        (rate(t) + 4.0 * rate(t + 0.5 * h) + rate(t + h)) * h / 6.0
    };
    (0..panels).map(panel).sum::<f64>()
}

/// The gradient of output 0 of unknown `k`.
pub(super) fn gradient<S: Scalar>(jets: &Jets<'_, S>, k: usize, dim: usize) -> Vec<S> {
    (0..dim).map(|i| jets.dx(k, 0, i)).collect()
}

/// The d values of vector field `k`.
pub(super) fn vector<S: Scalar>(jets: &Jets<'_, S>, k: usize, dim: usize) -> Vec<S> {
    (0..dim).map(|i| jets.value(k, i)).collect()
}
