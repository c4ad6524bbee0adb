//! Exact facts of a target, against which a result is compared.

use crate::density::target::Target;
use crate::num::Stream;

/// The exact facts of a target; `None` where nothing is known in closed form or by quadrature.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The log normalising constant log Z, nats.
    pub log_z: Option<f64>,
    /// The mean of each coordinate.
    pub mean: Option<Vec<f64>>,
    /// The standard deviation of each coordinate.
    pub std: Option<Vec<f64>>,
    /// The modes and the mass of each.
    pub modes: Option<Modes>,
}

/// The centres of the modes, and for each the probability that it is the nearest one.
#[derive(Clone, Debug)]
pub struct Modes {
    /// The centres, one after another, modes×d.
    pub centres: Vec<f64>,
    /// The masses of the modes; their sum is 1.
    pub weights: Vec<f64>,
}

/// A target whose exact facts are known.
pub trait Benchmark: Target {
    /// Returns the facts that are known exactly.
    fn facts(&self) -> Facts;

    /// Writes one exact draw to `x`. Returns false if there is no exact sampler; then `x` is
    /// untouched.
    fn draw(&self, stream: &mut Stream, x: &mut [f64]) -> bool;
}
