//! What is known exactly of a target, for judging a result.

use crate::density::target::Target;
use crate::num::Stream;

/// Exact facts; `None` where nothing is known in closed form or by quadrature.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// log Z, nats.
    pub log_z: Option<f64>,
    /// Mean of each coordinate.
    pub mean: Option<Vec<f64>>,
    /// Standard deviation of each coordinate.
    pub std: Option<Vec<f64>>,
    /// Modes and the mass that belongs to each.
    pub modes: Option<Modes>,
}

/// Centres of the modes, and the probability of being nearest each.
#[derive(Clone, Debug)]
pub struct Modes {
    /// One centre after another, modes×d.
    pub centres: Vec<f64>,
    /// Their masses, summing to 1.
    pub weights: Vec<f64>,
}

/// A target of which exact facts are known.
pub trait Benchmark: Target {
    /// What is known.
    fn facts(&self) -> Facts;

    /// Writes one exact draw to `x`; false if there is no exact sampler (then `x` is untouched).
    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool;
}
